import Tensors

/// Works out the output shape of one node from the shapes of what it reads.
struct ShapeInference {
    /// The largest extent or setting that is accepted, so that sums and products of two stay inside `Int`.
    static let limit = Int(Int32.max)

    let node: Node
    /// The shapes of the inputs; nil for an optional one that is left out.
    let inputs: [Shape?]
    let batch: Int

    init(node: Node, shapes: [String: Shape], batch: Int) throws(ShapeError) {
        self.node = node
        self.batch = batch
        inputs = node.inputs.map { $0.isEmpty ? nil : shapes[$0] }
        for (name, shape) in zip(node.inputs, inputs) where !name.isEmpty {
            guard let shape else { throw error("a value made before", name) }
            guard shape.dimensions.allSatisfy({ $0 <= Self.limit }) else { throw error("extents up to \(Self.limit)", "[\(shape)]") }
        }
    }

    func error(_ expected: String, _ actual: String) -> ShapeError {
        ShapeError(node: node.name, operation: node.operation.name, expected: expected, actual: actual)
    }

    /// The shape of the node's first output.
    func output() throws(ShapeError) -> Shape {
        switch node.operation {
        case .convolution(let settings): try convolution(settings)
        case .transposedConvolution(let settings): try transposedConvolution(settings)
        case .gemm(let settings): try gemm(settings)
        case .matrixMultiplication: try matrixMultiplication()
        case .binary: try Self.broadcast(input(0), input(1), orThrow: error)
        case .variadic: try broadcastAll()
        case .select: try Self.broadcast(Self.broadcast(input(0), input(1), orThrow: error), input(2), orThrow: error)
        case .unary, .identity, .dropout, .cast: try input(0)
        case .maxPool(let settings), .averagePool(let settings): try pooling(settings)
        case .globalAveragePool, .globalMaxPool: try globalPool()
        case .reduction(let reduction): try reduction.axes.isEmpty ? input(0) : reduced(reduction.axes, keepsAxes: reduction.keepsAxes)
        case .extremePlace(let place): try extremePlace(place)
        case .softmax(let axis), .logSoftmax(let axis): try softmax(axis)
        case .batchNormalization: try batchNormalization()
        case .layerNormalization(let axis, _): try layerNormalization(axis)
        case .instanceNormalization: try channelNormalization(parameters: 2)
        case .groupNormalization(let groups, _): try groupNormalization(groups)
        case .responseNormalization: try channelNormalization(parameters: 0)
        case .quantizeLinear(let code), .dequantizeLinear(let code): try coded(code)
        case .dynamicQuantization(let settings): try dynamicallyQuantized(settings)
        case .activation(let quantizer): try activation(quantizer)
        case .unsupported(let operation): throw error("an operator that Pare can run", operation.name)
        case .flatten(let axis): try flatten(axis)
        case .reshape(let dimensions, let allowZero): try reshape(dimensions, allowZero: allowZero)
        case .squeeze(let axes): try squeeze(axes)
        case .unsqueeze(let axes): try unsqueeze(axes)
        case .transpose(let permutation): try transpose(permutation)
        case .slice(let settings): try slice(settings)
        case .gather(let settings): try gather(settings)
        case .lookup: try lookup()
        case .placement(let placement): try placed(placement)
        case .signal(let transform): try transformed(transform)
        case .expand(let dimensions): try expand(dimensions)
        case .tile(let repeats): try tile(repeats)
        case .pad(let padding): try pad(padding)
        case .depthToSpace(let block, _): try depthToSpace(block)
        case .spaceToDepth(let block): try spaceToDepth(block)
        case .concatenation(let axis): try concatenation(axis)
        case .resize(let resize): try resized(resize)
        case .recurrence(let recurrence): try self.recurrence(recurrence)
        case .recurrencePart(let part): try recurrencePart(part)
        }
    }

    func input(_ index: Int) throws(ShapeError) -> Shape {
        guard index < inputs.count, let shape = inputs[index] else {
            throw error("at least \(index + 1) inputs", "\(inputs.count { $0 != nil })")
        }
        return shape
    }

    /// The input `index` if it is given.
    func optional(_ index: Int) -> Shape? { index < inputs.count ? inputs[index] : nil }

    func images() throws(ShapeError) -> Shape {
        let shape = try input(0)
        guard shape.rank >= 3 else { throw error("[N, C, H, W] or [N, C, L]", "[\(shape)]") }
        return shape
    }

    func broadcastAll() throws(ShapeError) -> Shape {
        var result = try input(0)
        for index in inputs.indices.dropFirst() { result = try Self.broadcast(result, input(index), orThrow: error) }
        return result
    }

    /// The axis counted from the front; negative ones count from the back.
    func resolved(axis: Int, rank: Int, through last: Int) throws(ShapeError) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        guard resolved >= 0, resolved <= last else { throw error("an axis in 0…\(last)", "\(axis)") }
        return resolved
    }

    /// The shape that two operands have together: aligned at the last axis, extents of 1 repeated.
    static func broadcast(
        _ first: Shape, _ second: Shape, orThrow error: (String, String) -> ShapeError
    ) throws(ShapeError) -> Shape {
        let rank = max(first.rank, second.rank)
        var result = [Int](repeating: 1, count: rank)
        for back in 1..<max(rank, 0) + 1 {
            let a = back <= first.rank ? first[first.rank - back] : 1
            let b = back <= second.rank ? second[second.rank - back] : 1
            guard a == b || a == 1 || b == 1 else { throw error("a shape that broadcasts with [\(first)]", "[\(second)]") }
            result[rank - back] = a == 1 ? b : a
        }
        return Shape(result)
    }
}
