import Foundation

extension Centroids {
    /// Up to this many distinct survivors the optimum is found; of more, one that is near it.
    public static let exactValues = 1 << 20
    /// Atoms over which the penalty is searched first.
    private static let roughAtoms = 1 << 13

    /// The values with the least squared error Σ (w − value)², at most k of them.
    ///
    /// The optimum cuts the ascending survivors into k parts (Fisher 1958). Which ones is found by a penalty on the number of parts, see
    /// ``PartitionSolver``. With at most `exactValues` distinct survivors the result is the optimum but for rounding in double (`.exact`); of more,
    /// neighbours are taken for their mean, so that this many are left, and Lloyd's algorithm over every weight goes on from their optimum
    /// (`.nearOptimal`): its error is at most `bound` times the least one.
    ///
    /// Cost: O(n) for each of 2 or 3 penalties, 20 to 60 ms where 400,000 values are distinct. Memory: 44 bytes a distinct value.
    public static func optimal(_ survivors: Survivors, k: Int, exactValues: Int = Centroids.exactValues) -> SharedCodebook {
        optimal(survivors, k: k, exactValues: exactValues) {}
    }

    /// The same; `pause` is called between bursts of a few milliseconds and may end the search by throwing.
    package static func optimal<Failure: Error>(
        _ survivors: Survivors, k: Int, exactValues: Int = Centroids.exactValues, pause: () throws(Failure) -> Void
    ) throws(Failure) -> SharedCodebook {
        let k = max(1, k)
        if let values = survivors.distinctValues(limit: k) {
            return SharedCodebook(values: values, of: survivors, steps: 0, isConverged: true, origin: .exact)
        }
        let atoms = try PartitionAtoms.of(survivors, limit: max(k + 1, exactValues), pause: pause)
        let solver = PartitionSolver(atoms)
        let cut = try solver.best(parts: k, penalty: roughPenalty(atoms, k: k, pause: pause), pause: pause)
        var begin = 0
        let centroids = cut.ends.map { end in
            defer { begin = atoms.rank(end) }
            return survivors.mean(of: begin..<atoms.rank(end))
        }
        let book = try lloyd(survivors, from: centroids, origin: .exact, pause: pause)
        return atoms.isExact ? book : book.near(least: cut.error, spread: atoms.spread)
    }

    /// A penalty that should give k parts, from the errors with k − 1 and k + 1 parts over fewer atoms; nil where there are few anyway.
    private static func roughPenalty<Failure: Error>(
        _ atoms: PartitionAtoms, k: Int, pause: () throws(Failure) -> Void
    ) throws(Failure) -> Double? {
        guard k > 1, atoms.count > 4 * roughAtoms else { return nil }
        let solver = PartitionSolver(atoms.joined(limit: roughAtoms))
        let fewer = try solver.best(parts: k - 1, pause: pause)
        let more = try solver.best(parts: k + 1, pause: pause)
        return (fewer.error - more.error) / 2
    }
}

extension SharedCodebook {
    /// Says how far this error is from the least one at most.
    ///
    /// With y the weights taken for the means of their atoms, ‖x − y‖² = `spread` and `least` the optimum over y: for any centroids
    /// √error(x) ≥ √error(y) − ‖x − y‖, so the optimum over x is at least (√least − √spread)².
    fileprivate func near(least: Double, spread: Double) -> SharedCodebook {
        var book = self
        let root = max(0, least.squareRoot() - spread.squareRoot())
        book.origin = .nearOptimal(bound: root > 0 ? max(1, squaredError / (root * root)) : nil)
        return book
    }
}
