import CKernels
import Networks
import Tensors

/// A matrix of weights as a product: left [rows, rank] · right [rank, columns], without −0.
public struct Factors: Sendable {
    public let left: Tensor
    public let right: Tensor

    public var rank: Int { right.shape[0] }
    /// Bits of both as float32.
    var bitCount: Int { 32 * (left.count + right.count) }

    init(_ pair: FactorPair) {
        left = Tensor(shape: [pair.rows, pair.rank]) { $0.take(pair.left) }
        right = Tensor(shape: [pair.rank, pair.columns]) { $0.take(pair.right) }
    }

    init(left: Tensor, right: Tensor) { (self.left, self.right) = (left, right) }

    /// The parameters that hold them in the graph.
    func parameters(of layer: Layer) -> [(name: String, values: Tensor)] {
        let (names, shapes) = (layer.factorNames, layer.factorShapes(rank: rank))
        return [(names.left, left.reshaped(shapes.left)), (names.right, right.reshaped(shapes.right))]
    }

    /// Writes the product; false when cancelled. Cost: O(rank · rows · columns).
    func multiply(into product: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks = WeightBlocks { false }) -> Bool {
        left.withFloats { left in
            right.withFloats { right in
                FactorPair(rows: self.left.shape[0], columns: self.right.shape[1], left: left, right: right)
                    .multiply(into: product, blocks: blocks)
            }
        }
    }
}

/// Two are equal where their numbers are.
extension Factors: Hashable {
    public static func == (a: Factors, b: Factors) -> Bool {
        a.left.shape == b.left.shape && a.right.shape == b.right.shape && a.left.floats == b.left.floats && a.right.floats == b.right.floats
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(left.shape)
        hasher.combine(right.shape)
    }
}

/// Both factors where they lie.
struct FactorPair {
    let rows: Int
    let columns: Int
    let left: UnsafeBufferPointer<Float>
    let right: UnsafeBufferPointer<Float>

    var rank: Int { right.count / max(1, columns) }

    /// Multiply-adds of one piece: some milliseconds.
    private static let work = 1 << 24

    /// Writes left · right; false when cancelled.
    func multiply(into product: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks = WeightBlocks { false }) -> Bool {
        let size = max(1, Self.work / max(1, rank * columns))
        for start in stride(from: 0, to: rows, by: size) {
            guard !blocks.isCancelled() else { return false }
            pare_factor_product(
                left.baseAddress, rank, 1, right.baseAddress, rank, columns, start, min(rows, start + size), product.baseAddress)
        }
        return true
    }

    /// Writes ∂loss/∂left = G · rightᵀ and ∂loss/∂right = leftᵀ · G, G the gradient of the product.
    func backward(
        _ gradient: UnsafeMutableBufferPointer<Float>, left ofLeft: UnsafeMutableBufferPointer<Float>,
        right ofRight: UnsafeMutableBufferPointer<Float>
    ) {
        var turned = [Float](repeating: 0, count: right.count)
        for row in 0..<rank { for column in 0..<columns { turned[column * rank + row] = right[row * columns + column] } }
        pare_factor_product(gradient.baseAddress, columns, 1, turned, columns, rank, 0, rows, ofLeft.baseAddress)
        pare_factor_product(left.baseAddress, 1, rank, gradient.baseAddress, rows, columns, 0, rank, ofRight.baseAddress)
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Copies values, −0 as +0.
    fileprivate func take(_ values: UnsafeBufferPointer<Float>) {
        _ = update(from: values)
        clearNegativeZeros(in: indices)
    }
}
