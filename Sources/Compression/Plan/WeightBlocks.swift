/// Goes over the weights of a layer in blocks, so that a long pass can be given up between two of them.
struct WeightBlocks {
    /// Weights of one block: about 1 ms of work.
    static let size = 1 << 20

    let isCancelled: () -> Bool

    /// Throws when cancelled.
    func pause() throws(CancellationError) {
        if isCancelled() { throw CancellationError() }
    }

    /// Calls `body` with each block of `0..<count`; false when cancelled before the end.
    func forEach(in count: Int, _ body: (Range<Int>) -> Void) -> Bool {
        for start in stride(from: 0, to: count, by: WeightBlocks.size) {
            guard !isCancelled() else { return false }
            body(start..<min(start + WeightBlocks.size, count))
        }
        return true
    }

    /// Goes over `range` in pieces that stay in the cache, with room for one result each.
    static func forEachPiece<Result>(
        of range: Range<Int>, _ body: (Range<Int>, UnsafeMutableBufferPointer<Result>) -> Void
    ) {
        let length = min(range.count, 4_096)
        withUnsafeTemporaryAllocation(of: Result.self, capacity: length) { results in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: max(1, length)) {
                body(start..<min(start + length, range.upperBound), results)
            }
        }
    }
}
