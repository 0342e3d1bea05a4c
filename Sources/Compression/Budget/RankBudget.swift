/// The ranks of all layers under one budget: max Σ energy with Σ cost ≤ B, for every B at once.
///
/// A multiple-choice knapsack whose Lagrangian is solved by sorting: every layer takes steps along its hull as long as they gain at least λ for a unit of
/// cost, so the steps of all layers in the order of their gain are the whole curve, and a budget is a place on it, found by binary search. At each corner of
/// the curve no other choice of the same cost has more energy; between two corners what is lost against the optimum is less than one step of one layer. A
/// larger budget never takes anything from a layer.
///
/// Cost: O(steps · log steps) once, then O(layers · log steps) a budget.
public struct RankBudget: Sendable {
    /// One step of one layer to its next option.
    private struct Step {
        var layer: Int
        var gain: Double
    }

    public let layers: [BudgetedLayer]
    /// Cost of everything that has no choice.
    public let fixed: Double
    /// Cost and Σ energy after so many steps; the first is every layer's cheapest option.
    public let curve: [(cost: Double, energy: Double)]
    /// By layer, after how many steps of all it takes its own, rising.
    private let places: [[Int]]
    private let gains: [Double]

    /// - Parameters:
    ///   - layers: Those without an option are left out.
    ///   - fixed: Cost of what stays as it is: pinned layers, layers that have no factors, parameters of no layer.
    public init(_ layers: [BudgetedLayer], fixed: Double = 0) {
        let layers = layers.filter { !$0.options.isEmpty }
        (self.layers, self.fixed) = (layers, fixed)
        let steps = Self.steps(layers)
        var taken = Array(repeating: 0, count: layers.count)
        var (cost, energy) = (fixed, 0.0)
        for first in layers.compactMap(\.options.first) { (cost, energy) = (cost + first.cost, energy + first.energy) }
        var curve = [(cost: cost, energy: energy)]
        var places = Array(repeating: [Int](), count: layers.count)
        for (number, step) in steps.enumerated() {
            let options = layers[step.layer].options
            let (old, new) = (options[taken[step.layer]], options[taken[step.layer] + 1])
            taken[step.layer] += 1
            cost += new.cost - old.cost
            energy += new.energy - old.energy
            curve.append((cost, energy))
            places[step.layer].append(number + 1)
        }
        (self.curve, self.places, gains) = (curve, places, steps.map(\.gain))
    }

    /// Steps by falling gain; of equal ones those of earlier layers first, and each layer's in its own order.
    private static func steps(_ layers: [BudgetedLayer]) -> [Step] {
        let all = layers.enumerated().flatMap { place, layer in
            zip(layer.options, layer.options.dropFirst()).map { Step(layer: place, gain: BudgetedLayer.slope($0, $1)) }
        }
        return all.enumerated().sorted { left, right in
            (right.element.gain, left.element.layer, left.offset) < (left.element.gain, right.element.layer, right.offset)
        }.map(\.element)
    }

    /// Cost of every layer's cheapest option: no budget below it can be held.
    public var smallest: Double { curve.first?.cost ?? fixed }
    /// Cost where every layer has all its energy.
    public var largest: Double { curve.last?.cost ?? fixed }

    /// The choice under a budget: the most energy on the curve that costs at most so much; below ``smallest`` the cheapest there is.
    public func allocation(atMost budget: Double) -> RankAllocation { allocation(after: stepCount(atMost: budget)) }

    /// How many steps a budget pays for.
    public func stepCount(atMost budget: Double) -> Int {
        max(0, curve.partitioningIndex { $0.cost > budget } - 1)
    }

    /// The choice after so many steps of the curve.
    public func allocation(after steps: Int) -> RankAllocation {
        let steps = min(max(0, steps), curve.count - 1)
        let chosen = layers.indices.map { place -> RankAllocation.Choice in
            let own = places[place].partitioningIndex { $0 > steps }
            let (layer, owns) = (layers[place], places[place])
            return RankAllocation.Choice(
                weight: layer.weight, option: layer.options[own], lastGain: own > 0 ? gains[owns[own - 1] - 1] : nil,
                nextGain: own < owns.count ? gains[owns[own] - 1] : nil)
        }
        return RankAllocation(choices: chosen, cost: curve[steps].cost, energy: curve[steps].energy)
    }
}

/// What a budget gives each layer.
public struct RankAllocation: Hashable, Sendable {
    /// One layer's share.
    public struct Choice: Hashable, Sendable {
        public var weight: String
        public var option: RankOption
        /// Energy for a unit of cost that the layer's last step gained; nil where it has its cheapest option.
        public var lastGain: Double?
        /// What its next step would gain; nil where it has everything. At the optimum no layer's is above any other's ``lastGain``.
        public var nextGain: Double?
    }

    /// In the order of the layers.
    public var choices: [Choice]
    /// With what has no choice.
    public var cost: Double
    /// Σ over the layers, each 0…1.
    public var energy: Double
}

extension Array {
    /// The first place from which on a condition holds that, once it holds, holds for all that follow; `count` where it never does.
    fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
