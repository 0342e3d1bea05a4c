import Networks
import Tensors

/// Factors that are trained instead of the weights, by the gradient of each part (``FactorProduct/backward(_:into:)``).
///
/// What the rank left out of the float weights stays beside them, so that another plan starts from the whole.
struct FactorWeights: TrainedRepresentation {
    private let factorization: Factorization
    private let weights: WeightGeometry
    /// From right to left.
    private let parts: [TrainableVector]
    /// Float weights − product, as it was when the factors were found.
    private let rest: FloatMemory
    private let gradients: [FloatMemory]

    var vectors: [TrainableVector] { parts.reversed() }
    var movesShadow: Bool { false }
    var hasLevels: Bool { false }
    var settings: [String: Tensor] { ["rest": rest.tensor] }

    /// The nearest product of the kept weights; their projection where the plan asks for that and the outputs are known.
    init(_ lowRank: LowRank, _ context: TrainedContext) {
        let (weights, masked) = (context.layout.geometry, context.masked())
        let factorization = lowRank.factorization(of: weights)
        defer { withExtendedLifetime(masked) {} }
        let found = NearestFactors(
            UnsafeBufferPointer(masked.floats), factorization, of: weights, outputs: lowRank.weighting == .outputs ? context.outputs : nil,
            outputsAreColumns: context.layout.isTransposed, blocks: WeightBlocks { false })
        let parts =
            found?.factors.parts.map(\.floats) ?? factorization.parts(of: weights).map { Array(repeating: 0, count: $0.shape.count) }
        self.init(factorization, parts, rest: nil, context)
    }

    /// Those of a state as they are.
    init(_ factors: Factors, _ context: TrainedContext) {
        self.init(factors.factorization, factors.parts.map(\.floats), rest: nil, context)
    }

    /// Goes on from what was kept.
    init(_ lowRank: LowRank, _ kept: KeptBuffers, _ context: TrainedContext) throws(BufferError) {
        let factorization = lowRank.factorization(of: context.layout.geometry)
        var parts: [[Float]] = []
        for part in factorization.parts(of: context.layout.geometry) {
            parts.append(try kept.floats(part.side.rawValue, count: part.shape.count))
        }
        self.init(factorization, parts, rest: try kept.floats("rest", count: context.shadow.count), context)
    }

    private init(_ factorization: Factorization, _ values: [[Float]], rest: [Float]?, _ context: TrainedContext) {
        (self.factorization, weights) = (factorization, context.layout.geometry)
        parts = zip(factorization.parts(of: weights), values).map { part, values in
            TrainableVector(name: "\(context.name)/\(part.side.rawValue)", values: values, decays: true)
        }
        gradients = values.map { FloatMemory(repeatElement(0, count: $0.count)) }
        self.rest = FloatMemory(rest ?? Array(context.shadow))
        guard rest == nil else { return }
        let product = FloatMemory(context.shadow)
        defer { withExtendedLifetime(product) {} }
        _ = self.product.multiply(into: product.floats)
        for index in product.floats.indices { self.rest.floats[index] -= product.floats[index] }
    }

    private var product: FactorProduct {
        FactorProduct(factorization: factorization, weights: weights, parts: parts.map { UnsafeBufferPointer($0.values) })
    }

    func renew(_ context: TrainedContext) {}

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) { _ = product.multiply(into: effective) }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        product.backward(gradient, into: gradients.map(\.floats))
        for (part, slope) in zip(parts, gradients) { part.gradient = slope.floats }
    }

    func floats(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>) {
        _ = product.multiply(into: values)
        for index in values.indices { values[index] += rest.floats[index] }
    }

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        var (kept, all) = (0.0, 0.0)
        for (index, value) in rest.floats.enumerated() {
            let square = Double(value) * Double(value)
            all += square
            if context.isKept(index) { kept += square }
        }
        let tensors = parts.map { Tensor(shape: [$0.values.count], floats: Array($0.values)) }
        var coded = FactorCoder.coded(Factors(factorization, of: weights, parts: tensors), squaredError: kept)
        coded.wholeSquaredError = all
        return coded
    }
}
