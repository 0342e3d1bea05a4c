import Compression
import Engine
import Kernels
import Networks
import TestSupport
import Testing

/// Plans that quantize the sums of a residual network, live and in trainings.
@Suite("Quantized sums in the engine")
struct SumPlanTests {
    private let network = ChannelNetwork.network(.residualB)
    private var data: Dataset { TrainingSample.noise(for: network, 60, seed: 6) }

    private func plan(_ bits: Int, clip: ActivationQuantization.Clip = .calibrated, layers: Int? = 8) -> CompressionPlan {
        let layer = LayerPlan(activations: layers.map { .clipped(bits: $0, clip: .calibrated) })
        return CompressionPlan(layers: [.init(pattern: "*", plan: layer)], sums: .clipped(bits: bits, clip: clip))
    }

    @Test("Every logit is that of the quantized network by the plain kernels, with calibrated clips of sums", arguments: [8, 3])
    func bruteForce(bits: Int) throws {
        let plan = plan(bits, layers: bits == 8 ? 8 : nil)
        let outcome = Outcome.fresh(network, data, plan, arithmetic: .simulated)
        let settings = try plan.resolved(for: network.layers).activations(of: network)
        let clips = try ActivationCalibration.clips(for: settings, of: network, data: data)
        #expect(clips.keys.sorted() == settings.keys.sorted() && network.junctions.allSatisfy { clips[$0.key] != nil })
        let quantized = network.applying(.quantizeActivations(settings, clips: clips))
        let expected = try ActivationSample.logits(quantized, data)
        let scale = expected.reduce(1) { max($0, abs($1)) }
        let differences = zip(outcome.currentLogits, expected).map { abs($0 - $1) / scale }
        // Where a sum of floats in another order falls on the other side of a level's edge, a level is off.
        #expect(differences.count == expected.count && differences.count { $0 > 1e-5 } * 10 < differences.count)
        #expect(outcome.failures.isEmpty && outcome.accuracy?.isExact == true)
    }

    @Test("The clip of a sum has the least squared error over what the sum and its Relu hand on")
    func clips() throws {
        let settings = Dictionary(
            uniqueKeysWithValues: network.junctions.map { ($0.key, ActivationQuantization.clipped(bits: 4, clip: .calibrated)) })
        let clips = try ActivationCalibration.clips(for: settings, of: network, data: data)
        let run = try NetworkRun(network, input: data.inputs.floats, batch: data.count)
        for junction in network.junctions {
            let values = try #require(run.values[junction.value]).values
            let expected = ActivationCalibration.clip(of: values, bits: 4)
            #expect(abs((clips[junction.key] ?? 0) / expected - 1) < 1e-3)
        }
    }

    @Test("On any way between plans, every number equals a fresh engine's", arguments: [0, 512 << 20])
    func history(memory: Int) {
        let plans = [plan(8), CompressionPlan(), plan(2), plan(8, layers: nil), plan(2, layers: 4), plan(8)]
        let run = EngineRun(network, .ready(data), memory: memory)
        for (index, plan) in plans.enumerated() {
            #expect(run.settle(plan, generation: UInt64(index + 1)) == Outcome.fresh(network, data, plan), "step \(index)")
        }
    }

    private func train(_ plan: CompressionPlan, epochs: Int) throws -> (TrainingRequest, TrainedState) {
        var request = TrainingRequest(
            identifier: "run", network: network, plan: plan,
            recipe: TrainingRecipe(epochs: epochs, batchSize: 20, rate: LearningRate(rate: 0.02), seed: 7), training: data,
            validation: data,
            makeExecutor: TrainingRequest.fastExecutor)
        let settings = try plan.resolved(for: network.layers).activations(of: network)
        request.clips = try ActivationCalibration.clips(for: settings, of: network, data: data)
        return (request, try #require(try TrainingSample.finish(TrainingRun(request)).current()))
    }

    @Test(
        "Learned clips of sums move and calibrated ones stay; the state measures with them",
        arguments: [ActivationQuantization.Clip.learned, .calibrated])
    func training(clip: ActivationQuantization.Clip) throws {
        let (request, state) = try train(plan(2, clip: clip), epochs: 2)
        var moved = 0
        for junction in network.junctions {
            let (before, after) = (request.clips[junction.key], state.parameters[junction.clip]?.floats.first)
            #expect(before != nil && after != nil)
            if before != after { moved += 1 }
            #expect(state.clips(of: network)[junction.key] == after)
        }
        // One that cuts nothing has no gradient.
        #expect(clip == .calibrated ? moved == 0 : moved > 1)
        let applied = state.applied(to: network)
        #expect(applied.unknownClip == nil)
        let quantizers = applied.network.nodes.count { if case .activation = $0.operation { true } else { false } }
        #expect(quantizers == applied.edits.activations.count && quantizers > network.junctions.count)
        #expect(applied.inStandardOperators.nodes.allSatisfy { if case .activation = $0.operation { false } else { true } })
        // What files have of it.
        let input = NetworkRun.input(of: network, batch: 2, seed: 3)
        let written = try NetworkRun(applied.inStandardOperators, input: input, batch: 2)
        #expect(try NetworkRun.difference(written.logits, NetworkRun(applied.network, input: input, batch: 2).logits) <= 1e-6)
        let outcome = EngineRun(network, .ready(data)).settle(state.plan, generation: 1, base: state)
        let expected = try ActivationSample.classes(applied.network, data)
        #expect(outcome.accuracy?.current == Double(expected.indices.count { expected[$0] == Int(data.labels[$0]) }) / 60)
    }

    @Test("Sums that become others while it trains are refused")
    func turned() throws {
        let run = try TrainingRun(try train(plan(4), epochs: 0).0)
        #expect(throws: TrainingFailure.self) { try run.adopt(plan: plan(5)) }
        #expect(throws: TrainingFailure.self) { try run.adopt(plan: CompressionPlan(layers: plan(4).layers)) }
        #expect(try run.adopt(plan: plan(4)) == 0)
    }
}
