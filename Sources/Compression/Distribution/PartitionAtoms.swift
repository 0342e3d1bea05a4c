import CKernels

/// Survivors as ascending atoms, which a partition never cuts, with the sums before each.
///
/// Atoms are the distinct values where these are at most `limit`; else neighbours are taken for their mean, half of the atoms by even counts
/// and half by even values, so that neither the middle nor the tails are coarse. Sums go outwards from the middle atom about its value.
/// Memory: 24 bytes an atom. Owned by one thread.
final class PartitionAtoms {
    private(set) var count = 0
    /// [count + 1] How many weights, Σ (w − centre) and Σ (w − centre)².
    let counts: UnsafeMutablePointer<Double>
    let sums: UnsafeMutablePointer<Double>
    let squares: UnsafeMutablePointer<Double>
    /// Σ (w − mean of its atom)²; 0 where every distinct value is an atom.
    private(set) var spread = 0.0
    /// Whether every distinct value is an atom.
    private(set) var isExact = true

    private init(capacity: Int) {
        counts = .allocate(capacity: capacity + 1)
        sums = .allocate(capacity: capacity + 1)
        squares = .allocate(capacity: capacity + 1)
    }

    deinit {
        counts.deallocate()
        sums.deallocate()
        squares.deallocate()
    }

    /// Goes through the survivors once, or twice where they have more than `limit` values. Cost: O(n); `pause` is called every quarter million.
    static func of<Failure: Error>(
        _ survivors: Survivors, limit: Int, pause: () throws(Failure) -> Void
    ) throws(Failure) -> PartitionAtoms {
        let limit = max(2, limit)
        let atoms = PartitionAtoms(capacity: min(limit, survivors.count) + 2)
        if try !atoms.collect(survivors, capacity: limit, width: 0, most: 0, pause: pause) {
            atoms.isExact = false
            let half = Double(limit / 2)
            let width = (Double(survivors[survivors.count - 1]) - Double(survivors[0])) / half
            let most = (Double(survivors.count) / half).rounded(.up)
            _ = try atoms.collect(survivors, capacity: limit + 2, width: width, most: most, pause: pause)
        }
        for numbers in [atoms.counts, atoms.sums, atoms.squares] { pare_sum_outwards(numbers, atoms.count, atoms.count / 2) }
        return atoms
    }

    /// False where there are more than `capacity`.
    private func collect<Failure: Error>(
        _ survivors: Survivors, capacity: Int, width: Double, most: Double, pause: () throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        var list = pare_atoms()
        (list.counts, list.sums, list.squares, list.capacity) = (counts, sums, squares, capacity)
        (list.centre, list.width, list.most) = (Double(survivors[survivors.count / 2]), width, most)
        var fits = true
        try survivors.forEachPiece { (values, counts) throws(Failure) in
            guard fits else { return }
            fits = pare_add_atoms(&list, values.baseAddress, counts?.baseAddress, values.count) == 0
            try pause()
        }
        fits = fits && pare_close_atom(&list) == 0
        (count, spread) = (list.count, isExact ? 0 : list.spread)
        return fits
    }

    /// About `limit` atoms made of these: the sums at some of their ends.
    func joined(limit: Int) -> PartitionAtoms {
        let ends = ends(limit: limit)
        let joined = PartitionAtoms(capacity: ends.count)
        for (index, end) in ([0] + ends).enumerated() {
            joined.counts[index] = counts[end]
            joined.sums[index] = sums[end]
            joined.squares[index] = squares[end]
        }
        joined.count = ends.count
        return joined
    }

    /// Half of the ends by even counts, half by even values.
    private func ends(limit: Int) -> [Int] {
        let most = 2 * (counts[count] - counts[0]) / Double(limit)
        let width = 2 * (mean(count - 1) - mean(0)) / Double(limit)
        var (ends, begin): ([Int], Int) = ([], 0)
        for atom in 1..<count where counts[atom + 1] - counts[begin] > most || mean(atom) - mean(begin) > width {
            ends.append(atom)
            begin = atom
        }
        return ends + [count]
    }

    /// About the centre.
    private func mean(_ atom: Int) -> Double { (sums[atom + 1] - sums[atom]) / (counts[atom + 1] - counts[atom]) }

    /// Survivors before the atom `end`.
    func rank(_ end: Int) -> Int { Int(counts[end] - counts[0]) }
}
