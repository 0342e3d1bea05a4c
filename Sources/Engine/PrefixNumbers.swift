/// Numbers for beginnings of lists of versions: equal lists have equal numbers, different ones different numbers. Owned by the lane.
///
/// Each beginning is named by the one before it and its last version, so that all those of a list take O(length).
struct PrefixNumbers {
    private struct Step: Hashable {
        var before: Int
        var version: UInt64
    }

    private var known: [Step: Int] = [:]
    private var last = 0

    /// Beginnings that are remembered; beyond them all are forgotten, and what was kept under their numbers is never found again.
    private static let largestCount = 1 << 20

    /// A number for each beginning, of 0, 1, … all versions. Cost: O(versions).
    mutating func numbers(of versions: [UInt64]) -> [Int] {
        if known.count + versions.count > Self.largestCount { known = [:] }
        var numbers = [0]
        numbers.reserveCapacity(versions.count + 1)
        for version in versions { numbers.append(number(Step(before: numbers[numbers.count - 1], version: version))) }
        return numbers
    }

    /// The number of a beginning that goes on with these versions.
    mutating func number(after beginning: Int, _ versions: [UInt64]) -> Int {
        versions.reduce(beginning) { number(Step(before: $0, version: $1)) }
    }

    private mutating func number(_ step: Step) -> Int {
        if let number = known[step] { return number }
        last += 1
        known[step] = last
        return last
    }
}
