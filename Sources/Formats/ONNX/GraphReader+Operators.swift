import Networks
import Tensors

extension GraphReader {
    /// What the node computes. Defaults and versions are those of https://onnx.ai/onnx/operators/.
    func operation(of proto: ONNXNodeProto) throws(NodeProblem) -> Operation {
        if isOwn(proto.domain), !Self.known.contains(proto.opType) { throw .unsupported("Pare has no \(escaped(proto.opType, limit: 40))") }
        try checkInputs(proto)
        return try makeOperation(of: proto)
    }

    /// The same whatever its inputs are.
    func makeOperation(of proto: ONNXNodeProto) throws(NodeProblem) -> Operation {
        guard isOwn(proto.domain) else { throw .unsupported("it belongs to \(quoted(proto.domain)), not to ONNX itself") }
        let attributes = try NodeAttributes(proto)
        if let function = UnaryFunction.plain[proto.opType] { return .unary(function) }
        if let make = Self.parametricFunctions[proto.opType] { return .unary(try make(attributes)) }
        if let function = BinaryFunction.named[proto.opType] { return try binary(function)(proto, attributes) }
        if let function = VariadicFunction.named[proto.opType] { return try variadic(function)(proto, attributes) }
        if let function = Reduction.Function.named[proto.opType] { return try reduction(function)(proto, attributes) }
        if Self.ofShapes.contains(proto.opType) { throw .unsupported(unknownShape(proto)) }
        guard let make = Self.operators[proto.opType] else { throw .unsupported("Pare has no \(escaped(proto.opType, limit: 40))") }
        return try make(self)(proto, attributes)
    }

    /// The operators that Pare reads, by name, ascending.
    static var names: [String] {
        let names =
            Array(UnaryFunction.plain.keys) + Array(parametricFunctions.keys) + Array(BinaryFunction.named.keys)
            + Array(VariadicFunction.named.keys) + Array(Reduction.Function.named.keys) + Array(operators.keys)
            + ["Split", "Constant", "ConstantOfShape", "Range", "Shape", "Size"] + loweredNames + Array(recurrentOperators)
        return names.sorted()
    }

    private static let known = Set(names)
    /// Operators that are constants where shapes are known, and nothing else.
    private static let ofShapes: Set = ["Shape", "Size", "Range", "ConstantOfShape"]

    private typealias Maker = @Sendable (GraphReader) -> (ONNXNodeProto, NodeAttributes) throws(NodeProblem) -> Operation

    private static let operators: [String: Maker] = [
        "Conv": { $0.convolution }, "ConvTranspose": { $0.transposedConvolution }, "Gemm": { $0.gemm }, "MatMul": { $0.matrixProduct },
        "Identity": { _ in { _, _ in .identity } }, "Dropout": { $0.dropout }, "Clip": { $0.clip }, "Mod": { $0.modulo },
        "Where": { $0.select }, "Cast": { $0.cast }, "MaxPool": { $0.maxPool }, "AveragePool": { $0.averagePool },
        "GlobalAveragePool": { _ in { _, _ in .globalAveragePool } }, "GlobalMaxPool": { _ in { _, _ in .globalMaxPool } },
        "Flatten": { $0.flatten }, "Reshape": { $0.reshape }, "Squeeze": { $0.squeeze }, "Unsqueeze": { $0.unsqueeze },
        "Transpose": { $0.transpose }, "Slice": { $0.slice }, "Gather": { $0.gather }, "Expand": { $0.expand }, "Tile": { $0.tile },
        "Pad": { $0.pad }, "DepthToSpace": { $0.depthToSpace },
        "SpaceToDepth": { $0.spaceToDepth }, "Resize": { $0.resize }, "Upsample": { $0.upsample },
        "Softmax": { $0.softmax }, "LogSoftmax": { $0.softmax }, "Concat": { $0.concatenation },
        "BatchNormalization": { $0.batchNormalization }, "LayerNormalization": { $0.layerNormalization },
        "InstanceNormalization": { $0.instanceNormalization }, "GroupNormalization": { $0.groupNormalization },
        "LRN": { $0.responseNormalization }, "ArgMax": { $0.extremePlace(isMaximum: true) },
        "ArgMin": { $0.extremePlace(isMaximum: false) }, "QuantizeLinear": { $0.quantize }, "DequantizeLinear": { $0.dequantize },
        "GatherElements": { $0.takenElements }, "GatherND": { $0.takenTuples }, "ScatterElements": { $0.putElements },
        "Scatter": { $0.putElements }, "ScatterND": { $0.putTuples }, "CumSum": { $0.runningSum }, "TopK": { $0.largest },
        "GridSample": { $0.sampledGrid }, "STFT": { $0.shortTimeFourier }, "DFT": { $0.fourier },
        "Sign": { _ in { _, _ in .activation(.sign) } },
    ]

    /// Something that it reads must be an activation, and nothing may read a second output.
    func checkInputs(_ proto: ONNXNodeProto, ignoresOutputs: Bool = false) throws(NodeProblem) {
        guard let data = proto.input.first, !data.isEmpty else { throw .malformed(expected: "an input", actual: "none") }
        let readsActivation = proto.input.contains { !$0.isEmpty && constant($0) == nil }
        guard readsActivation || proto.opType == "Expand" else { throw .unsupported("it computes with constants alone") }
        if !ignoresOutputs, isNetwork, proto.output.dropFirst().contains(where: { readValues.contains($0) }) {
            throw .unsupported("its second output is read")
        }
        for name in proto.input
        where (name != input.name || unfixed[name] != nil) && constant(name) == nil && inputNames.contains(name) && shapes[name] == nil {
            throw .unsupported("it reads \(quoted(name)), \(unfixed[name] ?? "a further input of the network")")
        }
        if whole == nil, input.isOpen, proto.input.contains(input.name) {
            throw .unsupported(
                "the file leaves the size of \(quoted(input.name)) open; --input-shape, --data or a model card beside it give it")
        }
    }

    /// Throws where an operation along the examples would keep their number, so that its result would not show that it mixes them.
    func checkExamples(_ operation: Operation, _ proto: ONNXNodeProto) throws(NodeProblem) {
        guard whole == nil, let data = proto.input.first, let batch = batchAxis(of: data) else { return }
        let mixes =
            switch operation {
            case .softmax(let axis), .logSoftmax(let axis): axis == batch
            case .layerNormalization(let axis, _): axis <= batch
            case .concatenation(let axis): axis == batch
            case .gather(let gather): gather.axis == batch
            case .signal(let transform): transform.mixes(axis: batch)
            case .placement(let placement):
                placement.mixes(
                    axis: batch, numbers: proto.input.count > 1 ? shape(of: proto.input[1]) : nil, extent: shape(of: data)?[batch])
            case .tile(let repeats): batch < repeats.count && repeats[batch] != 1
            case .slice(let slice): zip(slice.axes, slice.steps).contains { $0 == batch && $1 != 1 }
            case .convolution, .transposedConvolution, .maxPool, .averagePool, .globalAveragePool, .globalMaxPool, .instanceNormalization,
                .groupNormalization, .responseNormalization, .depthToSpace, .spaceToDepth, .batchNormalization:
                batch != 0
            default: false
            }
        if mixes { throw .unsupported(Self.runsAlong) }
    }

    private func gemm(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard proto.input.count > 1 else { throw .malformed(expected: "at least 2 inputs", actual: "\(proto.input.count)") }
        let transposed = try attributes.int("transA", 0) != 0
        guard !transposed || whole != nil else { throw .unsupported(Self.transposes) }
        let gemm = Gemm(
            alpha: try attributes.float("alpha", 1), beta: try attributes.float("beta", 1), transposeA: transposed,
            transposeB: try attributes.int("transB", 0) != 0)
        guard gemm.alpha.isFinite, gemm.beta.isFinite else { throw .malformed(expected: "finite factors", actual: "alpha or beta is not") }
        return .gemm(gemm)
    }

    private func matrixProduct(_ proto: ONNXNodeProto, _: NodeAttributes) throws(NodeProblem) -> Operation {
        guard proto.input.count == 2 else { throw .malformed(expected: "two inputs", actual: "\(proto.input.count)") }
        return .matrixMultiplication
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
