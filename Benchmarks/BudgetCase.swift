import Compression
import Foundation
import Tensors

/// A step of the slider that gives all layers their ranks, beside the usual way to nearly the same choice: bisecting the multiplier.
enum BudgetCase {
    private struct Answer: Encodable {
        var layers = 50
        var options = 0
        /// Seconds of making the whole curve, once for each unit of cost.
        var curve = 0.0
        /// Seconds of each step: a budget to the options of all layers.
        var steps: [Double] = []
        /// Seconds of finding the same by bisection.
        var bisections: [Double] = []
    }

    /// `budget`: one line of JSON.
    static func run(_ arguments: [String]) throws {
        var (answer, random) = (Answer(), SeededGenerator(seed: 1))
        let options = (0..<answer.layers).map { _ in Self.options(&random) }
        answer.options = options.reduce(0) { $0 + $1.count }
        let (budget, seconds) = Stopwatch.measure {
            RankBudget(options.enumerated().map { BudgetedLayer(weight: "\($0)", options: $1) })
        }
        answer.curve = seconds
        for step in 0...100 {
            let wanted = budget.smallest + (budget.largest - budget.smallest) * Double(step) / 100
            let (found, seconds) = Stopwatch.measure { budget.allocation(atMost: wanted) }
            let (peer, bisected) = Stopwatch.measure { Self.bisected(options, atMost: wanted) }
            guard found.cost <= wanted, found.choices.count == answer.layers, found.energy > peer - 1e-6 else {
                throw BenchmarkFailure.wrongLevels
            }
            answer.steps.append(seconds)
            answer.bisections.append(bisected)
        }
        try Conversation.write(answer)
    }

    /// Those of a convolution of a size as in ResNet-50, whose spectrum falls at a rate of its own.
    private static func options(_ random: inout SeededGenerator) -> [RankOption] {
        let (outputs, inputs, pixels) = (64 << Int.random(in: 0...5, using: &random), 576 << Int.random(in: 0...3, using: &random), 196.0)
        let fall = Double.random(in: 0.3...1.5, using: &random)
        let energies = (1...min(outputs, inputs)).map { pow(Double($0), -fall) }
        return RankChoices.options(energies: energies, dense: pixels * Double(outputs * inputs)) {
            pixels * Double($0 * (outputs + inputs))
        }
    }

    /// Σ energy where each layer takes the most energy − λ · cost, with the least λ whose cost is at most so much.
    private static func bisected(_ layers: [[RankOption]], atMost budget: Double) -> Double {
        func chosen(_ multiplier: Double) -> (cost: Double, energy: Double) {
            layers.reduce((0, 0)) { sum, options in
                let best = options.min { ($1.energy - multiplier * $1.cost, $0.cost) < ($0.energy - multiplier * $0.cost, $1.cost) }
                return (sum.0 + (best?.cost ?? 0), sum.1 + (best?.energy ?? 0))
            }
        }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<300 {
            let middle = (low + high) / 2
            if chosen(middle).cost <= budget { high = middle } else { low = middle }
        }
        return chosen(high).energy
    }
}
