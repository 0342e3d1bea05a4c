import Synchronization
import Tensors

/// The decompositions that were used last, found by what they are of, so that a rank that is turned takes a product and no search.
enum KeptDecompositions {
    private struct Kept {
        var hash: [UInt8]
        var decomposition: Decomposition
    }

    /// Bytes of all but the newest: 128 MiB.
    private static let limit = 128 << 20
    /// The one used last at the end.
    private static let kept = Mutex<[Kept]>([])

    /// That of a matrix; nil when cancelled.
    static func decomposition(
        of matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, blocks: WeightBlocks
    ) -> Decomposition? {
        var sum = SHA256()
        sum.update(UnsafeRawBufferPointer(matrix))
        let hash = Array(sum.finalize())
        if let known = take(hash, rows: rows) { return known }
        guard let made = Decomposition(matrix, rows: rows, columns: columns, blocks: blocks) else { return nil }
        kept.withLock { kept in
            kept.append(Kept(hash: hash, decomposition: made))
            var bytes = kept.reduce(0) { $0 + $1.decomposition.byteCount }
            while kept.count > 1, bytes > limit { bytes -= kept.removeFirst().decomposition.byteCount }
        }
        return made
    }

    private static func take(_ hash: [UInt8], rows: Int) -> Decomposition? {
        kept.withLock { kept in
            guard let place = kept.firstIndex(where: { $0.hash == hash && $0.decomposition.rows == rows }) else { return nil }
            kept.append(kept.remove(at: place))
            return kept.last?.decomposition
        }
    }
}
