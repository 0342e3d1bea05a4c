import Networks
import Tensors

import struct Foundation.Data

extension GraphWriter {
    /// The graph with one type of floats inside, float32: a Cast behind each input and before each output of another type, and one behind each Cast that
    /// rounds. Branches, and what nodes that are kept make by themselves, follow.
    func inFloat32(_ stated: ONNXGraphProto, _ names: inout Set<String>) -> ONNXGraphProto {
        var graph = stated
        graph.node = graph.node.flatMap { inFloat32($0, &names) }
        var inner: [String: String] = [:]
        var (first, last): ([ONNXNodeProto], [ONNXNodeProto]) = ([], [])
        let reads = Set(graph.reads)
        for value in graph.input where OtherFloats.types.contains(value.type.tensorType.elemType) && reads.contains(value.name) {
            let name = unique("\(value.name)_float32", &names)
            inner[value.name] = name
            first.append(cast(value.name, to: 1, name))
        }
        for value in graph.output where inner[value.name] == nil {
            let type = value.type.tensorType.elemType
            guard OtherFloats.types.contains(type) else { continue }
            let name = unique("\(value.name)_float32", &names)
            inner[value.name] = name
            last.append(cast(name, to: Int(type), value.name))
        }
        guard !inner.isEmpty else { return graph }
        graph.node = first + graph.node.map { $0.renaming(inner) } + last
        return graph
    }

    /// Parameters that came as floats of 16 bits and are written as they came, with a Cast, where that takes fewer bytes.
    func isHalf(_ parameter: Parameter) -> Bool {
        parameter.values.elementType.isHalf && 2 * parameter.count > CompactValues.nodeByteCount
    }

    private func inFloat32(_ stated: ONNXNodeProto, _ names: inout Set<String>) -> [ONNXNodeProto] {
        var node = stated
        for place in node.attribute.indices { node.attribute[place] = inFloat32(node.attribute[place], of: node, &names) }
        guard let type = node.castType, OtherFloats.rounded.contains(type), let output = node.output.first else { return [node] }
        let rounded = unique("\(output)_rounded", &names)
        node.output = [rounded]
        var widening = cast(rounded, to: 1, output)
        // The Cast before an output may have the usual name.
        widening.name = "\(rounded)_Cast"
        return [node, widening]
    }

    private func inFloat32(_ stated: ONNXAttributeProto, of node: ONNXNodeProto, _ names: inout Set<String>) -> ONNXAttributeProto {
        var attribute = stated
        if attribute.hasG { attribute.g = branchInFloat32(attribute.g, &names) }
        for place in attribute.graphs.indices { attribute.graphs[place] = branchInFloat32(attribute.graphs[place], &names) }
        guard node.domain.isEmpty || node.domain == "ai.onnx" else { return attribute }
        if attribute.hasT, ["Constant", "ConstantOfShape"].contains(node.opType) { attribute.t = attribute.t.inFloat32 }
        if ["dtype", "output_datatype"].contains(attribute.name), OtherFloats.types.contains(Int32(clamping: attribute.i)) {
            attribute.i = 1
        }
        return attribute
    }

    private func branchInFloat32(_ stated: ONNXGraphProto, _ names: inout Set<String>) -> ONNXGraphProto {
        var graph = stated
        graph.node = graph.node.flatMap { inFloat32($0, &names) }
        graph.initializer = graph.initializer.map(\.inFloat32)
        for place in graph.input.indices { graph.input[place].setFloat32() }
        for place in graph.output.indices { graph.output[place].setFloat32() }
        return graph
    }
}

extension ONNXValueInfoProto {
    fileprivate mutating func setFloat32() {
        if OtherFloats.types.contains(type.tensorType.elemType) { type.tensorType.elemType = 1 }
    }
}

extension ONNXTensorProto {
    /// Floats of another type, which the message holds itself, as float32.
    var inFloat32: ONNXTensorProto {
        guard OtherFloats.types.contains(dataType), let type = TensorReader.elementTypes[dataType],
            let count = Shape(dims.map { Int($0) }).checkedCount
        else { return self }
        let bits = int32Data.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let bytes = rawData.isEmpty ? bits : Array(rawData)
        guard bytes.count == count * type.byteCount else { return self }
        let storage = bytes.withUnsafeBytes { TensorStorage(copying: $0) }
        let values = Tensor(shape: [count], elementType: type, storage: storage).inFloat32
        var proto = self
        (proto.dataType, proto.int32Data, proto.rawData) = (1, [], withExtendedLifetime(values) { Data(values.bytes) })
        return proto
    }
}

extension Tensor {
    /// The same values as float32, rounded to the nearest; not copied where they are.
    var inFloat32: Tensor {
        elementType == .float32 ? self : Tensor(shape: shape) { values in withFloats { _ = values.update(from: $0) } }
    }
}
