import Networks
import Synchronization
import Tensors

/// The decompositions that were used last, found by what they are of, so that a rank that is turned takes a product and no search.
enum KeptDecompositions {
    private struct Kept {
        var key: Key
        var found: Found
        var byteCount: Int
    }

    private struct Key: Hashable {
        var hash: [UInt8]
        /// How the weights were laid out, or what was made of them.
        var kind: String
        var weights: WeightGeometry
    }

    private enum Found {
        case decomposition(Decomposition)
        case core(TuckerCore)
    }

    /// Bytes of all but the newest: 128 MiB.
    private static let limit = 128 << 20
    /// The one used last at the end.
    private static let kept = Mutex<[Kept]>([])

    /// That of weights in a layout; nil when `find` is cancelled.
    static func decomposition(of group: GroupFactors, as kind: String, find: () -> Decomposition?) -> Decomposition? {
        let key = Key(hash: group.hash, kind: kind, weights: group.weights)
        if case .decomposition(let known) = take(key) { return known }
        guard let made = find() else { return nil }
        keep(Kept(key: key, found: .decomposition(made), byteCount: made.byteCount))
        return made
    }

    /// The Tucker-2 factors of a group; nil when cancelled.
    static func core(_ group: GroupFactors, _ factorization: Factorization) -> TuckerCore? {
        let key = Key(hash: group.hash, kind: factorization.text, weights: group.weights)
        if case .core(let known) = take(key) { return known }
        guard let made = TuckerCore(group, factorization) else { return nil }
        keep(Kept(key: key, found: .core(made), byteCount: made.byteCount))
        return made
    }

    private static func keep(_ new: Kept) {
        kept.withLock { kept in
            kept.append(new)
            var bytes = kept.reduce(0) { $0 + $1.byteCount }
            while kept.count > 1, bytes > limit { bytes -= kept.removeFirst().byteCount }
        }
    }

    private static func take(_ key: Key) -> Found? {
        kept.withLock { kept in
            guard let place = kept.firstIndex(where: { $0.key == key }) else { return nil }
            kept.append(kept.remove(at: place))
            return kept.last?.found
        }
    }
}
