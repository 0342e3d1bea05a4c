import Compression
import Engine
import Foundation
import Networks
import OrderedCollections
import Tensors
import Testing

/// A network without a graph that is gone through layer by layer says what one that is kept sorted says.
@Suite("Large networks")
struct LargeNetworkTests {
    /// Twenty layers of bfloat16, so that counting is exact.
    private func network() -> Network {
        var generator = SeededGenerator(seed: 21)
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for layer in 0..<20 {
            let shape = Shape([24 + layer, 40])
            let storage = TensorStorage(byteCount: 2 * shape.count) { memory in
                for index in 0..<shape.count {
                    let bits = UInt16(Float(generator.laplace() * 0.05).roundedToBrainFloat.bitPattern >> 16)
                    memory.storeBytes(of: bits.littleEndian, toByteOffset: 2 * index, as: UInt16.self)
                }
            }
            tensors["model.\(layer).weight"] = Tensor(shape: shape, elementType: .bfloat16, storage: storage)
        }
        return Network(weights: tensors, name: "many")
    }

    private func settle(_ network: Network, _ plan: CompressionPlan, budget: Int, kept: [UInt8]? = nil, focus: String? = nil)
        -> [EngineEvent]
    {
        var options = EngineOptions(niceness: 0)
        options.weightsBudget = budget
        options.distributionsBudget = 100_000
        options.keptDistributions = { kept }
        let engine = LiveEngine(network: network, data: .none, options: options) {}
        engine.request(plan, generation: 1, focus: focus)
        engine.waitUntilSettled()
        defer { engine.stop() }
        return engine.takeEvents()
    }

    private static let plans: [CompressionPlan] = [
        CompressionPlan(),
        CompressionPlan(layers: [
            .init(pattern: "model.1*", plan: LayerPlan(pruning: Pruning(criterion: .ratio, amount: 1))),
            .init(
                pattern: "model.2.weight",
                plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.7), weights: .shared(WeightSharing(bits: 4)))),
            .init(pattern: "model.3.weight", plan: LayerPlan(weights: .linear(LinearQuantization(bits: 4, isPerChannel: true)))),
            .init(pattern: "model.4.weight", plan: LayerPlan(weights: .ternary)),
        ]),
        CompressionPlan(layers: [
            .init(pattern: "*", plan: LayerPlan(pruning: Pruning(criterion: .ratio, amount: 0.8, scope: .global)))
        ]),
    ]

    @Test("Summaries, size and sparsity are those of sorted weights", arguments: plans.indices)
    func summaries(plan: Int) throws {
        let network = network()
        let large = Outcome(settle(network, Self.plans[plan], budget: 0), generation: 1)
        let small = Outcome(settle(network, Self.plans[plan], budget: 1 << 30), generation: 1)
        #expect(large.layers.count == 20 && large.failures == [.weightsOnly] && small.failures == [.weightsOnly])
        #expect(large.bytes?.compressed == small.bytes?.compressed && large.sparsity == small.sparsity)
        for (weight, found) in large.layers {
            let expected = try #require(small.layers[weight])
            #expect(found.zeros == expected.zeros && found.bytes == expected.bytes && found.plan == expected.plan, "\(weight)")
            #expect(found.codebook.map(\.count) == expected.codebook.map(\.count), "\(weight)")
            let (a, b) = (found.signalToNoise.whole ?? .infinity, expected.signalToNoise.whole ?? .infinity)
            #expect(a == b || abs(a - b) < 1e-6, "\(weight): \(a) \(b)")
        }
    }

    @Test("The selected layer is read first, then those nearest to it; distributions beyond the budget become coarse")
    func order() {
        let events = settle(network(), CompressionPlan(), budget: 0, focus: "model.12.weight")
        var read: [String] = []
        var coarse = 0
        for case .distribution(let weight, let distribution) in events {
            if distribution.resolution == .coarse { coarse += 1 }
            read.append(weight)
        }
        let made = events.compactMap { event -> String? in
            if case .layer(let layer, _) = event { layer.layer.weight } else { nil }
        }
        #expect(made.first == "model.12.weight")
        #expect(Set(made.prefix(3)) == ["model.11.weight", "model.12.weight", "model.13.weight"])
        #expect(Set(read).count == 20 && coarse >= 0)
    }

    @Test("What was kept is published at once, and nothing is read again")
    func kept() throws {
        let network = network()
        var bytes: [UInt8] = []
        for case .distributionsToKeep(let found) in settle(network, CompressionPlan(), budget: 0) { bytes = found }
        #expect(KeptDistributions.distributions(from: bytes)?.count == 20)
        let events = settle(network, CompressionPlan(), budget: 0, kept: bytes)
        let isRead = events.contains { if case .distributionsToKeep = $0 { true } else { false } }
        #expect(!isRead)
        #expect(Outcome(events, generation: 1).layers.count == 20)
    }

    @Test("A layer with a NaN is named, and the others are made")
    func notFinite() throws {
        var network = network()
        let shape = try #require(network.parameters["model.5.weight"]).shape
        var floats = [Float](repeating: 0.5, count: shape.count)
        floats[77] = .nan
        network.parameters["model.5.weight"]?.values = Tensor(shape: shape, floats: floats)
        let outcome = Outcome(settle(network, CompressionPlan(), budget: 0), generation: 1)
        #expect(outcome.failures.contains(.notFinite(parameter: "model.5.weight", index: 77)) && outcome.layers.count == 19)
    }

    @Test("An estimate from the distribution is near what is made of every weight")
    func estimates() throws {
        let network = network()
        let layer = network.layers[7]
        let distribution = try WeightDistribution(try #require(network.parameters[layer.weight]).values)
        for weights in [WeightRepresentation.float32, .float16, .linear(LinearQuantization(bits: 4)), .shared(WeightSharing(bits: 5))] {
            let plan = LayerPlan(pruning: Pruning(criterion: .ratio, amount: 0.9), weights: weights)
            let rule = PruningRule(plan, distribution)
            let values = try #require(network.parameters[layer.weight]).values
            let format = StoredWeights.FloatFormat(values.elementType)
            let estimate = try #require(
                LayerEstimator.summary(of: layer, distribution: distribution, format: format, plan: plan, rule: rule))
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: nil, distribution: distribution, plan: plan, rule: rule)
            let exact = try #require(made).summary
            #expect(estimate.zeros == exact.zeros && estimate.codebook.map(\.count) == exact.codebook.map(\.count), "\(weights)")
            #expect(abs((estimate.signalToNoise.whole ?? 0) - (exact.signalToNoise.whole ?? 0)) < 1e-6, "\(weights)")
            #expect(abs(Double(estimate.bytes.huffman) / Double(exact.bytes.huffman) - 1) < 0.06, "\(weights)")
        }
    }
}
