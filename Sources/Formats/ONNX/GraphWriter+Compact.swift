import Networks
import Tensors

import struct Foundation.Data

extension GraphWriter {
    /// What is written instead of a parameter's floats.
    struct CompactForm {
        var initializers: [ONNXTensorProto] = []
        /// The last one's output has the parameter's name.
        var nodes: [ONNXNodeProto] = []
        /// The value of its scales.
        var scale: (name: String, values: [Float])?
    }

    /// The tensors and nodes that make a parameter; their names are added to `names`.
    func form(
        of parameter: Parameter, as values: CompactValues, names: inout Set<String>, scales known: [String: CompactForm] = [:]
    ) throws(FormatError) -> CompactForm {
        guard values.count == parameter.count else {
            throw FormatError(
                .mismatch, file: file, reading: "parameter \(quoted(parameter.name))", expected: "\(parameter.count) values",
                actual: "\(values.count)")
        }
        let shape = parameter.shape.dimensions
        switch values {
        case .scaled(let codes, let scales, let zeroPoints, let axis):
            let codes = tensor("quantized", of: parameter.name, codes, shape, &names)
            if let product = scaleProduct(of: parameter.name, scales, known) {
                return scaled(parameter.name, codes, by: product, axis: scales.count > 1 ? axis : nil, &names)
            }
            let settings = scales.count > 1 ? [integer("axis", axis)] : []
            return scaled(parameter.name, codes, scales, zeroPoints, scales.count > 1 ? [scales.count] : [], settings, &names)
        case .blocks(let codes, let scales, let zeroPoints, let block):
            let (rows, columns) = (shape[0], (shape[1] + block - 1) / block)
            let codes = tensor("quantized", of: parameter.name, codes, shape, &names)
            let settings = [integer("axis", 1), integer("block_size", block)]
            return scaled(parameter.name, codes, scales, zeroPoints, [rows, columns], settings, &names)
        case .looked(let codes, let table):
            return looked(parameter.name, tensor("indices", of: parameter.name, codes, shape, &names), table, &names)
        case .half(let bits, let isBrainFloat):
            let bytes = bits.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
            let name = unique("\(Self.stem(parameter.name))_half", &names)
            let half = tensor(name, type: isBrainFloat ? 16 : 10, shape, bytes)
            return CompactForm(initializers: [half], nodes: [cast(half.name, to: 1, parameter.name)])
        }
    }

    private func scaled(
        _ name: String, _ codes: ONNXTensorProto, _ scales: [Float], _ zeroPoints: [Int32], _ dimensions: [Int],
        _ settings: [ONNXAttributeProto], _ names: inout Set<String>
    ) -> CompactForm {
        let scale = floats("scale", of: name, dimensions, scales, &names)
        var form = CompactForm(initializers: [codes, scale], scale: (scale.name, scales))
        var node = node("DequantizeLinear", name, [codes.name, scale.name], name)
        if !zeroPoints.isEmpty, let container = IntegerCodes.Container.allCases.first(where: { $0.dataType == codes.dataType }) {
            let points = IntegerCodes(container, zeroPoints)
            let tensor = tensor("zero_point", of: name, points, dimensions, &names)
            form.initializers.append(tensor)
            node.input.append(tensor.name)
        }
        node.attribute = settings
        form.nodes = [node]
        return form
    }

    /// Codes on the product of two scales that the file has.
    private func scaled(
        _ name: String, _ codes: ONNXTensorProto, by product: [String], axis: Int?, _ names: inout Set<String>
    ) -> CompactForm {
        let scale = unique("\(Self.stem(name))_scale", &names)
        var turned = node("DequantizeLinear", name, [codes.name, scale], name)
        if let axis { turned.attribute = [integer("axis", axis)] }
        return CompactForm(initializers: [codes], nodes: [node("Mul", scale, product, scale), turned])
    }

    /// The scales of values and weights whose product the scales of a bias are, as ONNX Runtime's quantizers have it; nil where it is another.
    private func scaleProduct(of bias: String, _ scales: [Float], _ known: [String: CompactForm]) -> [String]? {
        guard let reader = network.index.readers(of: bias).lazy.map({ network.nodes[$0] }).first(where: { $0.inputs.count > 2 }),
            reader.inputs[2] == bias, let weights = known[reader.inputs[1]]?.scale, weights.values.count == scales.count,
            let maker = network.index.maker(of: reader.inputs[0]), case .dequantizeLinear = network.nodes[maker].operation,
            let value = network.parameters[network.nodes[maker].inputs[1]]?.values, value.count == 1, let step = value.floats.first,
            zip(weights.values, scales).allSatisfy({ $0 * step == $1 })
        else { return nil }
        return [network.nodes[maker].inputs[1], weights.name]
    }

    private func looked(_ name: String, _ codes: ONNXTensorProto, _ table: [Float], _ names: inout Set<String>) -> CompactForm {
        let table = floats("codebook", of: name, [table.count], table, &names)
        let positions = unique("\(Self.stem(name))_positions", &names)
        let gather = node("Gather", name, [table.name, positions], name)
        return CompactForm(initializers: [codes, table], nodes: [cast(codes.name, to: 6, positions), gather])
    }

    /// To a type of the ONNX schema: 1 float32, 6 int32, 10 float16.
    func cast(_ input: String, to type: Int, _ output: String) -> ONNXNodeProto {
        var node = node("Cast", output, [input], output)
        node.attribute = [integer("to", type)]
        return node
    }

    /// A parameter's name without what quantizers put behind it where DequantizeLinear makes it, so that names do not grow from file to file.
    static func stem(_ name: String) -> String {
        let ending = ["_DequantizeLinear_Output", "_float"].first { name.hasSuffix($0) && name.count > $0.count }
        return String(name.dropLast(ending?.count ?? 0))
    }

    private func node(_ type: String, _ name: String, _ inputs: [String], _ output: String) -> ONNXNodeProto {
        var node = ONNXNodeProto()
        node.name = "\(Self.stem(name))_\(type)"
        node.opType = type
        node.input = inputs
        node.output = [output]
        return node
    }

    private func tensor(
        _ suffix: String, of parameter: String, _ codes: IntegerCodes, _ dimensions: [Int], _ names: inout Set<String>
    ) -> ONNXTensorProto {
        tensor(unique("\(Self.stem(parameter))_\(suffix)", &names), type: codes.container.dataType, dimensions, codes.bytes)
    }

    private func floats(
        _ suffix: String, of parameter: String, _ dimensions: [Int], _ values: [Float], _ names: inout Set<String>
    ) -> ONNXTensorProto {
        let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        return tensor(unique("\(Self.stem(parameter))_\(suffix)", &names), type: 1, dimensions, bytes)
    }

    private func tensor(_ name: String, type: Int32, _ dimensions: [Int], _ bytes: [UInt8]) -> ONNXTensorProto {
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dataType = type
        proto.dims = dimensions.map(Int64.init)
        proto.rawData = Data(bytes)
        return proto
    }

    /// Zero points of codes of 4 bits, by the name of the parameter: what makes such codes says so, what turns them back has the same type.
    var zeroPointsOfFourBits: Set<String> {
        var (values, points) = (Set<String>(), Set<String>())
        for node in network.nodes {
            switch node.operation {
            case .quantizeLinear(let code) where code.isOfFourBits: values.formUnion(node.outputs)
            case .dequantizeLinear where values.contains(node.inputs[0]): break
            case _ where node.inputs.count == 1 && values.contains(node.inputs[0]):
                // What only moves codes keeps their type.
                values.formUnion(node.outputs)
                continue
            default: continue
            }
            if node.inputs.count > 2 { points.insert(node.inputs[2]) }
        }
        return points
    }

    /// A parameter of int8 or uint8 as integers of 4 bits.
    func ofFourBits(_ parameter: Parameter) -> ONNXTensorProto {
        let container: IntegerCodes.Container = parameter.values.elementType == .int8 ? .int4 : .uint4
        let numbers = parameter.values.floats.map { min(max(Int32($0), container.range.lowerBound), container.range.upperBound) }
        let codes = IntegerCodes(container, numbers)
        return tensor(parameter.name, type: container.dataType, parameter.shape.dimensions, codes.bytes)
    }
}
