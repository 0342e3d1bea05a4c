extension Centroids {
    /// Up to this many distinct survivors the optimum is over all of them.
    public static let exactValues = 2_048
    /// Where there are more, boundaries are sought on at least this many edges.
    public static let leastEdges = 4_096

    /// The least squared error with k values: 1-D dynamic programme (Bellman 1973; Wang and Song 2011).
    ///
    /// D[q][j] = min over i of D[q − 1][i] + error of atoms i ..< j around their mean. The best i grows with j, so each row is
    /// found by divide and conquer. Atoms are the distinct survivors where there are at most `exactValues` (`.exact`); else the
    /// weights between 4,096 edges (or 16 · k), half of them even in value and half even in count (`.onHistogram`), and Lloyd's
    /// algorithm over every weight goes on from there. Cost: O(k · m · log m + steps · k · log n) for m atoms.
    public static func optimal(_ survivors: Survivors, k: Int, exactValues: Int = Centroids.exactValues) -> SharedCodebook {
        if let values = survivors.distinctValues(limit: max(1, k)) {
            return SharedCodebook(values: values, of: survivors, steps: 0, isConverged: true, origin: .exact)
        }
        let distinct = survivors.distinctValues(limit: exactValues)
        let ends = distinct?.map { survivors.rank(notAbove: $0) } ?? edges(survivors, count: max(leastEdges, 16 * k))
        var programme = PartitionProgramme(survivors, ends: ends)
        var begin = 0
        let centroids = programme.solve(parts: max(1, k)).map { end in
            defer { begin = end }
            return survivors.mean(of: begin..<end)
        }
        let origin = distinct == nil ? SharedCodebook.Origin.onHistogram(bins: ends.count) : .exact
        return lloyd(survivors, from: centroids, maximumSteps: maximumSteps, origin: origin)
    }

    /// Ranks at which an atom may end; even values follow the tails, even counts the middle and layers with outliers.
    private static func edges(_ survivors: Survivors, count: Int) -> [Int] {
        let half = count / 2
        let (low, high) = (Double(survivors[0]), Double(survivors[survivors.count - 1]))
        let values = (1...half).map { low + (high - low) * Double($0) / Double(half) }
        let byValue = values.map { survivors.rank(notAbove: Float(notAbove: $0)) }
        let byCount = (1...half).map { survivors.rank(notAbove: survivors[max(1, survivors.count * $0 / half) - 1]) }
        return Set(byValue + byCount + [survivors.count]).filter { $0 > 0 }.sorted()
    }
}

/// Cuts a row of weighted atoms into parts of least squared error.
struct PartitionProgramme {
    /// The rank at which each atom ends, after a 0.
    private let ends: [Int]
    private let prefixes: [CentredMoments]
    private var previous: [Double]
    private var current: [Double]

    init(_ survivors: Survivors, ends: [Int]) {
        self.ends = [0] + ends
        var sum = CentredMoments()
        var prefixes = [sum]
        for (begin, end) in zip(self.ends, ends) {
            sum = sum + survivors.centred(begin..<end)
            prefixes.append(sum)
        }
        self.prefixes = prefixes
        previous = []
        current = []
    }

    /// The ranks at which the parts end, ascending; `parts` is at most the number of atoms.
    mutating func solve(parts: Int) -> [Int] {
        let atoms = ends.count - 1
        let parts = min(parts, atoms)
        previous = (0...atoms).map { prefixes[$0].squaredDeviations }
        current = previous
        var begins: [[Int32]] = []
        for part in 1..<max(1, parts) {
            var begin = [Int32](repeating: 0, count: atoms + 1)
            fill(part + 1...atoms, begins: part...atoms - 1, &begin)
            begins.append(begin)
            swap(&previous, &current)
        }
        var end = atoms
        var result = [end]
        for begin in begins.reversed() {
            end = Int(begin[end])
            result.append(end)
        }
        return result.reversed().map { ends[$0] }
    }

    /// Fills one row for the atoms `columns`, whose last part begins somewhere in `begins`.
    private mutating func fill(_ columns: ClosedRange<Int>, begins: ClosedRange<Int>, _ chosen: inout [Int32]) {
        let middle = (columns.lowerBound + columns.upperBound) / 2
        let (best, error) = best(column: middle, begins: begins.lowerBound...min(begins.upperBound, middle - 1))
        current[middle] = error
        chosen[middle] = Int32(best)
        if columns.lowerBound < middle { fill(columns.lowerBound...middle - 1, begins: begins.lowerBound...best, &chosen) }
        if middle < columns.upperBound { fill(middle + 1...columns.upperBound, begins: best...begins.upperBound, &chosen) }
    }

    private func best(column: Int, begins: ClosedRange<Int>) -> (begin: Int, error: Double) {
        prefixes.withUnsafeBufferPointer { prefixes in
            previous.withUnsafeBufferPointer { previous in
                var (best, least) = (begins.lowerBound, Double.infinity)
                let end = prefixes[column]
                for begin in begins {
                    let error = previous[begin] + (end - prefixes[begin]).squaredDeviations
                    if error < least { (best, least) = (begin, error) }
                }
                return (best, least)
            }
        }
    }
}
