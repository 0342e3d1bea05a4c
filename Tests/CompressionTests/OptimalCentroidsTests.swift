import Compression
import Foundation
import Tensors
import Testing

@Suite("The optimum of shared values")
struct OptimalCentroidsTests {
    private func survivors(_ weights: [Float]) throws -> Survivors {
        Survivors(try WeightDistribution(Tensor(shape: [weights.count], floats: weights)), threshold: -1)
    }

    @Test("1,000 small cases with equal values: what trying every cut finds")
    func bruteForce() throws {
        for seed in 0..<1_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...11, using: &generator)
            let steps = [3.0, 8, 1e6][Int(seed % 3)]
            let weights = (0..<count).map { _ in Float((steps * generator.normal()).rounded() / steps) }
            let sorted = weights.map(Double.init).sorted()
            let k = Int.random(in: 1...6, using: &generator)
            let book = Centroids.optimal(try survivors(weights), k: k)
            let expected = try #require(errorsOfCuts(sorted, atMost: k).min())
            #expect(abs(book.squaredError - expected) <= 1e-9 * expected + 1e-12, "seed \(seed), k \(k)")
            #expect(book.origin == .exact)
        }
    }

    /// Σ (w − mean)² of every cut of ascending values into at most so many parts.
    private func errorsOfCuts(_ sorted: [Double], atMost parts: Int) -> [Double] {
        guard parts > 1, sorted.count > 1 else { return [squaredDeviations(sorted[...])] }
        return (1...sorted.count).flatMap { cut in
            let first = squaredDeviations(sorted[..<cut])
            return cut == sorted.count ? [first] : errorsOfCuts(Array(sorted[cut...]), atMost: parts - 1).map { first + $0 }
        }
    }

    private func squaredDeviations(_ values: ArraySlice<Double>) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    @Test("the plain dynamic programme, also for even grids, where no penalty gives k", arguments: 0..<14)
    func dynamicProgramme(kind: Int) throws {
        let weights =
            kind < 12
            ? DistributionSample(kind: kind, seed: 77, most: 900).weights
            : (0..<(kind == 12 ? 400 : 1_200)).map { Float($0 / (kind == 12 ? 1 : 3)) / 8 }
        let survivors = try survivors(weights)
        let errors = leastErrors(weights.map(Double.init).sorted(), most: 70)
        // Values are rounded to float32, by up to half of their last digit.
        let ulp = Double(weights.map(\.magnitude).max() ?? 0).ulp * 0x1p29
        let rounding = Double(weights.count) * max(ulp * ulp / 4, 0x1p-300)
        for k in [1, 2, 3, 5, 16, 37, 64, 70] where k <= errors.count {
            let book = Centroids.optimal(survivors, k: k)
            let scale = 1e-9 * errors[k - 1] + 1e-15 * errors[0] + rounding
            #expect(abs(book.squaredError - errors[k - 1]) <= scale, "k \(k): \(book.squaredError), \(errors[k - 1])")
            #expect(book.values.count == min(k, Set(weights.map { $0 + 0 }).count))
        }
    }

    /// The least error with 1, 2, … `most` parts: D[k][j] = min over i of D[k − 1][i] + error of i ..< j, each error by sums about its middle.
    private func leastErrors(_ sorted: [Double], most: Int) -> [Double] {
        let count = sorted.count
        var errors = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count + 1)
        for begin in 0..<count {
            // Welford's running mean: nothing cancels.
            var (mean, sum) = (0.0, 0.0)
            for end in begin + 1...count {
                let (value, number) = (sorted[end - 1], Double(end - begin))
                let difference = value - mean
                mean += difference / number
                sum += difference * (value - mean)
                errors[begin][end] = sum
            }
        }
        var row = (0...count).map { errors[0][$0] }
        var found = [row[count]]
        for parts in stride(from: 2, through: min(most, count), by: 1) {
            row = (0...count).map { end in
                end < parts ? 0 : (parts - 1..<end).reduce(Double.infinity) { min($0, row[$1] + errors[$1][end]) }
            }
            found.append(row[count])
        }
        return found
    }

    @Test("a bound that holds where there are more values than the optimum is found for", arguments: [0, 1, 2, 9, 10], [4, 16])
    func bounds(kind: Int, k: Int) throws {
        let survivors = try survivors((0..<20).flatMap { DistributionSample(kind: kind, seed: 5 + $0, most: 2_000).weights })
        let exact = Centroids.optimal(survivors, k: k)
        #expect(exact.origin == .exact)
        var last = Double.infinity
        for values in [256, 2_048] {
            let near = Centroids.optimal(survivors, k: k, exactValues: values)
            guard case .nearOptimal(let found) = near.origin else { throw WrongOrigin() }
            let bound = try #require(found)
            #expect(near.squaredError >= exact.squaredError * (1 - 1e-9) && near.squaredError <= bound * exact.squaredError)
            #expect(bound < last && bound < (values == 256 ? 2 : 1.1))
            last = bound
            #expect(OptimumDistance(of: near, from: near) == OptimumDistance(bound: bound))
            let lloyd = Centroids.lloyd(survivors, k: k)
            let distance = OptimumDistance(of: lloyd, from: near)
            let ratio = try #require(OptimumDistance(of: lloyd, from: exact).ratio)
            #expect(distance.ratio == nil && (distance.bound ?? 0) >= ratio && ratio >= 1)
        }
    }

    private struct WrongOrigin: Error {}

    @Test("a search pauses at least every 32,768 values, and a pause can end it")
    func pauses() throws {
        var generator = SeededGenerator(seed: 3)
        let survivors = try survivors((0..<300_000).map { _ in Float(generator.normal()) })
        var pauses = 0
        let book = Centroids.optimal(survivors, k: 32) { pauses += 1 }
        #expect(book.origin == .exact && pauses >= 9)
        for last in [1, 3, pauses - 1] {
            var count = 0
            #expect(throws: CancellationError.self) {
                try Centroids.optimal(survivors, k: 32) { () throws(CancellationError) in
                    count += 1
                    if count == last { throw CancellationError() }
                }
            }
            #expect(count == last)
        }
    }

    @Test("shared weights given up in the search leave no layer")
    func cancels() throws {
        let layer = try LayerCase(seed: 2, rows: 200, columns: 400)
        var asked = 0
        for method in WeightSharing.Method.allCases {
            let plan = LayerPlan(weights: .shared(WeightSharing(bits: 4, method: method)))
            let made = try LayerCompressor.compress(
                layer: layer.layer, weights: layer.tensor, bias: nil, distribution: layer.distribution, plan: plan, rule: .none
            ) {
                asked += 1
                return asked.isMultiple(of: 3)
            }
            #expect(made == nil)
        }
    }

    @Test("the distance that is found afterwards is the one that is found at once", arguments: [2, 5])
    func distances(bits: Int) throws {
        let layer = try LayerCase(seed: 2, rows: 100, columns: 40)
        let plan = LayerPlan(pruning: .level(0.4), weights: .shared(WeightSharing(bits: bits)))
        let rule = PruningRule(plan, layer.distribution)
        let whole = try layer.compressed(plan).summary
        let open = try layer.compressed(plan, findsOptimum: false).summary
        #expect(open.isDistanceOpen && !whole.isDistanceOpen && (whole.distanceFromOptimum ?? 0) > 1)
        let later = LayerCompressor.measuringDistance(open, distribution: layer.distribution, rule: rule) { false }
        #expect(later == whole)
        #expect(LayerCompressor.measuringDistance(open, distribution: layer.distribution, rule: rule) { true } == nil)
        #expect(LayerCompressor.measuringDistance(whole, distribution: layer.distribution, rule: rule) { false } == nil)
    }
}
