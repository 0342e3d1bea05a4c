import Compression
import Engine
import Networks
import Reports
import Tensors
import Testing

/// What a layer hands on, as the histogram of activations shows it.
@Suite("Observing activations")
struct ObservationTests {
    private let network = TrainingSample.network(seed: 3)
    private let training = TrainingSample.data(208, seed: 1)
    private let data = TrainingSample.data(90, seed: 2, split: .validation)

    /// max(0, x · W + b) of the first layer over all training examples.
    private func expected(_ parameters: [String: Tensor]) throws -> [Float] {
        let weights = try #require(parameters["fc1.weight"]?.floats)
        let bias = try #require(parameters["fc1.bias"]?.floats)
        let inputs = training.inputs.floats
        return (0..<training.count).flatMap { example in
            (0..<TrainingSample.hidden).map { unit in
                (0..<TrainingSample.features).reduce(bias[unit]) { sum, index in
                    sum + inputs[example * TrainingSample.features + index] * weights[unit * TrainingSample.features + index]
                }
            }.map { max(0, $0) }
        }
    }

    private func found(_ run: EngineRun) -> LayerActivations? {
        run.events.reversed().lazy.compactMap { $0.report(LayerActivations.self) }.first
    }

    private func wait(_ run: EngineRun) { run.take { $0.report(LayerActivations.self) != nil } }

    private func plan(_ activations: ActivationQuantization?) -> CompressionPlan {
        TrainingSample.plan(LayerPlan(activations: activations))
    }

    @Test("All values of the calibration examples, the calibrated clip and its levels; another number of bits is answered too")
    func values() throws {
        let run = EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(training)))
        run.engine.request(plan(.clipped(bits: 3, clip: .calibrated)), generation: 1)
        run.engine.start(.observation(of: "fc1.weight"))
        wait(run)
        let first = try #require(found(run))
        let expected = try expected(network.parameters.mapValues(\.values).reduce(into: [:]) { $0[$1.key] = $1.value })
        #expect(first.values.count == expected.count && first.values.zeros == expected.count { $0 == 0 })
        let sum = try #require(first.values.nonzero).count
        #expect(sum == expected.count { $0 > 0 } && first.base == nil)
        #expect(abs((first.values.nonzero?.maximum ?? 0) - Double(expected.max() ?? 0)) < 1e-5)
        let clip = try #require(first.clip)
        #expect(abs(clip - ActivationCalibration.clip(of: expected, bits: 3)) < 1e-3 * clip)
        #expect(first.levels.count == 8 && first.levels.first == 0 && first.levels.last == Double(clip))
        let cut = Double(expected.count { $0 > clip }) / Double(expected.count)
        #expect(abs((first.clippedShare ?? 1) - cut) < 2 / Double(expected.count))
        run.forget()
        run.engine.request(plan(.sign), generation: 2)
        wait(run)
        #expect(found(run)?.quantization == .sign && found(run)?.levels == [-1, 1] && found(run)?.clip == nil)
        run.forget()
        run.engine.request(plan(nil), generation: 3)
        wait(run)
        #expect(found(run)?.quantization == nil && found(run)?.values.count == expected.count)
    }

    @Test("Learned clips are followed epoch by epoch, while the training goes on")
    func learned() throws {
        let run = EngineRun(network, .ready(data), materials: TrainingMaterials(examples: .ready(training)))
        let plan = plan(.clipped(bits: 2, clip: .learned))
        run.engine.start(.observation(of: "fc1.weight"))
        run.engine.request(plan, generation: 1)
        let recipe = TrainingRecipe(epochs: 3, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7, learnsClips: true)
        run.engine.start(.training(TrainingOrder(id: "live", plan: plan, recipe: recipe)))
        run.take(until: \.isEnd)
        let states = run.events.compactMap { if case .epoch(let state, _)? = $0.training { state } else { nil } }
        #expect(states.count == 4)
        for (index, state) in states.enumerated() {
            run.forget()
            run.engine.request(plan, generation: UInt64(10 + index), base: state)
            wait(run)
            #expect(found(run)?.base == state.id && found(run)?.clip == state.parameters["fc1.clip"]?.floats.first)
        }
        #expect(Set(states.compactMap { $0.parameters["fc1.clip"]?.floats.first }).count > 1)
    }
}
