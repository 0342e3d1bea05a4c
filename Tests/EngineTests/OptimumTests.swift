import Compression
import Engine
import Networks
import Testing

@Suite("The optimum of shared values of a real layer")
struct OptimumTests {
    private func survivors() throws -> Survivors {
        let weights = try #require(try Bundled.network("lenet-300-100").parameters["fc1.weight"]?.values)
        return Survivors(try WeightDistribution(weights), threshold: 0)
    }

    @Test("235,200 weights: the errors of an independent dynamic programme over every distinct value")
    func errors() throws {
        let survivors = try survivors()
        let four = Centroids.optimal(survivors, k: 16)
        #expect(four.origin == .exact && abs(four.squaredError - 3.331_097_11) < 1e-8)
        let lloyd = Centroids.lloyd(survivors, k: 64)
        let distance = try #require(OptimumDistance(of: lloyd, from: Centroids.optimal(survivors, k: 64)).ratio)
        #expect(abs(distance - 1.753_431) < 1e-6)
        let two = Centroids.optimal(survivors, k: 4)
        #expect(two.squaredError < 35.444_744_45 && two.squaredError <= Centroids.lloyd(survivors, k: 4).squaredError * (1 + 1e-12))
    }

    @Test("what the engine says of a layer in the end is what compressing it with its distance gives, again the second time")
    func comesLast() throws {
        let network = try Bundled.network("lenet-300-100")
        let layer = try #require(network.layers.first { $0.name == "fc2" })
        let plan = LayerPlan(pruning: .level(0.3), weights: .shared(WeightSharing(bits: 4)))
        let run = EngineRun(network, .none)
        let weights = try #require(network.parameters[layer.weight]?.values)
        let distribution = try WeightDistribution(weights)
        let expected = try LayerCompressor.compress(
            layer: layer, weights: weights, bias: layer.bias.flatMap { network.parameters[$0]?.values }, distribution: distribution,
            plan: plan, rule: PruningRule(plan, distribution))
        #expect((expected?.summary.distanceFromOptimum ?? 0) > 1)
        for generation in 1...2 as ClosedRange<UInt64> {
            let outcome = run.settle(CompressionPlan(layers: [.init(pattern: "fc2", plan: plan)]), generation: generation)
            #expect(outcome.layers[layer.weight] == expected?.summary)
        }
    }
}
