/// The ranks of all layers under one budget: min Σ lost energy with Σ cost ≤ B, for every B at once.
///
/// A multiple-choice knapsack. Its Lagrangian is solved by sorting: every layer takes steps along its hull as long as they gain at least λ for a unit of
/// cost, so the steps of all layers in the order of their gain are a curve, at each corner of which no other choice of the same cost loses less. Between
/// two corners a part of the budget would be left, which options off the hull spend: a ``RankFront`` has choices of all options, exact where these are
/// few. The answer to a budget is the one among both that loses least, so that a larger budget never loses more; a layer may be given less by it.
///
/// Cost: O(options · limit of the front) once, milliseconds for 50 layers, then O(layers · options of one) a budget.
public struct RankBudget: Sendable {
    /// One step of one layer to its next corner.
    private struct Step {
        var layer: Int
        var gain: Double
    }

    /// Where an answer is found.
    private enum Source {
        case corner(Int)
        case front(Int)
    }

    private struct Answer {
        var cost: Double
        var loss: Double
        var source: Source
    }

    public let layers: [BudgetedLayer]
    /// Cost of everything that has no choice.
    public let fixed: Double
    /// Cost and Σ lost energy after so many steps; the first is every layer's cheapest option.
    public let curve: [(cost: Double, loss: Double)]
    /// Whether no choice of the options loses less at the same cost than an answer does.
    public let isExact: Bool
    /// By layer, after how many steps of all it takes its own, rising.
    private let places: [[Int]]
    private let front: RankFront
    /// By rising cost and falling loss.
    private var answers: [Answer] = []

    /// - Parameters:
    ///   - layers: Those without an option are left out.
    ///   - fixed: Cost of what stays as it is: pinned layers, layers that have no factors, parameters of no layer.
    public init(_ layers: [BudgetedLayer], fixed: Double = 0) { self.init(layers, fixed: fixed, limit: nil) }

    /// With so many choices kept; nil for as many as take milliseconds.
    package init(_ layers: [BudgetedLayer], fixed: Double, limit: Int?) {
        let layers = layers.filter { !$0.options.isEmpty }
        (self.layers, self.fixed) = (layers, fixed)
        var taken = Array(repeating: 0, count: layers.count)
        var places = Array(repeating: [Int](), count: layers.count)
        var corners = [Self.sums(layers, taken, fixed: fixed)]
        for (number, step) in Self.steps(layers).enumerated() {
            taken[step.layer] += 1
            corners.append(Self.sums(layers, taken, fixed: fixed))
            places[step.layer].append(number + 1)
        }
        (self.places, curve) = (places, corners)
        front = RankFront(layers, fixed: fixed, limit: limit)
        isExact = front.isExact
        let found =
            curve.enumerated().map { Answer(cost: $1.cost, loss: $1.loss, source: .corner($0)) }
            + front.points.enumerated().map { Answer(cost: $1.cost, loss: $1.loss, source: .front($0)) }
        // Of equal answers the corner stays.
        let ordered = found.enumerated().sorted { left, right in
            (left.element.cost, left.element.loss, left.offset) < (right.element.cost, right.element.loss, right.offset)
        }
        for (_, answer) in ordered where answer.loss < answers.last?.loss ?? .infinity { answers.append(answer) }
    }

    /// Cost and loss where every layer has one of its corners.
    private static func sums(_ layers: [BudgetedLayer], _ taken: [Int], fixed: Double) -> (cost: Double, loss: Double) {
        var (cost, loss) = (fixed, 0.0)
        for (layer, corner) in zip(layers, taken) {
            let option = layer.options[layer.corners[corner]]
            (cost, loss) = (cost + option.cost, loss + option.loss)
        }
        return (cost, loss)
    }

    /// Steps by falling gain; of equal ones those of earlier layers first, and each layer's in its own order.
    private static func steps(_ layers: [BudgetedLayer]) -> [Step] {
        let all = layers.enumerated().flatMap { place, layer in
            zip(layer.corners, layer.corners.dropFirst()).map { cheap, dear in
                Step(layer: place, gain: BudgetedLayer.slope(layer.options[cheap], layer.options[dear]))
            }
        }
        return all.enumerated().sorted { left, right in
            (right.element.gain, left.element.layer, left.offset) < (left.element.gain, right.element.layer, right.offset)
        }.map(\.element)
    }

    /// Cost of every layer's cheapest option: no budget below it can be held.
    public var smallest: Double { curve.first?.cost ?? fixed }
    /// Cost where every layer has all its energy.
    public var largest: Double { curve.last?.cost ?? fixed }

    /// The choice under a budget: the least loss that is known for at most so much; below ``smallest`` the cheapest there is.
    public func allocation(atMost budget: Double) -> RankAllocation {
        let answer = answer(atMost: budget)
        return switch answer.source {
        case .corner(let steps): allocation(after: steps)
        case .front(let point): allocation(front.choices(point), answer)
        }
    }

    /// Σ energy of that choice, without the choice. Cost: O(log answers).
    public func energy(atMost budget: Double) -> Double { Double(layers.count) - answer(atMost: budget).loss }

    private func answer(atMost budget: Double) -> Answer {
        answers[max(0, answers.partitioningIndex { $0.cost > budget } - 1)]
    }

    /// The choice after so many steps of the curve.
    public func allocation(after steps: Int) -> RankAllocation {
        let steps = min(max(0, steps), curve.count - 1)
        let chosen = zip(layers, places).map { layer, places in layer.corners[places.partitioningIndex { $0 > steps }] }
        return allocation(chosen, Answer(cost: curve[steps].cost, loss: curve[steps].loss, source: .corner(steps)))
    }

    private func allocation(_ chosen: [Int], _ answer: Answer) -> RankAllocation {
        let choices = zip(layers, chosen).map { layer, place in
            RankAllocation.Choice(
                weight: layer.weight, option: layer.options[place], lastGain: layer.lastGain(place), nextGain: layer.nextGain(place))
        }
        return RankAllocation(choices: choices, cost: answer.cost, energy: Double(layers.count) - answer.loss)
    }
}

/// What a budget gives each layer.
public struct RankAllocation: Hashable, Sendable {
    /// One layer's share.
    public struct Choice: Hashable, Sendable {
        public var weight: String
        public var option: RankOption
        /// Energy for a unit of cost that the option has at least over any cheaper one; nil where it is the cheapest.
        public var lastGain: Double?
        /// What any dearer one gains at most; nil where the layer has everything. Where all layers are at corners of their hulls, no one's is above any
        /// other's ``lastGain``.
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
