/// The mean over those numbers of a series that are finite, with the count of the others, so that none is left out unsaid.
public struct FiniteMean: Hashable, Sendable {
    /// Finite numbers that were added.
    public private(set) var count = 0
    /// Numbers that were added and are not finite.
    public private(set) var leftOut = 0
    private var sum = 0.0

    public init() {}

    public init(_ values: some Sequence<Double>) { for value in values { add(value) } }

    public mutating func add(_ value: Double) {
        guard value.isFinite else { return leftOut += 1 }
        sum += value
        count += 1
    }

    /// Σ / count; nil where no number is finite.
    public var mean: Double? { count == 0 ? nil : sum / Double(count) }
}
