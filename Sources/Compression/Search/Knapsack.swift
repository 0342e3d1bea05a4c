/// One option for every layer under a budget: a multiple-choice knapsack of measured options.
///
/// min Σ loss with Σ cost ≤ B, or min Σ cost with Σ loss ≤ L, by dynamic programming over buckets of cost (``BudgetProgramme``). A sum of losses of
/// single layers ranks plans well and misjudges each (ratio to the measured loss 0.7 … 1.7), so what is found is measured, and solved again with losses
/// that were corrected. ``RankBudget`` has every budget of a concave curve at once; here curves are whatever was measured.
public struct Knapsack: Sendable {
    /// What was chosen.
    public struct Choice: Hashable, Sendable {
        /// Places among the options of each layer.
        public var places: [Int]
        /// With what has no choice.
        public var cost: Double
        public var secondCost: Double
        public var loss: Double
        /// Whether it is within what was asked for; where it is not, it is the choice that comes nearest.
        public var isMet: Bool
    }

    /// Why there is nothing to choose.
    public struct Failure: Error, Hashable, Sendable {
        /// The layer none of whose options can be chosen.
        public var layer: String
    }

    public let layers: [KnapsackLayer]
    /// Costs of all that has no choice: parameters of no layer, header and graph of a file.
    public let fixed: Double
    public let fixedSecond: Double

    /// Throws where a layer has no option left. Those without any option are to be left out.
    public init(_ layers: [KnapsackLayer], fixed: Double = 0, fixedSecond: Double = 0) throws(Failure) {
        if let empty = layers.first(where: \.allowed.isEmpty) { throw Failure(layer: empty.name) }
        (self.layers, self.fixed, self.fixedSecond) = (layers, fixed, fixedSecond)
    }

    /// How costs and losses are seen while one budget is solved: `rate` · second cost is added to what is to be least.
    struct Weighing {
        /// Whether the loss is to be least, and not the cost.
        var isOfLoss: Bool
        var rate = 0.0

        func callAsFunction(_ option: KnapsackOption) -> (cost: Double, loss: Double) {
            let fine = rate * option.secondCost
            return isOfLoss ? (option.cost, option.loss + fine) : (option.cost + fine, option.loss)
        }
    }

    /// The sums of a choice. Cost: O(layers).
    public func choice(_ places: [Int], isMet: Bool = true) -> Choice {
        var choice = Choice(places: places, cost: fixed, secondCost: fixedSecond, loss: 0, isMet: isMet)
        for (layer, place) in zip(layers, places) {
            let option = layer.options[place]
            choice.cost += option.cost
            choice.secondCost += option.secondCost
            choice.loss += option.loss
        }
        return choice
    }

    /// The least loss that costs at most `budget`, and at most `second` of the other unit; without one that does, the cheapest choice, and that it is not
    /// met. Nil where it was cancelled.
    ///
    /// A second budget is a price λ on its unit that is added to losses, found by bisection: a choice within both, not always the best one.
    /// Cost: O(layers · options · buckets), some 30 times that with a second budget that binds.
    public func leastLoss(
        within budget: Double, second: Double? = nil, buckets: Int = 10_000, isCancelled: () -> Bool = { false }
    ) -> Choice? {
        pricing(second, { $0.loss }) { rate in
            let steps = layers.map { $0.staircase(Weighing(isOfLoss: true, rate: rate).callAsFunction) }
            let smallest = steps.reduce(fixed) { $0 + ($1.first?.cost ?? 0) }
            guard smallest <= budget else { return choice(steps.map { $0.first?.place ?? 0 }, isMet: false) }
            guard let programme = BudgetProgramme(steps, room: budget - smallest, buckets: buckets, isCancelled: isCancelled) else {
                return nil
            }
            return spent(choice(programme.best.places), budget, steps)
        }
    }

    /// The least cost that loses at most `loss`, and costs at most `second` of the other unit; without one that does, the choice that loses least, and
    /// that it is not met. Nil where it was cancelled. Twice a tenth of the buckets says how much room is needed, all of them over that room what is
    /// chosen. Cost: 1.2 times that of ``leastLoss(within:second:buckets:isCancelled:)``.
    public func leastCost(
        losing loss: Double, second: Double? = nil, buckets: Int = 10_000, isCancelled: () -> Bool = { false }
    ) -> Choice? {
        pricing(second, { $0.cost }) { rate in
            let steps = layers.map { $0.staircase(Weighing(isOfLoss: false, rate: rate).callAsFunction) }
            let ends = steps.map { ($0.first?.cost ?? 0, $0.last?.cost ?? 0) }
            var best = choice(steps.map { $0.last?.place ?? 0 })
            guard best.loss <= loss else { return choice(best.places, isMet: false) }
            var room = ends.reduce(0) { $0 + $1.1 - $1.0 }
            let few = max(1, buckets / 10)
            for count in [few, few, buckets] {
                guard let programme = BudgetProgramme(steps, room: room, buckets: count, isCancelled: isCancelled) else { return nil }
                // Rounded up, nothing may fit into a few buckets.
                guard let found = programme.cheapest(losing: loss) else { continue }
                let next = choice(found.places)
                let cost = zip(layers, found.places).reduce(0) { sum, one in
                    sum + Weighing(isOfLoss: false, rate: rate)(one.0.options[one.1]).cost
                }
                let above = max(0, cost - ends.reduce(0) { $0 + $1.0 })
                if next.loss <= loss { best = next }
                room = min(room, above)
            }
            return best
        }
    }

    /// What rounding up left of a budget goes to the steps that save most loss; nothing where costs were not rounded.
    private func spent(_ choice: Choice, _ budget: Double, _ steps: [[KnapsackLayer.Step]]) -> Choice {
        var (places, left) = (choice.places, budget - choice.cost)
        while left > 0 {
            var best: (layer: Int, step: KnapsackLayer.Step, gain: Double)?
            for layer in layers.indices {
                guard let now = steps[layer].first(where: { $0.place == places[layer] }) else { continue }
                for step in steps[layer] where step.cost > now.cost && step.cost - now.cost <= left {
                    if now.loss - step.loss > best?.gain ?? 0 { best = (layer, step, now.loss - step.loss) }
                }
            }
            guard let best, let now = steps[best.layer].first(where: { $0.place == places[best.layer] }) else { break }
            places[best.layer] = best.step.place
            left -= best.step.cost - now.cost
        }
        return self.choice(places)
    }
}
