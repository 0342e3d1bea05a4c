import CKernels
import Tensors

extension StoredWeights {
    /// ŵ of every level, as it is evaluated.
    ///
    /// Precondition: every level has a value, as those of a decoder and of this module's initializers have. Cost: O(n).
    public func floats() -> [Float] {
        switch values {
        case .codebook(let negatives, let positives):
            let book = negatives.reversed() + [0] + positives
            return levels.map { book[Int($0) + negatives.count] }
        case .grid(let scales, _): return onGrid(scales)
        case .scaled(let negatives, let positives, let scales):
            let book = negatives.reversed() + [0] + positives
            return levels.indices.map {
                book[Int(levels[$0]) + negatives.count] * scales[scalePlace(of: $0, scales: scales.count, count: levels.count)]
            }
        case .cells(let books):
            return levels.indices.map {
                books.value(of: levels[$0], cell: scalePlace(of: $0, scales: books.count, count: levels.count)) ?? 0
            }
        case .dithered(let scale, _, let seed):
            return levels.indices.map { StoredWeights.dithered(levels[$0], at: $0, scale: scale, seed: seed) }
        case .floats(.float32): return levels.map { Float(bitPattern: UInt32(bitPattern: $0)) }
        case .floats(.float16): return levels.map { Float(half: UInt16(truncatingIfNeeded: $0)) }
        case .floats(.bfloat16): return levels.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) }
        }
    }

    /// What a level of a dithered lattice stands for at this place; 0 is 0.
    static func dithered(_ level: Int32, at index: Int, scale: Float, seed: UInt32) -> Float {
        level == 0 ? 0 : (Float(level) - pare_dither(UInt64(seed), UInt64(index))) * scale
    }

    /// The same as a float32 tensor of the parameter's shape.
    public func tensor() -> Tensor { Tensor(shape: shape, floats: floats()) }

    private func onGrid(_ scales: [Float]) -> [Float] {
        guard scales.count > 1 else { return levels.map { Float($0) * (scales.first ?? 0) } }
        let channels = scales.count
        if isTransposed { return levels.indices.map { Float(levels[$0]) * scales[$0 % channels] } }
        let length = max(1, levels.count / channels)
        return levels.indices.map { Float(levels[$0]) * scales[$0 / length] }
    }

    /// The values other than 0 of each cell that has a codebook, that of the whole parameter where there is only one; empty for grids and floats.
    var valuesOfCells: [[Float]] {
        switch values {
        case .codebook(let negatives, let positives): [negatives + positives]
        case .cells(let books): (0..<books.count).map { books.signed($0).negatives + books.signed($0).positives }
        case .grid, .scaled, .dithered, .floats: []
        }
    }

    /// Bytes of the table of values: 4 for each entry of a codebook and each scale, those of the file for codebooks of cells.
    public var tableByteCount: Int {
        switch values {
        case .codebook(let negatives, let positives): 4 * (negatives.count + positives.count)
        case .grid(let scales, _): 4 * scales.count
        case .scaled(let negatives, let positives, let scales): 4 * (negatives.count + positives.count + scales.count)
        case .cells(let books): books.byteCount
        case .dithered: 8
        case .floats: 0
        }
    }

    /// The levels that have a value; nil where every bit pattern is one.
    public var levelRange: ClosedRange<Int>? {
        switch values {
        case .codebook(let negatives, let positives), .scaled(let negatives, let positives, _): -negatives.count...positives.count
        case .cells(let books): books.levelRange
        case .grid(_, let largest), .dithered(_, let largest, _): -largest...max(0, largest)
        case .floats: nil
        }
    }

    /// Bits of one level that is a number of its own; nil for codebooks and grids.
    var rawBits: Int? {
        if case .floats(let format) = values { format.bits } else { nil }
    }
}
