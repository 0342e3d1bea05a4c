import Networks
import Tensors

extension GraphReader {
    /// What the node computes. Defaults and versions are those of https://onnx.ai/onnx/operators/.
    func operation(of proto: ONNXNodeProto) throws(NodeProblem) -> Operation {
        guard isOwn(proto.domain) else { throw .unsupported("it belongs to \(quoted(proto.domain)), not to ONNX itself") }
        guard let make = Self.operators[proto.opType] else { throw .unsupported("Pare has no \(escaped(proto.opType, limit: 40))") }
        try checkInputs(proto)
        return try make(self)(proto, NodeAttributes(proto))
    }

    private typealias Maker = @Sendable (GraphReader) -> (ONNXNodeProto, NodeAttributes) throws(NodeProblem) -> Operation

    private static let operators: [String: Maker] = [
        "Conv": { $0.convolution }, "Gemm": { $0.gemm }, "MatMul": { $0.matrixProduct }, "Add": { $0.sum },
        "Relu": { _ in { _, _ in .relu } }, "Identity": { _ in { _, _ in .identity } }, "Dropout": { $0.dropout },
        "MaxPool": { $0.maxPool }, "AveragePool": { $0.averagePool },
        "GlobalAveragePool": { _ in { _, _ in .globalAveragePool } }, "Flatten": { $0.flatten }, "Reshape": { $0.reshape },
        "Softmax": { $0.softmax }, "BatchNormalization": { $0.batchNormalization }, "Concat": { $0.concatenation },
        "Sign": { _ in { _, _ in .activation(.sign) } },
    ]

    /// The data must be an activation that starts at the examples, and nothing may read a second output.
    private func checkInputs(_ proto: ONNXNodeProto) throws(NodeProblem) {
        guard let data = proto.input.first, !data.isEmpty else { throw .malformed(expected: "an input", actual: "none") }
        guard !proto.input.contains(where: { constant($0)?.count == 0 }) else { throw .unsupported("it reads an empty tensor") }
        if proto.opType != "Add", constant(data) != nil { throw .unsupported("it computes with constants alone") }
        if proto.output.dropFirst().contains(where: { readValues.contains($0) }) {
            throw .unsupported("its second output is read")
        }
        for name in proto.input where name != input.name && constant(name) == nil && graph.input.contains(where: { $0.name == name }) {
            throw .unsupported("it reads \(quoted(name)), a second input of the network")
        }
        if input.isOpen, proto.input.contains(input.name) {
            throw .unsupported("the file leaves the size of \(quoted(input.name)) open; a model card beside it can give the shape")
        }
    }

    private func gemm(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needConstants(proto, 1...2)
        let transposed = try attributes.int("transA", 0) != 0
        guard !transposed else { throw .unsupported("it transposes the examples") }
        let gemm = Gemm(
            alpha: try attributes.float("alpha", 1), beta: try attributes.float("beta", 1), transposeA: false,
            transposeB: try attributes.int("transB", 0) != 0)
        guard gemm.alpha.isFinite, gemm.beta.isFinite else { throw .malformed(expected: "finite factors", actual: "alpha or beta is not") }
        return .gemm(gemm)
    }

    private func matrixProduct(_ proto: ONNXNodeProto, _: NodeAttributes) throws(NodeProblem) -> Operation {
        try needConstants(proto, 1...1)
        guard constant(proto.input[1])?.shape.rank == 2 else { throw .unsupported("its second factor is no matrix") }
        return .matrixMultiplication
    }

    private func sum(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard proto.input.count == 2 else { throw .malformed(expected: "two inputs", actual: "\(proto.input.count)") }
        guard !proto.input.allSatisfy({ constant($0) != nil }) else { throw .unsupported("it computes with constants alone") }
        guard !attributes.contains("axis") else { throw .unsupported("it broadcasts along an axis, as before operator set 7") }
        return .add
    }

    /// The ratio is an attribute up to operator set 11, the second input from 12 on.
    private func dropout(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        if proto.input.count > 2, let isTraining = constant(proto.input[2]), isTraining.count == 1, isTraining.floats[0] != 0 {
            throw .unsupported("it drops values, as while training")
        }
        var ratio = try attributes.float("ratio", 0.5)
        if proto.input.count > 1, let stated = constant(proto.input[1]), stated.count == 1 { ratio = stated.floats[0] }
        guard (0...1).contains(ratio) else { throw .malformed(expected: "a ratio of 0…1", actual: "\(ratio)") }
        return .dropout(ratio: ratio)
    }

    private func batchNormalization(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needConstants(proto, 1...4)
        guard proto.input.count == 5 else { throw .malformed(expected: "five inputs", actual: "\(proto.input.count)") }
        guard try attributes.int("training_mode", 0) == 0 else { throw .unsupported("it takes its mean from the batch, as while training") }
        guard try attributes.int("spatial", 1) == 1 else { throw .unsupported("it has a mean for each pixel") }
        return .batchNormalization(epsilon: try attributes.float("epsilon", 1e-5))
    }

    /// Throws where inputs at `positions` are made by the graph; optional ones may be left out.
    func needConstants(_ proto: ONNXNodeProto, _ positions: ClosedRange<Int>) throws(NodeProblem) {
        guard proto.input.count > positions.lowerBound else {
            throw .malformed(expected: "at least \(positions.lowerBound + 1) inputs", actual: "\(proto.input.count)")
        }
        for position in positions where position < proto.input.count && !proto.input[position].isEmpty {
            guard constant(proto.input[position]) != nil else { throw .unsupported("its weights are computed by the graph") }
        }
    }
}
