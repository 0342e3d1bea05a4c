import Compression
import Tensors
import Testing

/// One budget over the ranks of all layers, held against trying everything.
struct RankBudgetTests {
    /// Layers of random falling spectra with costs of a product of rows and columns.
    private static func layers(_ count: Int, seed: UInt64, options: Int = 6) -> [BudgetedLayer] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { place in
            let (rows, columns) = (Int.random(in: 8...60, using: &random), Int.random(in: 8...90, using: &random))
            let energies = (0..<options).map { _ in Double.random(in: 0.01...1, using: &random) }.sorted(by: >)
            return BudgetedLayer(
                weight: "layer\(place)",
                options: RankChoices.options(energies: energies, dense: Double(rows * columns)) { Double($0 * (rows + columns)) })
        }
    }

    /// The most energy of any choice of options that costs at most so much; nil where none does.
    private static func best(_ layers: [BudgetedLayer], atMost budget: Double) -> Double? {
        var best: Double?
        func go(_ place: Int, _ cost: Double, _ energy: Double) {
            guard cost <= budget else { return }
            if place == layers.count { return best = max(best ?? energy, energy) }
            for option in layers[place].options { go(place + 1, cost + option.cost, energy + option.energy) }
        }
        go(0, 0, 0)
        return best
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func cornersAreTheOptimum(seed: UInt64) throws {
        let layers = Self.layers(3, seed: seed)
        let budget = RankBudget(layers)
        for corner in budget.curve {
            let best = try #require(Self.best(layers, atMost: corner.cost))
            #expect(abs(3 - best - corner.loss) < 1e-12)
        }
    }

    /// Options that the hull drops are never missed at its corners: all of them are tried.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func hullLosesNothing(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let all = (0..<3).map { _ in
            (0..<6).map { rank in
                RankOption(
                    rank: rank, cost: Double(Int.random(in: 1...40, using: &random)), energy: Double.random(in: 0...1, using: &random))
            }
        }
        let budget = RankBudget(all.enumerated().map { BudgetedLayer(weight: "\($0)", options: $1) })
        for corner in budget.curve {
            var best = 0.0
            for a in all[0] {
                for b in all[1] {
                    for c in all[2] where a.cost + b.cost + c.cost <= corner.cost { best = max(best, a.energy + b.energy + c.energy) }
                }
            }
            #expect(abs(3 - best - corner.loss) < 1e-12)
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func costIsHeldAndNothingMoreIsLost(seed: UInt64) {
        let layers = Self.layers(7, seed: seed, options: 9)
        for limit in [nil, 5, 60] {
            let budget = RankBudget(layers, fixed: 321, limit: limit)
            var before = -1.0
            for share in 0...200 {
                let wanted = budget.largest * Double(share) / 200
                let found = budget.allocation(atMost: wanted)
                #expect(found.cost <= max(wanted, budget.smallest))
                #expect(abs(found.choices.reduce(321) { $0 + $1.option.cost } - found.cost) < 1e-6)
                #expect(abs(found.choices.reduce(0) { $0 + $1.option.energy } - found.energy) < 1e-9)
                #expect(found.energy >= before && found.energy == budget.energy(atMost: wanted))
                before = found.energy
                // Never less than what the multiplier alone would give.
                let corner = budget.curve.lastIndex { $0.cost <= wanted } ?? 0
                #expect(found.energy >= budget.allocation(after: corner).energy)
            }
        }
    }

    /// Along the corners no layer loses what it had, and the gains of all layers are even.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func cornersTakeNothingBack(seed: UInt64) {
        let budget = RankBudget(Self.layers(7, seed: seed, options: 9), fixed: 321)
        var before: [Double] = []
        for step in budget.curve.indices {
            let found = budget.allocation(after: step)
            let costs = found.choices.map(\.option.cost)
            #expect(zip(before, costs).allSatisfy(<=) && found == budget.allocation(atMost: found.cost))
            before = costs
            let (next, last) = (found.choices.compactMap(\.nextGain).max(), found.choices.compactMap(\.lastGain).min())
            if let next, let last { #expect(next <= last) }
        }
    }

    /// What is left after the multiplier is spent as well as can be: every budget of some small layers, against everything tried.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func restIsSpentAsWellAsCanBe(seed: UInt64) throws {
        let layers = Self.layers(3, seed: seed)
        let budget = RankBudget(layers)
        #expect(budget.isExact)
        for share in 1...60 {
            let wanted = budget.largest * Double(share) / 60
            guard let best = Self.best(layers, atMost: wanted) else {
                #expect(wanted < budget.smallest)
                continue
            }
            #expect(abs(best - budget.allocation(atMost: wanted).energy) < 1e-12)
        }
    }

    /// Fifty layers, whose front is thinned, against dynamic programming over whole costs (as SPDY has it, Frantar and Alistarh 2022).
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func thinnedIsNearlyTheOptimum(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let layers = (0..<50).map { place in
            let energies = (0..<9).map { _ in Double.random(in: 0...1, using: &random) }.sorted()
            let costs = (0..<9).map { _ in Double(Int.random(in: 1...60, using: &random)) }.sorted()
            return BudgetedLayer(weight: "\(place)", options: zip(costs, energies).map { RankOption(rank: 1, cost: $0, energy: $1) })
        }
        let budget = RankBudget(layers)
        #expect(!budget.isExact)
        let most = Int(budget.largest)
        var least = Array(repeating: 0.0, count: most + 1)
        for layer in layers {
            var next = Array(repeating: Double.infinity, count: most + 1)
            for option in layer.options {
                let cost = Int(option.cost)
                for place in cost...most { next[place] = min(next[place], least[place - cost] + option.loss) }
            }
            least = next
        }
        for wanted in stride(from: Int(budget.smallest), through: most, by: 7) {
            let lost = 50 - budget.allocation(atMost: Double(wanted)).energy
            #expect(lost >= least[wanted] - 1e-9 && lost <= 1.02 * least[wanted] + 1e-9, "\(wanted): \(lost) \(least[wanted])")
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func denseCostIsTheDenseNetwork(seed: UInt64) {
        let layers = Self.layers(5, seed: seed)
        let dense = layers.reduce(0) { $0 + ($1.options.last?.cost ?? 0) }
        let budget = RankBudget(layers)
        #expect(budget.largest == dense)
        #expect(
            budget.allocation(atMost: dense).choices.allSatisfy { $0.option.rank == nil && $0.option.energy == 1 && $0.nextGain == nil })
        #expect(budget.allocation(atMost: dense - 1).choices.contains { $0.option.rank != nil })
        #expect(budget.allocation(atMost: 0) == budget.allocation(after: 0))
    }

    @Test func layersReturnToDense() {
        // 10 × 10: factors of rank 5 and more cost no less than the weights.
        let options = RankChoices.options(energies: Array(repeating: 1, count: 10), dense: 100) { Double(20 * $0) }
        #expect(options.map(\.rank) == [nil, 1, 2, 3, 4])
        #expect(options.map(\.energy) == [1, 0.1, 0.2, 0.3, 0.4])
        // What lies below the line from rank 1 to dense is no corner.
        let layer = BudgetedLayer(weight: "w", options: options)
        #expect(layer.options.map(\.rank) == [1, 2, 3, 4, nil] && layer.corners == [0, 4])
        // A layer of zeros is dense where that is paid for, and loses nothing before.
        let empty = RankChoices.options(energies: [0, 0, 0], dense: 9) { Double(6 * $0) }
        #expect(empty.map(\.rank) == [nil, 1] && empty[1].energy == 1.0.nextDown)
        #expect(BudgetedLayer(weight: "w", options: empty).options.map(\.rank) == [1, nil])
    }

    @Test func ranksGoInTheStepsOfKernels() {
        func ranks(_ largest: Int, _ unit: BudgetUnit = .milliseconds) -> [Int] { RankChoices.ranks(largest: largest, in: unit) }
        #expect(ranks(70) == [4, 8, 16, 32, 48, 64])
        #expect(ranks(64) == [4, 8, 16, 32, 48])
        #expect(ranks(40) == [2, 4, 8, 16, 24, 32])
        for unit in BudgetUnit.allCases {
            #expect(ranks(5, unit) == [1, 2, 3, 4])
            #expect(ranks(1, unit).isEmpty && ranks(0, unit).isEmpty)
        }
        // What is only counted steps more finely.
        #expect(ranks(70, .multiplyAdds) == Array(stride(from: 4, to: 70, by: 4)))
        #expect(ranks(32, .bytes) == Array(stride(from: 2, to: 32, by: 2)))
        #expect(ranks(300, .parameters).prefix(4) == [4, 8, 16, 32] && ranks(31, .parameters).count == 30)
    }

    @Test func nothingToChoose() {
        let budget = RankBudget([], fixed: 12)
        #expect(budget.smallest == 12 && budget.largest == 12 && budget.allocation(atMost: 3).choices.isEmpty)
        let pinned = RankBudget([BudgetedLayer(weight: "w", options: [])], fixed: 3)
        #expect(pinned.allocation(atMost: 10).cost == 3)
    }
}
