import CKernels

/// Two matrices where they lie.
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
