import CKernels

/// Ascending weights and the sums before each block of 256, about the median.
///
/// The median lies within σ of the mean (Hotelling and Solomons, 1932), so sums about it cancel no more than sums about the
/// mean, and one pass finds it and them. Memory: 4.08 bytes a weight.
final class SortedWeights: OrderedWeights, @unchecked Sendable {
    // because the memory is written in `init` only.

    static let block = Int(PARE_BLOCK)

    let count: Int
    let values: UnsafeMutablePointer<Float>
    /// The first weight of each block: small enough for the cache, so that most of a search touches nothing else.
    private let heads: UnsafeMutablePointer<Float>
    private let blocks: Int
    private let sums: UnsafeMutablePointer<Double>
    private let squares: UnsafeMutablePointer<Double>
    let centre: Double

    init(sorting weights: UnsafeBufferPointer<Float>) throws(DistributionError) {
        count = weights.count
        blocks = (count + Self.block - 1) / Self.block
        let heads = UnsafeMutablePointer<Float>.allocate(capacity: blocks)
        let sums = UnsafeMutablePointer<Double>.allocate(capacity: blocks + 1)
        let squares = UnsafeMutablePointer<Double>.allocate(capacity: blocks + 1)
        do throws(DistributionError) {
            (values, centre) = try Self.sort(weights, heads, sums, squares)
        } catch {
            heads.deallocate()
            sums.deallocate()
            squares.deallocate()
            throw error
        }
        (self.heads, self.sums, self.squares) = (heads, sums, squares)
    }

    /// The ascending weights and their median; writes the sums.
    private static func sort(
        _ weights: UnsafeBufferPointer<Float>, _ heads: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Double>,
        _ squares: UnsafeMutablePointer<Double>
    ) throws(DistributionError) -> (values: UnsafeMutablePointer<Float>, centre: Double) {
        let byteCount = weights.count * 4
        guard let memory = pare_allocate(byteCount) else { throw .noMemory(byteCount: byteCount) }
        let sorted = memory.bindMemory(to: Float.self, capacity: max(1, weights.count))
        var (index, centre) = (0, 0.0)
        let status = pare_sort_and_sum(weights.baseAddress, weights.count, sorted, heads, sums, squares, &centre, &index)
        if status == Int32(PARE_DONE) { return (sorted, centre) }
        pare_deallocate(memory)
        throw status == Int32(PARE_NOT_FINITE)
            ? .notFinite(index: index, value: weights[index]) : .noMemory(byteCount: byteCount)
    }

    deinit {
        pare_deallocate(values)
        heads.deallocate()
        sums.deallocate()
        squares.deallocate()
    }

    /// Weights ≤ `limit`. Cost: O(log n).
    func rank(notAbove limit: Float) -> Int {
        let block = Self.search(heads, blocks, limit)
        guard block > 0 else { return 0 }
        let start = (block - 1) * Self.block
        return start + Self.search(values + start, min(Self.block, count - start), limit)
    }

    subscript(rank: Int) -> Float { values[rank] }

    /// How many of `count` ascending values are ≤ `limit`, without a branch to mispredict.
    @inline(__always)
    private static func search(_ values: UnsafeMutablePointer<Float>, _ count: Int, _ limit: Float) -> Int {
        var (start, length) = (0, count)
        while length > 1 {
            let half = length / 2
            start = values[start + half - 1] <= limit ? start + half : start
            length -= half
        }
        return length == 1 && values[start] <= limit ? start + 1 : start
    }

    /// Moments of the `rank` smallest weights. Cost: a lookup and at most 255 additions.
    func prefix(_ rank: Int) -> CentredMoments {
        let block = rank / Self.block
        let start = block * Self.block
        var moments = CentredMoments(count: rank, first: sums[block], second: squares[block])
        guard start < rank else { return moments }
        let rest = sum(start..<rank, about: centre)
        moments.first += rest.first
        moments.second += rest.second
        return moments
    }

    /// Moments of any range: short ones are summed, so that they are exact; long ones are a difference of prefix sums.
    func moments(_ ranks: Range<Int>) -> CentredMoments {
        ranks.count <= 2 * Self.block ? sum(ranks, about: centre) : prefix(ranks.upperBound) - prefix(ranks.lowerBound)
    }

    /// Σ (w − value)² over a range: as a difference of prefix sums where that loses few digits, else weight by weight.
    func squaredError(_ ranks: Range<Int>, around value: Double) -> Double {
        if ranks.count <= 2 * Self.block { return sum(ranks, about: value).second }
        if values[ranks.lowerBound] == values[ranks.upperBound - 1] {
            let error = Double(values[ranks.lowerBound]) - value
            return Double(ranks.count) * error * error
        }
        let error = moments(ranks).squaredError(around: value - centre)
        return error > squares[blocks] * Self.leastShare ? error : addedError(ranks, around: value)
    }

    /// Of the sum over all weights: what is less has at most 6 digits as a difference of such sums.
    private static let leastShare = 1e-10

    func forEachPiece<Failure: Error>(
        _ ranks: Range<Int>, _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Int>?) throws(Failure) -> Void
    ) throws(Failure) {
        for start in stride(from: ranks.lowerBound, to: ranks.upperBound, by: 1 << 18) {
            try body(UnsafeBufferPointer(start: values + start, count: min(1 << 18, ranks.upperBound - start)), nil)
        }
    }

    private func sum(_ ranks: Range<Int>, about centre: Double) -> CentredMoments {
        var moments = CentredMoments(count: ranks.count)
        pare_centred_sums(values + ranks.lowerBound, ranks.count, centre, &moments.first, &moments.second)
        return moments
    }
}
