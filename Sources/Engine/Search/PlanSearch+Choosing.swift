import Compression
import Reports

extension PlanSearch {
    /// The layers with their measured options as a budget sees them.
    private var knapsack: Knapsack? {
        let layers = candidates.indices.map { place in
            KnapsackLayer(
                name: candidates[place].layer.name,
                options: table[place].map { option in
                    KnapsackOption(
                        cost: Double(option.bytes), loss: max(0, option.loss) * scales[place], secondCost: option.second)
                })
        }
        return try? Knapsack(layers, fixed: fixedBytes, fixedSecond: fixedSecond)
    }

    private func options(_ choice: Knapsack.Choice) -> [LayerPlan] { zip(table, choice.places).map { $0[$1].plan } }

    /// Chooses by sums, measures, corrects and chooses again.
    ///
    /// - Parameter most: So many plans that are within the bytes, or about so many times five that are held against a loss.
    func choose(most: Int = 3) throws {
        switch goal.aim {
        case .bytes(let limit): try fill(Double(limit), most: most)
        case .loss(let budget): try bisect(from: budget, most: 5 * most - 1)
        }
    }

    /// The least loss within the bytes; where a file is larger than its sum, the sum gets less room.
    private func fill(_ limit: Double, most: Int) throws {
        var (room, rounds) = (limit, 0)
        for _ in 0..<most + 5 where rounds < most && !isEnding {
            guard let choice = knapsack?.leastLoss(within: room, second: goal.second, isCancelled: { self.isEnding }) else { return }
            let plans = options(choice)
            let isNew = trials[plans] == nil
            guard let trial = try attempt(plans, predicted: (choice.loss, choice.cost)), choice.isMet else { return }
            let over = Double(trial.figures.bytes ?? 0) - limit
            if over > 0 {
                room -= max(over, 1)
            } else {
                guard isNew else { return }
                rounds += 1
                rescale(trial, predicted: choice.loss)
            }
        }
    }

    /// The fewest bytes for a sum of losses, at first twice what the figure may lose, which is halved or doubled by what the measured figure says.
    private func bisect(from budget: Double, most: Int) throws {
        guard let knapsack, let smallest = knapsack.leastCost(losing: .greatestFiniteMagnitude) else { return }
        var (low, high) = (0.0, max(smallest.loss, 1e-6))
        var limit = min(high, max(2 * budget, 1e-4))
        for _ in 0..<most where !isEnding && high > low * 1.05 {
            guard let choice = knapsack.leastCost(losing: limit, second: goal.second, isCancelled: { self.isEnding }) else { return }
            guard let trial = try attempt(options(choice), predicted: (choice.loss, choice.cost)) else { return }
            if goal.isMet(by: trial.figures) { low = limit } else { high = limit }
            guard high > 1e-7 else { return }
            limit = low == 0 ? high / 4 : (low * high).squareRoot()
        }
    }

    /// Multiplies the losses of layers that were changed by what the sum misjudged, at most by four.
    private func rescale(_ trial: Trial, predicted: Double) {
        let measured = trial.figures.loss - (startFigures?.loss ?? 0)
        guard predicted > 1e-9, measured > 0 else { return }
        let factor = min(4, max(0.25, measured / predicted))
        for place in candidates.indices where trial.choice[place] != table[place][0].plan { scales[place] *= factor }
    }

    /// Measures options beside those of the best plan, and chooses once more.
    func refine() throws {
        for _ in 0..<2 {
            guard let best, !isEnding else { return }
            let near = candidates.indices.flatMap { place in
                candidates[place].neighbours(best.choice[place]).filter { option in !table[place].contains { $0.plan == option.plan } }
            }
            guard !near.isEmpty else { return }
            try measure(near, examples: nil)
            try choose()
        }
    }
}
