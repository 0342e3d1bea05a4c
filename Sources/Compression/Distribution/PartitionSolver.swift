import CKernels
import Foundation

/// A cut of atoms into parts: the atom behind each, ascending, and Σ (w − mean)² over all of them.
struct AtomPartition {
    var ends: [Int]
    var error: Double

    var parts: Int { ends.count }
}

/// Cuts atoms into parts of least squared error, with a penalty on their number, in bursts of a few milliseconds. Owned by one thread.
final class PartitionSolver {
    /// Atoms of a burst: at most some 5 ms.
    static let burst = 1 << 15

    private let atoms: PartitionAtoms
    private var programme = pare_partition()
    /// Penalties that were tried.
    private(set) var rounds = 0

    init(_ atoms: PartitionAtoms) {
        self.atoms = atoms
        programme.atoms = atoms.count
        programme.counts = UnsafePointer(atoms.counts)
        programme.sums = UnsafePointer(atoms.sums)
        programme.squares = UnsafePointer(atoms.squares)
        programme.least = .allocate(capacity: atoms.count + 1)
        programme.begins = .allocate(capacity: atoms.count + 1)
        programme.candidates = .allocate(capacity: atoms.count + 1)
        programme.starts = .allocate(capacity: atoms.count + 1)
    }

    deinit {
        programme.least.deallocate()
        for memory in [programme.begins, programme.candidates, programme.starts] { memory?.deallocate() }
    }

    /// The partition of any number of parts with the least error + penalty · parts. Cost: O(atoms), some 12 errors each.
    func solve<Failure: Error>(penalty: Double, pause: () throws(Failure) -> Void) throws(Failure) -> AtomPartition {
        rounds += 1
        pare_partition_begin(&programme, penalty)
        while pare_partition_advance(&programme, Self.burst) == 0 { try pause() }
        try pause()
        var ends: [Int] = []
        var end = atoms.count
        while end > 0 {
            ends.append(end)
            end = Int(programme.begins[end])
        }
        return partition(ends.reversed())
    }

    /// With its error.
    private func partition(_ ends: [Int]) -> AtomPartition {
        var (begin, error) = (0, 0.0)
        for end in ends {
            error += pare_partition_error(&programme, begin, end)
            begin = end
        }
        return AtomPartition(ends: ends, error: error)
    }

    /// The partition into `parts` parts, fewer than there are atoms, with the least error f(parts).
    ///
    /// f is convex, for errors satisfy the quadrangle inequality. So f(k) + λ · k is least at `parts` for a λ between f(parts) − f(parts + 1) and
    /// f(parts − 1) − f(parts) (Aggarwal, Schieber and Tokuyama 1994), which is searched from `penalty`. Where f is straight around `parts`, no
    /// λ may give exactly that many: then two partitions that are best for the same λ are joined, see ``AtomPartition/joined(with:parts:)``.
    /// Cost: 1 to 3 rounds from a close penalty, about 5 from none.
    func best<Failure: Error>(parts: Int, penalty: Double? = nil, pause: () throws(Failure) -> Void) throws(Failure) -> AtomPartition {
        var bracket = PenaltyBracket(
            parts: parts, fewer: partition([atoms.count]), more: AtomPartition(ends: Array(1...atoms.count), error: 0))
        guard parts > 1 else { return bracket.fewer }
        var penalty = penalty ?? bracket.firstPenalty
        var isEdge = false
        while penalty > 0 {
            let found = try solve(penalty: penalty, pause: pause)
            if found.parts == parts { return found }
            if isEdge, !bracket.isImproved(by: found, penalty) { break }
            bracket.narrow(to: found, penalty)
            (penalty, isEdge) = bracket.nextPenalty
        }
        return partition(bracket.fewer.joined(with: bracket.more, parts: parts))
    }
}

extension AtomPartition {
    /// The ends of a partition into `parts` parts, between this one with fewer and another with more.
    ///
    /// Somewhere the i-th part of this one holds the (i + parts − own number)-th of the other. Up to there the other's parts, from there on this
    /// one's: by the quadrangle inequality, where both are best for one penalty, so is the result (Aggarwal, Schieber and Tokuyama 1994).
    func joined(with other: AtomPartition, parts: Int) -> [Int] {
        let shift = parts - self.parts
        for (index, end) in ends.enumerated() where end >= other.ends[index + shift] {
            return Array(other.ends[..<(index + shift)] + ends[index...])
        }
        return other.ends
    }
}

/// Partitions with fewer and with more parts than wanted, and the penalties that they were found by.
private struct PenaltyBracket {
    let parts: Int
    var fewer: AtomPartition
    var more: AtomPartition
    private var ofFewer: Double?
    private var ofMore: Double?
    private var rounds = 0
    /// Rounds in which the penalty is guessed by a power of the number of parts; then each round must gain.
    private static let guesses = 6

    init(parts: Int, fewer: AtomPartition, more: AtomPartition) {
        self.parts = parts
        self.fewer = fewer
        self.more = more
    }

    /// f(k) is about f(1) / k².
    var firstPenalty: Double { 2 * fewer.error / pow(Double(parts), 3) }

    mutating func narrow(to found: AtomPartition, _ penalty: Double) {
        rounds += 1
        if found.parts < parts { (fewer, ofFewer) = (found, penalty) } else { (more, ofMore) = (found, penalty) }
    }

    /// Whether a partition that is best for the penalty at which both ends are alike is better than they are.
    func isImproved(by found: AtomPartition, _ penalty: Double) -> Bool {
        let ends = fewer.error + penalty * Double(fewer.parts)
        return found.error + penalty * Double(found.parts) < ends * (1 - 1e-13)
    }

    /// What to try next, and whether it is the penalty at which both ends are alike: there is a better partition, or both are best.
    var nextPenalty: (penalty: Double, isEdge: Bool) {
        let edge = (fewer.error - more.error) / Double(more.parts - fewer.parts)
        guard rounds < Self.guesses, more.parts - fewer.parts > 2 else { return (edge, true) }
        let (k, few, many) = (Double(parts), Double(fewer.parts), Double(more.parts))
        switch (ofFewer, ofMore) {
        case (let ofFewer?, let ofMore?):
            let share = log(k / few) / log(many / few)
            return (exp(log(ofFewer) + share * (log(ofMore) - log(ofFewer))), false)
        case (let ofFewer?, nil): return (ofFewer * pow(few / k, 3), false)
        case (nil, let ofMore?): return (ofMore * pow(many / k, 3), false)
        case (nil, nil): return (edge, true)
        }
    }
}
