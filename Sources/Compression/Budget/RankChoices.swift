import Networks
import Tensors

/// The ranks that a budget chooses among.
public enum RankChoices {
    /// Ranks are multiples of this. In milliseconds 16 where the largest is at least 64, for kernels take those the best, 8 from 32 on, else 1; of what is
    /// counted, where no number is better than another, about a sixteenth of the largest: 1, 2, 4 or 8, and 16 from 256 on.
    public static func step(largest: Int, in unit: BudgetUnit) -> Int {
        if unit == .milliseconds { return largest >= 64 ? 16 : largest >= 32 ? 8 : 1 }
        return [16, 8, 4, 2].first { 16 * $0 <= largest } ?? 1
    }

    /// Multiples of the step below `largest`, and the half and quarter of a large step, for a layer that can be nearly empty; rising.
    public static func ranks(largest: Int, in unit: BudgetUnit) -> [Int] {
        let step = step(largest: largest, in: unit)
        let small = step > 4 ? [step / 4, step / 2] : []
        return (small + Array(stride(from: step, to: max(largest, step), by: step))).filter { $0 < largest }
    }

    /// No rank keeps as much as dense does, so that whoever can pay for everything gets it.
    private static let almost = 1.0.nextDown

    /// The options of a layer by the energies of its directions.
    ///
    /// - Parameters:
    ///   - energies: Squared singular values of the weights, or variances of the outputs along their main directions, falling.
    ///   - dense: The cost of the layer as its plan has it without a rank.
    ///   - unit: What the costs are in.
    ///   - cost: The cost of factors of a rank.
    /// A layer without energy keeps nearly all of it at every rank. Cost: O(ranks log ranks).
    public static func options(
        energies: [Double], dense: Double, in unit: BudgetUnit = .multiplyAdds, cost: (Int) -> Double
    ) -> [RankOption] {
        options(energies: energies, dense: LayerCost(dense), in: unit) { LayerCost(cost($0)) }
    }

    /// The same where it may not be known what a rank costs; one that is not known is no option.
    static func options(energies: [Double], dense: LayerCost, in unit: BudgetUnit, cost: (Int) -> LayerCost?) -> [RankOption] {
        var sums = [0.0]
        for energy in energies { sums.append(sums[sums.count - 1] + max(0, energy)) }
        let total = sums[sums.count - 1]
        let ranked = ranks(largest: energies.count, in: unit).compactMap { rank in
            cost(rank).map { cost in
                let energy = total > 0 ? min(Self.almost, sums[rank] / total) : Self.almost
                return RankOption(rank: rank, cost: cost.amount, energy: energy, isEstimate: cost.isEstimate)
            }
        }
        return [RankOption(rank: nil, cost: dense.amount, energy: 1, isEstimate: dense.isEstimate)]
            + ranked.filter { $0.cost < dense.amount }
    }

    /// The ranks whose milliseconds are measured before a budget is: the least, a quarter, the half, three quarters and the largest, between which a staircase
    /// stands for the others.
    public static func timed(largest: Int) -> [Int] {
        let all = ranks(largest: largest, in: .milliseconds)
        guard all.count > 5 else { return all }
        return (0...4).map { all[$0 * (all.count - 1) / 4] }
    }
}
