import Networks
import Tensors

import struct Foundation.Data

extension GraphWriter {
    /// What is written instead of a parameter's floats.
    struct CompactForm {
        var initializers: [ONNXTensorProto] = []
        /// The last one's output has the parameter's name.
        var nodes: [ONNXNodeProto] = []
    }

    /// The tensors and nodes that make a parameter; their names are added to `names`.
    func form(
        of parameter: Parameter, as values: CompactValues, names: inout Set<String>
    ) throws(FormatError) -> CompactForm {
        guard values.count == parameter.count else {
            throw FormatError(
                .mismatch, file: file, reading: "parameter \(quoted(parameter.name))", expected: "\(parameter.count) values",
                actual: "\(values.count)")
        }
        let shape = parameter.shape.dimensions
        switch values {
        case .scaled(let codes, let scales, let zeroPoints, let axis):
            return scaled(parameter.name, tensor("quantized", of: parameter.name, codes, shape, &names), scales, zeroPoints, axis, &names)
        case .looked(let codes, let table):
            return looked(parameter.name, tensor("indices", of: parameter.name, codes, shape, &names), table, &names)
        case .half(let bits, let isBrainFloat):
            let bytes = bits.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
            let name = unique("\(parameter.name)_half", &names)
            let half = tensor(name, type: isBrainFloat ? 16 : 10, shape, bytes)
            return CompactForm(initializers: [half], nodes: [cast(half.name, to: 1, parameter.name)])
        }
    }

    private func scaled(
        _ name: String, _ codes: ONNXTensorProto, _ scales: [Float], _ zeroPoints: [Int32], _ axis: Int, _ names: inout Set<String>
    ) -> CompactForm {
        let isPerAxis = scales.count > 1
        let dimensions = isPerAxis ? [scales.count] : []
        let scale = floats("scale", of: name, dimensions, scales, &names)
        var form = CompactForm(initializers: [codes, scale])
        var node = node("DequantizeLinear", name, [codes.name, scale.name], name)
        if !zeroPoints.isEmpty, let container = IntegerCodes.Container.allCases.first(where: { $0.dataType == codes.dataType }) {
            let points = IntegerCodes(container, zeroPoints)
            let tensor = tensor("zero_point", of: name, points, dimensions, &names)
            form.initializers.append(tensor)
            node.input.append(tensor.name)
        }
        if isPerAxis { node.attribute = [integer("axis", axis)] }
        form.nodes = [node]
        return form
    }

    private func looked(_ name: String, _ codes: ONNXTensorProto, _ table: [Float], _ names: inout Set<String>) -> CompactForm {
        let table = floats("codebook", of: name, [table.count], table, &names)
        let positions = unique("\(name)_positions", &names)
        let gather = node("Gather", name, [table.name, positions], name)
        return CompactForm(initializers: [codes, table], nodes: [cast(codes.name, to: 6, positions), gather])
    }

    /// To a type of the ONNX schema: 1 float32, 6 int32.
    private func cast(_ input: String, to type: Int, _ output: String) -> ONNXNodeProto {
        var node = node("Cast", output, [input], output)
        node.attribute = [integer("to", type)]
        return node
    }

    private func node(_ type: String, _ name: String, _ inputs: [String], _ output: String) -> ONNXNodeProto {
        var node = ONNXNodeProto()
        node.name = "\(name)_\(type)"
        node.opType = type
        node.input = inputs
        node.output = [output]
        return node
    }

    private func tensor(
        _ suffix: String, of parameter: String, _ codes: IntegerCodes, _ dimensions: [Int], _ names: inout Set<String>
    ) -> ONNXTensorProto {
        tensor(unique("\(parameter)_\(suffix)", &names), type: codes.container.dataType, dimensions, codes.bytes)
    }

    private func floats(
        _ suffix: String, of parameter: String, _ dimensions: [Int], _ values: [Float], _ names: inout Set<String>
    ) -> ONNXTensorProto {
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        return tensor(unique("\(parameter)_\(suffix)", &names), type: 1, dimensions, bytes)
    }

    private func tensor(_ name: String, type: Int32, _ dimensions: [Int], _ bytes: [UInt8]) -> ONNXTensorProto {
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dataType = type
        proto.dims = dimensions.map(Int64.init)
        proto.rawData = Data(bytes)
        return proto
    }

    /// Zero points of codes of 4 bits, by the name of the parameter.
    var zeroPointsOfFourBits: Set<String> {
        Set(
            network.nodes.compactMap { node in
                switch node.operation {
                case .quantizeLinear(let code), .dequantizeLinear(let code):
                    code.isOfFourBits && node.inputs.count > 2 ? node.inputs[2] : nil
                default: nil
                }
            })
    }

    /// A parameter of int8 or uint8 as integers of 4 bits.
    func ofFourBits(_ parameter: Parameter) -> ONNXTensorProto {
        let container: IntegerCodes.Container = parameter.values.elementType == .int8 ? .int4 : .uint4
        let numbers = parameter.values.floats.map { min(max(Int32($0), container.range.lowerBound), container.range.upperBound) }
        let codes = IntegerCodes(container, numbers)
        return tensor(parameter.name, type: container.dataType, parameter.shape.dimensions, codes.bytes)
    }
}
