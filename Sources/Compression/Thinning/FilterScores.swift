import Networks

/// How important the channels of each set are, by the weight of its layer, and layers that a criterion has nothing to say of.
public struct FilterScores: Hashable, Sendable {
    public internal(set) var byLayer: [String: [Double]]
    public internal(set) var held: [HeldFilters]

    /// The channels of the set that begins with a layer.
    public subscript(weight: String) -> [Double] { byLayer[weight] ?? [] }

    /// One number a channel of what each maker says: norms of different layers are no measure of one another and are divided by the layer's mean first,
    /// parts of the loss add up.
    static func combined(_ makers: [[Double]], by criterion: FilterCriterion) -> [Double] {
        guard let count = makers.first?.count else { return [] }
        if criterion == .activationTaylor { return sum(makers.map { divided($0, by: norm($0)) }, count) }
        guard makers.count > 1, !criterion.isComparable else { return sum(makers, count) }
        return sum(makers.map { divided($0, by: mean($0)) }, count)
    }

    /// Numbers of a set that stand beside those of another one.
    static func comparable(_ scores: [Double], by criterion: FilterCriterion) -> [Double] {
        criterion.isComparable ? scores : divided(scores, by: mean(scores))
    }

    private static func sum(_ rows: [[Double]], _ count: Int) -> [Double] {
        guard rows.count > 1 else { return rows.first ?? [] }
        return rows.reduce([Double](repeating: 0, count: count)) { zip($0, $1).map { $0 + $1 } }
    }

    private static func mean(_ row: [Double]) -> Double { row.reduce(0, +) / Double(max(row.count, 1)) }
    private static func norm(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    private static func divided(_ row: [Double], by number: Double) -> [Double] { row.map { number > 0 ? $0 / number : 0 } }
}
