/// One way to hold a layer: dense, or as factors of a rank.
public struct RankOption: Hashable, Sendable {
    /// Nil is the layer with its weights as they are.
    public var rank: Int?
    /// In the unit of the budget.
    public var cost: Double
    /// Share of the energy that it keeps, 0…1: 1 − (squared error) / (squared size), of the weights or of the layer's outputs.
    public var energy: Double
    /// Whether the cost was not measured but read off a fitted staircase: to be marked `~`.
    public var isEstimate: Bool

    public init(rank: Int?, cost: Double, energy: Double, isEstimate: Bool = false) {
        self.rank = rank
        self.cost = cost
        self.energy = energy
        self.isEstimate = isEstimate
    }
}

/// The ways to hold one layer under a budget, those that are worth their cost: by rising cost, each with less energy gained for what it costs more.
///
/// They are the corners of the upper hull of energy over cost, from the cheapest to the most energy. Dense is one of them, unless factors keep
/// everything for less; factors that cost no less than dense are none, so that a layer returns to dense by itself.
public struct BudgetedLayer: Hashable, Sendable {
    /// The layer's weight parameter.
    public let weight: String
    public let options: [RankOption]

    /// - Parameter options: In any order, with costs and energies that are finite; the first of equal ones is taken. Cost: O(n log n).
    public init(weight: String, options: [RankOption]) {
        self.weight = weight
        self.options = Self.hull(options)
    }

    /// Options with less energy than a cheaper one go first, then those below the line between their neighbours (Andrew 1979).
    private static func hull(_ options: [RankOption]) -> [RankOption] {
        let ordered = options.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            return (a.cost, -a.energy, left.offset) < (b.cost, -b.energy, right.offset)
        }
        var corners: [RankOption] = []
        for (_, option) in ordered {
            if let last = corners.last, option.energy <= last.energy { continue }
            while corners.count > 1,
                slope(corners[corners.count - 2], corners[corners.count - 1]) <= slope(corners[corners.count - 1], option)
            {
                corners.removeLast()
            }
            corners.append(option)
        }
        return corners
    }

    /// Energy gained for each unit that is paid more; never of equal costs, for options of one cost have falling energy.
    static func slope(_ cheap: RankOption, _ dear: RankOption) -> Double { (dear.energy - cheap.energy) / (dear.cost - cheap.cost) }
}
