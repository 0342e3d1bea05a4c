import Networks
import Tensors

import struct Foundation.Data

/// Turns a network into a message of the ONNX schema.
struct GraphWriter {
    let network: Network
    /// Parameters that are written as something smaller than floats, by name.
    var compact: [String: CompactValues] = [:]
    /// Whether parameters are named only, their values being elsewhere.
    var isSkeleton = false
    let file: String

    func model() throws(FormatError) -> ONNXModelProto {
        if network.isWeightsOnly, !isSkeleton {
            throw FormatError(
                .unsupported, file: file, reading: "network", expected: "a graph", actual: "weights only",
                cure: "Write it as safetensors or as .pare.")
        }
        if let node = network.nodes.first(where: { !isWritable($0.operation) }) {
            throw FormatError(
                .unsupported, file: file, reading: "node \(quoted(node.name))", expected: "an operator that Pare can run and ONNX has",
                actual: quoted(node.operation.name), cure: "Write the network without it; quantized activations belong to the plan.")
        }
        var model = ONNXModelProto()
        model.producerName = "pare"
        let version = operatorVersion
        // The versions of the file's own format that came with these operators.
        model.irVersion = version > 19 ? 10 : version > 17 ? 9 : 8
        var operators = ONNXOperatorSetIdProto()
        operators.version = version
        model.opsetImport = [operators]
        model.graph = try graph()
        return model
    }

    private func isWritable(_ operation: Operation) -> Bool {
        switch operation {
        case .unsupported: false
        case .activation(let quantizer): quantizer == .sign
        default: true
        }
    }

    private var operatorVersion: Int64 {
        let hasDilatedMean = network.nodes.contains { node in
            if case .averagePool(let pooling) = node.operation { pooling.dilations.contains { $0 != 1 } } else { false }
        }
        return compact.values.reduce(hasDilatedMean ? 19 : NetworkWriter.operatorVersion) { max($0, $1.operatorVersion) }
    }

    private func graph() throws(FormatError) -> ONNXGraphProto {
        var graph = ONNXGraphProto()
        graph.name = network.name.isEmpty ? "network" : network.name
        if !network.isWeightsOnly {
            graph.input = [value(network.input, network.inputShape.dimensions)]
            graph.output = [value(network.output, try outputDimensions())]
        }
        var names = takenNames
        for parameter in network.parameters.values {
            if isSkeleton {
                var name = ONNXTensorProto()
                name.name = parameter.name
                graph.initializer.append(name)
                continue
            }
            guard let values = compact[parameter.name] else {
                graph.initializer.append(try tensor(parameter.name, parameter.values))
                continue
            }
            let form = try form(of: parameter, as: values, names: &names)
            graph.initializer += form.initializers
            graph.node += form.nodes
        }
        for node in network.nodes {
            var proto = self.node(node)
            if let (suffix, values) = constant(of: node.operation) {
                let name = unique("\(node.outputs.first ?? "")_\(suffix)", &names)
                proto.input.append(name)
                graph.initializer.append(try tensor(name, values))
            }
            graph.node.append(proto)
        }
        return graph
    }

    private func outputDimensions() throws(FormatError) -> [Int] {
        let shapes: [String: Shape]
        do {
            shapes = try network.shapes(batch: 1)
        } catch {
            throw FormatError(
                .mismatch, file: file, reading: "node \(quoted(error.node))", expected: error.expected, actual: error.actual)
        }
        return Array((shapes[network.output] ?? []).dimensions.dropFirst())
    }

    /// A value of float32 [batch, dimensions…].
    private func value(_ name: String, _ dimensions: [Int]) -> ONNXValueInfoProto {
        var batch = ONNXTensorShapeProto.Dimension()
        batch.dimParam = "batch"
        var shape = ONNXTensorShapeProto()
        shape.dim =
            [batch]
            + dimensions.map { size in
                var dimension = ONNXTensorShapeProto.Dimension()
                dimension.dimValue = Int64(size)
                return dimension
            }
        var value = ONNXValueInfoProto()
        value.name = name
        value.type.tensorType.elemType = 1
        value.type.tensorType.shape = shape
        return value
    }

    private func tensor(_ name: String, _ values: Tensor) throws(FormatError) -> ONNXTensorProto {
        guard let type = TensorReader.elementTypes.first(where: { $0.value == values.elementType })?.key else {
            throw FormatError(
                .unsupported, file: file, reading: "tensor \(quoted(name))", expected: "a type that ONNX has",
                actual: "\(values.elementType)")
        }
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dataType = type
        proto.dims = values.shape.dimensions.map(Int64.init)
        proto.rawData = values.lentData
        return proto
    }

    /// A setting that ONNX has as an input.
    private func constant(of operation: Operation) -> (suffix: String, values: Tensor)? {
        switch operation {
        case .reshape(let dimensions, _): ("shape", integers(dimensions))
        case .dropout(let ratio): ("ratio", Tensor(shape: [], floats: [ratio]))
        default: nil
        }
    }

    private func integers(_ numbers: [Int]) -> Tensor {
        let storage = TensorStorage(byteCount: numbers.count * 8) { memory in
            for (index, number) in numbers.enumerated() {
                memory.storeBytes(of: Int64(number).littleEndian, toByteOffset: index * 8, as: Int64.self)
            }
        }
        return Tensor(shape: [numbers.count], elementType: .int64, storage: storage)
    }

    private var takenNames: Set<String> {
        Set(network.parameters.keys).union(network.nodes.flatMap { $0.inputs + $0.outputs }).union([network.input])
    }

    func unique(_ name: String, _ taken: inout Set<String>) -> String {
        var result = name
        var count = 1
        while !taken.insert(result).inserted {
            count += 1
            result = "\(name)_\(count)"
        }
        return result
    }
}

extension Tensor {
    /// The bytes, not copied; they keep the tensor alive.
    fileprivate var lentData: Data {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return Data() }
        return Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
            deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
}
