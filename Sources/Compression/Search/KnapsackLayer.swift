/// One way to hold a layer, as a budget sees it.
public struct KnapsackOption: Hashable, Sendable {
    /// In the unit of the budget, at least 0: bytes, MACs or ms.
    public var cost: Double
    /// What it alone loses, in any unit that adds up; below 0 where it gains. One that is no number is never chosen.
    public var loss: Double
    /// In the unit of a second budget, at least 0.
    public var secondCost: Double

    public init(cost: Double, loss: Double, secondCost: Double = 0) {
        (self.cost, self.loss, self.secondCost) = (cost, loss, secondCost)
    }

    /// Whether it can be chosen at all.
    var isUsable: Bool { cost.isFinite && cost >= 0 && loss.isFinite && secondCost.isFinite && secondCost >= 0 }
}

/// A layer with its options, of which a budget chooses one.
public struct KnapsackLayer: Sendable {
    public var name: String
    public let options: [KnapsackOption]
    /// Places of the options that may be chosen, rising.
    public private(set) var allowed: [Int]

    public init(name: String, options: [KnapsackOption]) {
        (self.name, self.options) = (name, options)
        allowed = options.indices.filter { options[$0].isUsable }
    }

    /// Leaves one option: the layer is pinned.
    public mutating func pin(_ place: Int) { allow { $0 == place } }

    /// Leaves the options that a floor or a ceiling lets through, by their places.
    public mutating func allow(_ isAllowed: (Int) -> Bool) { allowed.removeAll { !isAllowed($0) } }

    /// What is left once costs and losses are seen as `weighed` says: by rising cost, each with less loss than all that are cheaper.
    ///
    /// An option that loses no less than a cheaper one is dominated by it and dropped; so losses fall with the cost whatever noise there is in them,
    /// the monotone envelope of the measured ones. What is off the convex hull stays. Of equal ones the first stays.
    func staircase(_ weighed: (KnapsackOption) -> (cost: Double, loss: Double)) -> [Step] {
        let steps = allowed.map { place in
            let (cost, loss) = weighed(options[place])
            return Step(place: place, cost: cost, loss: loss)
        }
        var kept: [Step] = []
        for step in steps.sorted(by: { ($0.cost, $0.loss, $0.place) < ($1.cost, $1.loss, $1.place) })
        where step.loss < kept.last?.loss ?? .infinity { kept.append(step) }
        return kept
    }

    /// An option that no other dominates.
    struct Step: Sendable {
        var place: Int
        var cost: Double
        var loss: Double
    }
}
