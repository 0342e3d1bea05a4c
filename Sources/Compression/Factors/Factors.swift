import CKernels
import Networks
import Tensors

/// Weights as a product of smaller ones, each the weights of a layer of its own in the graph, without −0.
public struct Factors: Sendable {
    public let factorization: Factorization
    /// Of the product.
    public let weights: WeightGeometry
    /// From right to left, as a convolution goes through them, with the shapes of ``Factorization/parts(of:)``.
    public let parts: [Tensor]
    /// What each of them is held as.
    public let forms: [StoredForm]

    /// Nil where there are not the numbers that the parts need, or not as many forms; without forms they are floats.
    public init?(_ factorization: Factorization, of weights: WeightGeometry, parts: [Tensor], forms: [StoredForm]? = nil) {
        let shapes = factorization.parts(of: weights).map(\.shape)
        let forms = forms ?? shapes.map { _ in .floats(.float32) }
        guard parts.map(\.count) == shapes.map(\.count), forms.count == shapes.count else { return nil }
        (self.factorization, self.weights, self.forms) = (factorization, weights, forms)
        self.parts = zip(parts, shapes).map { $0.withoutNegativeZeros.reshaped($1) }
    }

    /// Those that plans made of factors.
    init?(_ factorization: Factorization, of weights: WeightGeometry, parts: [CompressedLayer]) {
        self.init(factorization, of: weights, parts: parts.map(\.weights), forms: parts.map(\.form))
    }

    /// Whether each part is held as floats.
    var areFloats: Bool { forms.allSatisfy { $0 == .floats(.float32) } }

    /// The part at the left end; of channel SVD as a matrix [rows, rank].
    public var left: Tensor { matrix(parts[parts.count - 1], isLeft: true) }
    /// The part at the right end; of channel SVD as a matrix [rank, columns].
    public var right: Tensor { matrix(parts[0], isLeft: false) }

    private func matrix(_ part: Tensor, isLeft: Bool) -> Tensor {
        guard isPlain else { return part }
        return part.reshaped(isLeft ? [part.shape[0], factorization.first] : [factorization.first, part.count / factorization.first])
    }

    /// Whether it is the product of two matrices.
    var isPlain: Bool { factorization.method == .channel && weights.groups == 1 }

    /// The first rank.
    public var rank: Int { factorization.first }
    /// Bits of all parts as float32.
    var bitCount: Int { 32 * parts.reduce(0) { $0 + $1.count } }

    /// The parameters that hold them in the graph.
    package func parameters(of layer: Layer) -> [(name: String, values: Tensor)] {
        zip(factorization.parts(of: weights), parts).map { (layer.name(of: $0.side), $1) }
    }

    /// Writes the product; false when cancelled. Cost: O(rank · weights).
    func multiply(into product: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks = WeightBlocks { false }) -> Bool {
        var isFinished = false
        Factors.lend(parts[...]) { lent in
            isFinished = FactorProduct(factorization: factorization, weights: weights, parts: lent).multiply(into: product, blocks: blocks)
        }
        return isFinished
    }

    private static func lend(
        _ parts: ArraySlice<Tensor>, _ lent: [UnsafeBufferPointer<Float>] = [], _ body: ([UnsafeBufferPointer<Float>]) -> Void
    ) {
        guard let next = parts.first else { return body(lent) }
        next.withFloats { lend(parts.dropFirst(), lent + [$0], body) }
    }
}

/// Two are equal where their numbers are.
extension Factors: Hashable {
    public static func == (a: Factors, b: Factors) -> Bool {
        a.factorization == b.factorization && a.weights == b.weights && a.parts.map(\.floats) == b.parts.map(\.floats)
            && a.forms == b.forms
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(factorization)
        hasher.combine(weights)
    }
}
