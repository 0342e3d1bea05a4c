import Tensors

/// Scales [blocks, M] of blocks of neighbours in the columns of a matrix.
struct ColumnBlocks {
    var block: Int
    var scales: Tensor

    /// [M, blocks], row-major.
    var turned: [Float] {
        let (floats, columns) = (scales.floats, scales.shape[1])
        return (0..<columns).flatMap { column in (0..<scales.shape[0]).map { floats[$0 * columns + column] } }
    }
}

/// Scales of blocks of neighbours in the rows of a matrix.
enum BlockScales {
    /// Scales for equal pieces of rows: where the last block is cut, for the largest pieces that all blocks are made of. Empty where these are small.
    ///
    /// Without their signs, which levels take over.
    static func even(_ scales: [Float], rows: Int, columns: Int, block: Int) -> [Float] {
        let scales = scales.map(\.magnitude)
        guard block > 0, columns % block != 0 else { return scales }
        var (piece, rest) = (block, columns % block)
        while rest != 0 { (piece, rest) = (rest, piece % rest) }
        guard piece >= smallestPiece, scales.count == rows * ((columns + block - 1) / block) else { return [] }
        return (0..<rows * (columns / piece)).map { place in
            let (row, column) = (place / (columns / piece), place % (columns / piece) * piece)
            return scales[row * ((columns + block - 1) / block) + column / block]
        }
    }

    private static let smallestPiece = 8
}
