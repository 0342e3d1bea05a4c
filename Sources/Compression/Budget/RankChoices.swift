import Networks
import Tensors

/// The ranks that a budget chooses among.
public enum RankChoices {
    /// Ranks are multiples of this: 16 where the largest is at least 64, for kernels take those the best, 8 from 32 on, else 1.
    public static func step(largest: Int) -> Int { largest >= 64 ? 16 : largest >= 32 ? 8 : 1 }

    /// Multiples of the step below `largest`, and the step's half and quarter, for a layer that can be nearly empty; rising.
    public static func ranks(largest: Int) -> [Int] {
        let step = step(largest: largest)
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
    ///   - cost: The cost of factors of a rank.
    /// A layer without energy keeps nearly all of it at every rank. Cost: O(ranks log ranks).
    public static func options(energies: [Double], dense: Double, cost: (Int) -> Double) -> [RankOption] {
        var sums = [0.0]
        for energy in energies { sums.append(sums[sums.count - 1] + max(0, energy)) }
        let total = sums[sums.count - 1]
        let ranked = ranks(largest: energies.count).map { rank in
            RankOption(rank: rank, cost: cost(rank), energy: total > 0 ? min(Self.almost, sums[rank] / total) : Self.almost)
        }
        return [RankOption(rank: nil, cost: dense, energy: 1)] + ranked.filter { $0.cost < dense }
    }
}
