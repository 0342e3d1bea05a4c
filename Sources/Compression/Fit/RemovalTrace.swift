import CKernels
import Networks
import Tensors

/// In which order the weights of a layer are best removed when the others make good what that loses (ExactOBS; Frantar, Singh and Alistarh 2022).
///
/// Row by row the weight with the least w² / (2 G_pp) goes, G the inverse of H of those that are left, and what is left moves by −G_ip w_p / G_pp. Every level
/// follows from one trace: rows give so many of their first ones as have their losses among the smallest of all. Memory: 12 bytes a weight.
public struct RemovalTrace: Sendable {
    /// By row, columns in the order of their removal.
    private(set) var removed: [[Int32]] = []
    /// What each removal adds to ½ δ H δᵀ.
    private(set) var losses: [[Double]] = []
    private let rowCount: Int

    /// Whether every row is traced.
    public var isComplete: Bool { removed.count == rowCount }

    public init(of layer: Layer) { rowCount = layer.shape.rank == 0 ? 1 : layer.outputCount }

    /// Multiply-adds of one piece of work.
    private static let work = 1 << 25

    /// Traces one row more. Cost: d³ / 6. Nothing when cancelled.
    public mutating func step(_ source: RemovalSource, isCancelled: () -> Bool = { false }) {
        guard !isComplete else { return }
        let (row, size) = (removed.count, source.size)
        var weights = source.weights(row)
        guard var inverse = source.inverse(row) else {
            // Without inputs the smallest go first, and lose nothing that is known.
            let order = weights.indices.sorted { (abs(weights[$0]), $0) < (abs(weights[$1]), $1) }
            removed.append(order.map { Int32($0) })
            losses.append(order.map { weights[$0] * weights[$0] / 2 })
            return
        }
        var (places, taken, lost) = ((0..<Int32(size)).map { $0 }, [Int32](repeating: 0, count: size), [Double](repeating: 0, count: size))
        var done = 0
        while done < size {
            guard !isCancelled() else { return }
            let alive = size - done
            let count = min(alive, max(1, Self.work / max(1, alive * alive / 2)))
            taken.withUnsafeMutableBufferPointer { taken in
                lost.withUnsafeMutableBufferPointer { lost in
                    guard let first = taken.baseAddress, let losses = lost.baseAddress else { return }
                    pare_remove_weights(&inverse, size, alive, count, &weights, &places, first + done, losses + done)
                }
            }
            done += count
        }
        removed.append(taken)
        losses.append(lost)
    }

    /// The columns of each row that go where so many weights of the layer do: those whose losses are the smallest, equal ones by row. Cost: O(n log n).
    func removals(count: Int) -> [ArraySlice<Int32>] {
        let all = losses.enumerated().flatMap { row, losses in losses.enumerated().map { (loss: $1, row: row, place: $0) } }
        let first = all.sorted { ($0.loss, $0.row, $0.place) < ($1.loss, $1.row, $1.place) }.prefix(count)
        var counts = [Int](repeating: 0, count: removed.count)
        for removal in first { counts[removal.row] += 1 }
        return zip(removed, counts).map { $0.prefix($1) }
    }
}

/// What a ``RemovalTrace`` is found from: weights and the inverse of H, which rows of a group share.
public final class RemovalSource {
    private let rows: FitRows
    private var inverse: (group: Int, matrix: [Double]?)?

    /// Nil where the moments are of another layer, and when cancelled.
    public init?(_ moments: InputMoments, layer: Layer, weights: Tensor, isCancelled: @escaping () -> Bool = { false }) {
        guard moments.fits(layer), weights.count == layer.count,
            let rows = FitRows(moments, ChannelLayout(layer), original: weights, isCancelled: isCancelled)
        else { return nil }
        self.rows = rows
    }

    var size: Int { rows.size }

    func weights(_ row: Int) -> [Double] { rows.weights(row) }

    /// G = H⁻¹ of a row's group, [d, d]; nil where its inputs say nothing.
    func inverse(_ row: Int) -> [Double]? {
        let group = rows.group(of: row)
        if let inverse, inverse.group == group { return inverse.matrix }
        let matrix = rows.damped[group]?.inverse
        inverse = (group, matrix)
        return matrix
    }
}

extension DampedMoments {
    /// G = H⁻¹, [d, d]; nil where it has none in double. Cost: d³.
    var inverse: [Double]? {
        var factor = matrix
        guard RowSystem.factored(&factor, count: size) else { return nil }
        var inverse = [Double](repeating: 0, count: size * size)
        for place in 0..<size { inverse[place * size + place] = 1 }
        pare_cholesky_solve(factor, size, &inverse, size)
        return inverse
    }
}
