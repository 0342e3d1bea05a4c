import CKernels
import Tensors

/// The shared values of one cell: an output channel or a group of neighbours.
///
/// They are rounded to bfloat16, 16 bits each: a table for few weights has to be small, and what this rounding adds (about −59 dB) is far below
/// what up to 256 values leave. A group in float16 could lose the small weights of a layer, for its smallest step is 6e-8.
struct CellCodebook: Hashable {
    /// Ascending, distinct.
    let values: [Float]
    /// `values.count − 1` thresholds: a weight has the index of the first one that is not below it.
    let boundaries: [Float]
    /// Lloyd steps taken.
    let steps: Int

    init(values: [Float], steps: Int) {
        self.values = Set(values.map { Float.finiteBrainFloat($0) + 0 }).sorted()
        self.steps = steps
        boundaries = zip(self.values, self.values.dropFirst()).map { Float(notAbove: (Double($0) + Double($1)) / 2) }
    }

    /// k-means over the weights of a cell that are not 0. Cost: O(n log n + steps · k · log n).
    init(_ cell: UnsafeMutableBufferPointer<Float>, _ sharing: WeightSharing) {
        guard let distribution = try? WeightDistribution(UnsafeBufferPointer(cell)) else {
            self.init(values: [], steps: 0)
            return
        }
        let survivors = Survivors(distribution, threshold: 0)
        guard survivors.count > 0 else {
            self.init(values: [], steps: 0)
            return
        }
        let book = sharing.codebook(of: survivors)
        self.init(values: book.values, steps: book.steps)
    }

    /// Replaces the weights that are not 0 by the nearest value; levels become 1 + its index. Without values every weight becomes 0, as it was when
    /// the values were found. Cost: O(n log k).
    func replace(_ buffers: CodeBuffers, _ body: (_ code: Int, _ weight: Float, _ value: Float) -> Void) {
        guard !values.isEmpty else { return buffers.values.update(repeating: 0) }
        let (cell, levels) = (buffers.values, buffers.levels)
        WeightBlocks.forEachPiece(of: 0..<cell.count) { (piece, codes: UnsafeMutableBufferPointer<UInt8>) in
            guard let source = cell.baseAddress, let target = codes.baseAddress else { return }
            pare_assign(source + piece.lowerBound, piece.count, boundaries, boundaries.count, target)
            for index in piece where cell[index] != 0 {
                let code = Int(codes[index - piece.lowerBound])
                body(code, cell[index], values[code])
                if !levels.isEmpty { levels[index] = Int32(code + 1) }
                cell[index] = values[code]
            }
        }
    }
}
