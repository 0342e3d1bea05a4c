import Compression
import Engine
import Kernels
import Networks
import Reports
import Tensors
import Testing

/// Plans with activations at few bits, live.
@Suite("Quantized activations in the live engine")
struct ActivationPlanTests {
    private let data = TrainingSample.data(600, seed: 2, split: .validation)

    /// The sample, trained for a while so that there is something to lose.
    private func trained() throws -> Network {
        let network = ActivationSample.network(seed: 4)
        let request = TrainingRequest(
            identifier: "run", network: network, plan: CompressionPlan(),
            recipe: TrainingRecipe(epochs: 3, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7),
            training: TrainingSample.data(208, seed: 1), validation: data, makeExecutor: TrainingRequest.fastExecutor)
        return try #require(try TrainingSample.finish(try TrainingRun(request)).best).applied(to: network).floatGraph
    }

    private func plan(_ activations: ActivationQuantization?, _ layer: LayerPlan = .unchanged) -> CompressionPlan {
        var layer = layer
        layer.activations = activations
        return CompressionPlan(layers: [.init(pattern: "*", plan: layer)])
    }

    private static let kinds: [ActivationQuantization] = [
        .clipped(bits: 8, clip: .calibrated), .clipped(bits: 4, clip: .learned), .clipped(bits: 2, clip: .calibrated),
        .clipped(bits: 1, clip: .calibrated), .sign,
    ]

    @Test("Every number is that of the quantized network by the plain kernels, to the example", arguments: kinds, [false, true])
    func bruteForce(kind: ActivationQuantization, isPruned: Bool) throws {
        let network = try trained()
        let layer = isPruned ? LayerPlan(pruning: .level(0.3), weights: .linear(LinearQuantization(bits: 4))) : .unchanged
        let run = EngineRun(network, .ready(data))
        let report = try #require(run.settle(plan(kind, layer), generation: 1).accuracy)
        let settings = Dictionary(uniqueKeysWithValues: network.layers.map { ($0.weight, kind) })
        let clips = try ActivationCalibration.clips(for: settings, of: network, data: data)
        var quantized = network.applying(.quantizeActivations(settings, clips: clips))
        for case .layer(let layer, 1) in run.events { quantized.parameters[layer.layer.weight]?.values = layer.weights }
        let (before, after) = (try ActivationSample.classes(network, data), try ActivationSample.classes(quantized, data))
        let labels = data.labels.map { Int($0) }
        #expect(report.isExact && report.count == 600)
        #expect(report.original == Double(labels.indices.count { before[$0] == labels[$0] }) / 600)
        #expect(report.current == Double(labels.indices.count { after[$0] == labels[$0] }) / 600)
        #expect(report.flipped.sorted() == labels.indices.filter { before[$0] != after[$0] })
    }

    @Test("Eight bits agree with the original on nearly all examples, one bit does not")
    func bits() throws {
        let run = EngineRun(try trained(), .ready(data))
        let eight = try #require(run.settle(plan(.clipped(bits: 8, clip: .calibrated)), generation: 1).accuracy)
        let one = try #require(run.settle(plan(.clipped(bits: 1, clip: .calibrated)), generation: 2).accuracy)
        #expect(eight.agreement > 0.99 && abs(eight.current - eight.original) < 0.01)
        #expect(one.agreement < eight.agreement && one.current < eight.current)
        #expect(eight.original == one.original)
    }

    @Test("On any way between plans with and without, every number equals a fresh engine's", arguments: [0, 512 << 20])
    func history(memory: Int) throws {
        let network = try trained()
        let pruned = LayerPlan(pruning: .ratio(0.8), weights: .shared(WeightSharing(bits: 2)))
        var bypassed = LayerPlan(bypass: true)
        bypassed.activations = .sign
        let plans = [
            CompressionPlan(), plan(.clipped(bits: 2, clip: .calibrated)), plan(nil, pruned),
            plan(.clipped(bits: 2, clip: .calibrated), pruned),
            plan(.sign, pruned), CompressionPlan(), plan(.clipped(bits: 3, clip: .calibrated)),
            CompressionPlan(layers: [.init(pattern: "*", plan: bypassed)]), plan(nil, pruned), plan(.clipped(bits: 2, clip: .calibrated)),
        ]
        let run = EngineRun(network, .ready(data), memory: memory)
        for (index, plan) in plans.enumerated() {
            let outcome = run.settle(plan, generation: UInt64(index + 1))
            #expect(outcome == Outcome.fresh(network, data, plan), "step \(index)")
            #expect(outcome.failures.isEmpty && outcome.accuracy?.isExact == true)
        }
        let bypass = run.settle(plans[7], generation: 20)
        #expect(bypass.accuracy?.agreement == 1 && bypass.currentLogits == bypass.originalLogits)
    }

    @Test("The last layer's logits stay float")
    func logits() throws {
        let network = try trained()
        let run = EngineRun(network, .ready(data))
        let last = CompressionPlan(layers: [
            .init(pattern: "fc2.weight", plan: LayerPlan(activations: .clipped(bits: 1, clip: .calibrated)))
        ])
        let outcome = run.settle(last, generation: 1)
        #expect(outcome.currentLogits == outcome.originalLogits && outcome.accuracy?.agreement == 1)
    }

    /// Trains in an engine until its best state is there.
    private func train(_ run: EngineRun, _ order: TrainingOrder) throws -> (TrainedState, TrainingProgress) {
        run.engine.start(.training(order))
        run.take(until: \.isEnd)
        for case .trained(let state, let progress)? in run.events.reversed().map(\.training) { return (try #require(state), progress) }
        throw NotTrained()
    }

    private struct NotTrained: Error {}

    @Test("What was trained with clips is measured live with its own clips", arguments: [ActivationQuantization.Clip.learned, .calibrated])
    func training(clip: ActivationQuantization.Clip) throws {
        let network = try trained()
        let training = TrainingSample.data(208, seed: 1)
        let run = EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(training)))
        let plan = plan(.clipped(bits: 2, clip: clip), LayerPlan(weights: .linear(LinearQuantization(bits: 3))))
        let recipe = TrainingRecipe(epochs: 3, batchSize: 16, rate: LearningRate(rate: 0.02), seed: 7)
        let (state, progress) = try train(run, TrainingOrder(id: "live", plan: plan, recipe: recipe))
        let best = try #require(progress.best)
        let outcome = run.settle(state.plan, generation: 1, base: state)
        #expect(outcome.accuracy?.current == best.accuracy)
        #expect(abs((outcome.accuracy?.crossEntropy ?? .nan) - (best.crossEntropy ?? .nan)) < 1e-9)
        // Measured on what is trained on; learned ones have moved since.
        let settings = try plan.resolved(for: network.layers).activations
        let calibrated = try ActivationCalibration.clips(for: settings, of: network, data: training)["fc1.weight"]
        let kept = state.parameters["fc1.clip"]?.floats.first
        #expect(kept != nil && (kept == calibrated) == (clip == .calibrated || state.epochs == 0))
        // Another number of bits leaves the trained weights alone.
        let float = self.plan(nil, LayerPlan(weights: .linear(LinearQuantization(bits: 3))))
        let start = run.events.count
        _ = run.settle(float, generation: 2, base: state)
        for case .layer(let layer, 2) in run.events[start...] {
            #expect(layer.weights.floats == state.layers[layer.layer.weight]?.compressed.weights.floats)
        }
    }

    @Test("Activations that are turned while it trains are left out and said; the other knobs count")
    func turnedMeanwhile() throws {
        let run = EngineRun(try trained(), .ready(data), materials: TrainingMaterials(examples: .ready(TrainingSample.data(208, seed: 1))))
        let began = plan(.clipped(bits: 4, clip: .calibrated))
        run.engine.start(
            .training(TrainingOrder(id: "live", plan: began, recipe: TrainingRecipe(epochs: 2_000, batchSize: 16, seed: 7))))
        run.take { if case .epoch? = $0.training { true } else { false } }
        run.engine.request(plan(.sign, LayerPlan(pruning: .level(0.5))), generation: 1)
        run.take { event in
            guard case .epoch(let state, _)? = event.training else { return false }
            return state.plan["fc1.weight"].pruning == .level(0.5)
        }
        run.engine.tell(TaskID(.training, "live"), .stop)
        run.take(until: \.isEnd)
        let ends = run.events.compactMap { event -> (TrainedState, TrainingProgress)? in
            if case .trained(let state?, let progress)? = event.training { (state, progress) } else { nil }
        }
        let (state, progress) = try #require(ends.last)
        #expect(state.plan["fc1.weight"].activations == .clipped(bits: 4, clip: .calibrated))
        #expect(progress.message?.contains("Activations stay") == true)
    }
}
