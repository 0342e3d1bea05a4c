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

    /// Share of the energy that is lost, 0…1: what a budget makes small.
    public var loss: Double { 1 - energy }
}

/// The ways to hold one layer under a budget, those that are worth their cost: each dearer one keeps more energy.
///
/// Dense is one of them, unless factors keep everything for less; factors that cost no less than dense are none, so that a layer returns to dense by
/// itself. The corners of their upper hull of energy over cost are those where each gains less for what it costs more than the one before.
public struct BudgetedLayer: Hashable, Sendable {
    /// The layer's weight parameter.
    public let weight: String
    /// By rising cost and energy.
    public let options: [RankOption]
    /// The places of the hull's corners among ``options``, from the cheapest to the most energy.
    public let corners: [Int]

    /// - Parameter options: In any order, with costs and energies that are finite; the first of equal ones is taken. Cost: O(n log n).
    public init(weight: String, options: [RankOption]) {
        self.weight = weight
        self.options = Self.efficient(options)
        corners = Self.hull(self.options)
    }

    /// Without those that have no more energy than a cheaper one.
    private static func efficient(_ options: [RankOption]) -> [RankOption] {
        let ordered = options.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            return (a.cost, -a.energy, left.offset) < (b.cost, -b.energy, right.offset)
        }
        var found: [RankOption] = []
        for (_, option) in ordered where option.energy > found.last?.energy ?? -.infinity { found.append(option) }
        return found
    }

    /// Without those below the line between their neighbours (Andrew 1979).
    private static func hull(_ options: [RankOption]) -> [Int] {
        var corners: [Int] = []
        for place in options.indices {
            while let last = corners.last, let before = corners.dropLast().last,
                slope(options[before], options[last]) <= slope(options[last], options[place])
            { corners.removeLast() }
            corners.append(place)
        }
        return corners
    }

    /// Energy gained for each unit that is paid more; never of equal costs, for options of one cost have falling energy.
    static func slope(_ cheap: RankOption, _ dear: RankOption) -> Double { (dear.energy - cheap.energy) / (dear.cost - cheap.cost) }

    /// Energy for a unit of cost that an option has at least over any cheaper one; nil for the cheapest.
    func lastGain(_ place: Int) -> Double? { options[..<place].map { Self.slope($0, options[place]) }.min() }

    /// Energy for a unit of cost that any dearer option gains at most; nil for the dearest.
    func nextGain(_ place: Int) -> Double? { options[(place + 1)...].map { Self.slope(options[place], $0) }.max() }
}
