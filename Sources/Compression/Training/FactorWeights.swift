import Tensors

/// Two factors that are trained instead of the weights: ∂loss/∂left = G · rightᵀ and ∂loss/∂right = leftᵀ · G, G the gradient of their product.
///
/// What the rank left out of the float weights stays beside them, so that another plan starts from the whole.
struct FactorWeights: TrainedRepresentation {
    private let left: TrainableVector
    private let right: TrainableVector
    /// Float weights − product, as it was when the factors were found.
    private let rest: FloatMemory
    private let gradients: (left: FloatMemory, right: FloatMemory)
    private let matrix: (rows: Int, columns: Int)

    var vectors: [TrainableVector] { [left, right] }
    var movesShadow: Bool { false }
    var hasLevels: Bool { false }
    var settings: [String: Tensor] { ["rest": rest.tensor] }

    /// The nearest product of the kept weights.
    init(_ lowRank: LowRank, _ context: TrainedContext) {
        let masked = context.masked()
        defer { withExtendedLifetime(masked) {} }
        let (rows, columns) = context.layout.matrix
        let found = KeptDecompositions.decomposition(
            of: UnsafeBufferPointer(masked.floats), rows: rows, columns: columns, blocks: WeightBlocks { false })
        let factors = found?.factors(rank: lowRank.rank((rows, columns)))
        self.init(left: factors?.left.floats ?? [], right: factors?.right.floats ?? [], rest: nil, context)
    }

    /// Those of a state as they are.
    init(_ factors: Factors, _ context: TrainedContext) {
        self.init(left: factors.left.floats, right: factors.right.floats, rest: nil, context)
    }

    /// Goes on from what was kept.
    init(_ kept: KeptBuffers, _ context: TrainedContext) throws(BufferError) {
        let matrix = context.layout.matrix
        let left = try kept.floats("left")
        let rank = left.count / max(1, matrix.rows)
        guard rank > 0, rank * matrix.rows == left.count else { throw BufferError(name: "left", reason: "is no factor of the weights") }
        let right = try kept.floats("right", count: rank * matrix.columns)
        self.init(left: left, right: right, rest: try kept.floats("rest", count: context.shadow.count), context)
    }

    private init(left: [Float], right: [Float], rest: [Float]?, _ context: TrainedContext) {
        matrix = context.layout.matrix
        self.left = TrainableVector(name: context.name + "/left", values: left, decays: true)
        self.right = TrainableVector(name: context.name + "/right", values: right, decays: true)
        gradients = (FloatMemory(repeatElement(0, count: left.count)), FloatMemory(repeatElement(0, count: right.count)))
        self.rest = FloatMemory(rest ?? Array(context.shadow))
        guard rest == nil else { return }
        let product = FloatMemory(context.shadow)
        defer { withExtendedLifetime(product) {} }
        _ = pair.multiply(into: product.floats)
        for index in product.floats.indices { self.rest.floats[index] -= product.floats[index] }
    }

    private var pair: FactorPair {
        FactorPair(
            rows: matrix.rows, columns: matrix.columns, left: UnsafeBufferPointer(left.values), right: UnsafeBufferPointer(right.values))
    }

    func renew(_ context: TrainedContext) {}

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) { _ = pair.multiply(into: effective) }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        pair.backward(gradient, left: gradients.left.floats, right: gradients.right.floats)
        (left.gradient, right.gradient) = (gradients.left.floats, gradients.right.floats)
    }

    func floats(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>) {
        _ = pair.multiply(into: values)
        for index in values.indices { values[index] += rest.floats[index] }
    }

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        var (kept, all) = (0.0, 0.0)
        for (index, value) in rest.floats.enumerated() {
            let square = Double(value) * Double(value)
            all += square
            if context.isKept(index) { kept += square }
        }
        var coded = FactorCoder.coded(Factors(pair), squaredError: kept)
        coded.wholeSquaredError = all
        return coded
    }
}
