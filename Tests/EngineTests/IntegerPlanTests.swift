import Compression
import Engine
import Kernels
import Networks
import Reports
import Tensors
import Testing

/// Plans of 8 bits in weights and activations, measured by integers.
@Suite("Integers in the live engine")
struct IntegerPlanTests {
    private let data = TrainingSample.data(600, seed: 2, split: .validation)
    private let network = ActivationSample.network(seed: 4)

    private func plan(_ bits: Int, perChannel: Bool = false, clip: LinearQuantization.Clip = .maximum, inputs: Int = 8) -> CompressionPlan {
        let linear = LinearQuantization(bits: bits, isPerChannel: perChannel, clip: clip)
        let layer = LayerPlan(weights: .linear(linear), activations: .clipped(bits: inputs, clip: .calibrated))
        return CompressionPlan(layers: [.init(pattern: "*", plan: layer)])
    }

    @Test("The logits are those of integer loops over the plan's levels", arguments: [false, true])
    func loops(perChannel: Bool) throws {
        let run = EngineRun(network, .ready(data), arithmetic: .integer)
        let outcome = run.settle(plan(7, perChannel: perChannel), generation: 1)
        let accuracy = try #require(outcome.accuracy)
        #expect(accuracy.isExact && accuracy.arithmeticName == "integer")
        #expect(accuracy.arithmetic?.map(\.obstacle) == [.input, nil, nil])
        var layers: [String: CompressedLayer] = [:]
        for case .layer(let layer, 1) in run.events { layers[layer.layer.weight] = layer }
        let settings = try plan(7).resolved(for: network.layers).activations(of: network)
        let clips = try ActivationCalibration.clips(for: settings, of: network, data: data)
        let expected = try integerLogits(layers, clips)
        let scale = expected.reduce(1) { max($0, abs($1)) }
        let differences = zip(outcome.currentLogits, expected).map { abs($0 - $1) / scale }
        #expect(differences.count == 1_800)
        // The first layer is a sum of floats: where that falls on another side of a level's edge, a level is off.
        #expect(differences.count { $0 > 1e-5 } <= 18 && differences.allSatisfy { $0 < 0.02 })
        let simulated = Outcome.fresh(network, data, plan(7, perChannel: perChannel), arithmetic: .simulated)
        #expect(simulated.accuracy?.arithmeticName == "simulated" && simulated.currentLogits != outcome.currentLogits)
        #expect(zip(outcome.currentLogits, simulated.currentLogits).allSatisfy { abs($0 - $1) / scale < 0.02 })
    }

    /// The first layer in floats, then levels, sums of Int32, and a float a sum.
    private func integerLogits(_ layers: [String: CompressedLayer], _ clips: [String: Float]) throws -> [Float] {
        var float = network
        float.nodes = Array(network.nodes[..<3])
        float.output = "x"
        float.parameters["conv1.weight"]?.values = try #require(layers["conv1.weight"]).weights
        var values = try ActivationSample.logits(float, data)
        for (weight, source) in [("fc1.weight", "conv1.weight"), ("fc2.weight", "fc1.weight")] {
            let (layer, clip) = (try #require(layers[weight]), try #require(clips[source]))
            guard case .levels(let stored) = layer.form, case .grid(let steps, _) = stored.values else { throw NoGrid() }
            let levels = values.map { Int32((min(max($0, 0), clip) * (255 / clip)).rounded(.toNearestOrEven)) }
            let (units, depth) = (layer.layer.shape[0], layer.layer.shape[1])
            let bias = try #require(layer.bias).floats
            values = (0..<data.count * units).map { index in
                let (example, unit) = (index / units, index % units)
                let sum = (0..<depth).reduce(Int32(0)) { $0 + levels[example * depth + $1] * stored.levels[unit * depth + $1] }
                let result = Float(sum) * (clip / 255 * (steps.count == 1 ? steps[0] : steps[unit])) + bias[unit]
                return weight == "fc1.weight" ? max(0, result) : result
            }
        }
        return values
    }

    private struct NoGrid: Error {}

    @Test("Eight bits of both are simulated where pairs would saturate, and the figure says why")
    func refusal() throws {
        let accuracy = try #require(Outcome.fresh(network, data, plan(8)).accuracy)
        guard KernelLibrary.sumsBytes(products: true) else {
            #expect(accuracy.arithmeticName == "simulated")
            #expect(accuracy.arithmetic?.last?.obstacle == .pairs(weight: 127, input: 255))
            #expect(accuracy.arithmeticSentence?.hasPrefix("simulated; no VNNI, and fc1 has codes up to 127") == true)
            return
        }
        #expect(accuracy.arithmeticName == "integer")
    }

    @Test("Fewer bits of activations leave room for eight of weights, and no quantized input says nothing")
    func room() throws {
        #expect(Outcome.fresh(network, data, plan(8, inputs: 7), arithmetic: .integer).accuracy?.arithmeticName == "integer")
        let weights = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(weights: .linear(LinearQuantization(bits: 7))))])
        #expect(try #require(Outcome.fresh(network, data, weights, arithmetic: .integer).accuracy).arithmetic == nil)
    }

    @Test("On any way between plans, every number equals a fresh engine's", arguments: [0, 512 << 20])
    func history(memory: Int) throws {
        let factors = LayerPlan(
            weights: .factors(LowRank(.number(3))), activations: .clipped(bits: 8, clip: .calibrated))
        let plans = [
            plan(7), plan(8), plan(7, perChannel: true), CompressionPlan(), plan(6, inputs: 4), plan(7),
            CompressionPlan(layers: [.init(pattern: "fc1", plan: factors)]), plan(5),
        ]
        let run = EngineRun(network, .ready(data), memory: memory, arithmetic: .integer)
        for (index, plan) in plans.enumerated() {
            let outcome = run.settle(plan, generation: UInt64(index + 1))
            #expect(outcome == Outcome.fresh(network, data, plan, arithmetic: .integer), "step \(index)")
            #expect(outcome.failures.isEmpty && outcome.accuracy?.isExact == true)
        }
    }

    @Test("A NaN that no level stands for is measured in floats, and counts as wrong")
    func notANumber() throws {
        var broken = network
        broken.parameters["conv1.bias"]?.values = Tensor(shape: [5], floats: [0.1, .nan, 0, 0, 0])
        let outcome = Outcome.fresh(broken, data, plan(7), arithmetic: .integer)
        let floats = Outcome.fresh(broken, data, plan(7), arithmetic: .simulated)
        #expect(outcome.accuracy?.notANumber == floats.accuracy?.notANumber)
        #expect(outcome.failures == floats.failures)
    }
}
