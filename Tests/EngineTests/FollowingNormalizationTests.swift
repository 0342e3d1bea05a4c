import Compression
import Engine
import Networks
import Tensors
import TestSupport
import Testing

/// Statistics of normalizations that are moved by what a plan did to what they read.
@Suite("Normalizations that follow a plan")
struct FollowingNormalizationTests {
    private let network: Network
    private let data: Dataset

    init() throws {
        var network = try Architecture(name: "bnn-12", classes: 3).network(seed: 4)
        // Statistics of a file are those of other examples, and no 0 and 1.
        for (name, value) in [("bn1.running_mean", 0.25), ("bn1.running_var", 3)] as [(String, Float)] {
            network.parameters[name]?.values = Tensor(shape: [12]) { $0.update(repeating: value) }
        }
        self.network = network
        data = TrainingSample.noise(for: network, 128, seed: 5)
    }

    private func followed(_ plan: LayerPlan) throws -> TrainedState {
        let run = EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(data)))
        let layers = [CompressionPlan.Entry(pattern: "fc1.weight", plan: plan)]
        run.engine.start(.derivation(DerivationOrder(.followingNormalization, plan: CompressionPlan(layers: layers), base: nil)))
        run.take(until: \.isEnd)
        return try #require(run.events.lazy.compactMap { $0.report(DerivedState.self) }.first).state
    }

    /// Mean over the two batches of 64 of mean and variance of each unit of fc1.
    private func statistics(_ weights: [Float]) -> [(mean: Double, variance: Double)] {
        let inputs = data.inputs.floats
        return (0..<12).map { unit in
            let outputs = (0..<128).map { example in
                (0..<784).reduce(0.0) { $0 + Double(weights[unit * 784 + $1]) * Double(inputs[example * 784 + $1]) }
            }
            let batches = [outputs[..<64], outputs[64...]].map { batch in
                let mean = batch.reduce(0, +) / 64
                return (mean, batch.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 64)
            }
            return ((batches[0].0 + batches[1].0) / 2, (batches[0].1 + batches[1].1) / 2)
        }
    }

    @Test("where nothing changes they stay as the file has them")
    func unchanged() throws {
        let state = try followed(.unchanged)
        for name in ["bn1.running_mean", "bn1.running_var", "bn2.running_mean", "bn2.running_var"] {
            let (was, new) = (try #require(network.parameters[name]).values.floats, try #require(state.parameters[name]).floats)
            #expect(zip(was, new).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) }, "\(name)")
        }
    }

    @Test(
        "what is normalized keeps its mean, and variances move by the ratio of what the layer gives, a quarter at least",
        arguments: [LayerPlan(pruning: .level(0.6)), LayerPlan(weights: .factors(LowRank(.number(3))))])
    func moved(plan: LayerPlan) throws {
        let state = try followed(plan)
        let (means, variances) = (
            try #require(state.parameters["bn1.running_mean"]).floats, try #require(state.parameters["bn1.running_var"]).floats
        )
        let before = statistics(try #require(network.parameters["fc1.weight"]).values.floats)
        let after = statistics(try #require(state.layers["fc1.weight"]).compressed.weights.floats)
        var largest = 0.0
        for unit in 0..<12 {
            let variance = 3 * max(0.25, after[unit].variance / before[unit].variance)
            let mean = after[unit].mean - (before[unit].mean - 0.25) * (variance / 3).squareRoot()
            #expect(abs(Double(means[unit]) - mean) < 1e-4, "unit \(unit)")
            #expect(abs(Double(variances[unit]) / variance - 1) < 1e-3, "unit \(unit)")
            largest = max(largest, abs(variance / 3 - 1))
        }
        #expect(largest > 0.05, "the plan changes what the normalization reads")
    }
}
