import Compression
import Foundation
import Tensors

/// One option for each of 50 layers out of 50, over 10,000 buckets of cost: the least loss, and the least cost.
enum SearchCase {
    private struct Answer: Encodable {
        var layers = 50
        var options = 50
        var buckets = 10_000
        /// Seconds of each solution.
        var solutions: [Double] = []
        /// Seconds of the same read the other way: the least cost for a loss, that of the solution before.
        var readings: [Double] = []
        /// The largest share by which a solution is above the bound of the Lagrangian.
        var gap = 0.0
    }

    /// `search`: one line of JSON.
    static func run(_ arguments: [String]) throws {
        var (answer, random) = (Answer(), SeededGenerator(seed: 1))
        // No option dominates another, so that none is dropped.
        let layers = (0..<answer.layers).map { place in
            let size = pow(10, Double.random(in: 3...6, using: &random))
            var (cost, loss) = (0.0, 0.0)
            let options = (0..<answer.options).map { _ in
                cost += size * Double.random(in: 0.001...0.02, using: &random)
                loss += pow(Double.random(in: 0...1, using: &random), 4) * 0.02
                return (cost, loss)
            }
            return KnapsackLayer(name: "\(place)", options: options.map { KnapsackOption(cost: $0.0.rounded(), loss: loss - $0.1) })
        }
        let knapsack = try Knapsack(layers)
        let largest = knapsack.choice(Array(repeating: answer.options - 1, count: answer.layers)).cost
        for step in 1...20 {
            let budget = largest * Double(step) / 20
            let (found, seconds) = Stopwatch.measure { knapsack.leastLoss(within: budget, buckets: answer.buckets) }
            guard let found, !found.isMet || found.cost <= budget else { throw BenchmarkFailure.wrongLevels }
            guard found.isMet else { continue }
            answer.solutions.append(seconds)
            let bound = knapsack.lossBound(within: budget)
            guard found.loss >= bound - 1e-9 else { throw BenchmarkFailure.wrongLevels }
            answer.gap = max(answer.gap, found.loss - bound)
            let (reading, time) = Stopwatch.measure { knapsack.leastCost(losing: found.loss, buckets: answer.buckets) }
            // Both round costs up; what is found is within the loss, and near the budget.
            guard let reading, reading.loss <= found.loss, reading.cost <= found.cost * 1.01 else { throw BenchmarkFailure.wrongLevels }
            answer.readings.append(time)
        }
        try Conversation.write(answer)
    }
}
