import Compression
import Engine
import Foundation
import Networks
import Reports
import Tensors
import Testing

/// The engine on the bundled networks and the real validation data.
@Suite("The live engine", .serialized, .enabled(if: Bundled.hasData, "the data set is not installed"))
struct LiveEngineTests {
    @Test("Right answers on all of validation, as PyTorch and ONNX Runtime counted them", arguments: Bundled.names)
    func accuracy(name: String) throws {
        let file = Bundled.root.appendingPathComponent("Tests/Fixtures/accuracy.json")
        let expected = try JSONDecoder().decode([String: [String: Int]].self, from: Data(contentsOf: file))
        let run = EngineRun(try Bundled.network(name), .load { try Bundled.validation() })
        let outcome = run.settle(CompressionPlan(), generation: 1)
        let report = try #require(outcome.accuracy)
        #expect(report.isExact && report.count == 10_000)
        #expect(Int((report.original * 10_000).rounded()) == expected[name]?["validation"])
        #expect(report.current == report.original && report.gains == 0 && report.losses == 0 && report.agreement == 1)
        #expect(report.crossEntropy == report.originalCrossEntropy)
        #expect(outcome.currentLogits == outcome.originalLogits && outcome.evaluated.sorted() == Array(0..<10_000))
        #expect(outcome.sparsity.map { $0 < 1e-4 } == true)
        #expect(run.events.contains { if case .data(let data) = $0 { data.count == 10_000 } else { false } })
    }

    /// A walk through plans as a user takes it: one knob of one layer, a bypass, or one or two steps back.
    private func walk(_ network: Network, steps: Int, seed: UInt64) -> [CompressionPlan] {
        var generator = SeededGenerator(seed: seed)
        let names = network.layers.map(\.weight)
        var plans = [CompressionPlan()]
        while plans.count < steps {
            if plans.count > 2, generator.uniform() < 0.25 {
                plans.append(plans[plans.count - Int.random(in: 2...3, using: &generator)])
                continue
            }
            var layers = Dictionary(uniqueKeysWithValues: (plans.last?.layers ?? []).map { ($0.pattern, $0.plan) })
            // Mostly the last layer, whose change must cost least and depends most on what is kept.
            let name = generator.uniform() < 0.4 ? names[names.count - 1] : names[Int.random(in: names.indices, using: &generator)]
            var plan = layers[name] ?? .unchanged
            turn(&plan, &generator)
            layers[name] = plan
            plans.append(CompressionPlan(layers: layers.keys.sorted().map { .init(pattern: $0, plan: layers[$0] ?? .unchanged) }))
        }
        return plans
    }

    private func turn(_ plan: inout LayerPlan, _ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<5, using: &generator) {
        // Up to three deviations: most layers are then run by lists of their weights.
        case 0: plan.pruning = .ratio((generator.uniform() * 60).rounded() / 20)
        case 1: plan.weights = .linear(LinearQuantization(bits: Int.random(in: 2...8, using: &generator)))
        case 2: plan.weights = .shared(WeightSharing(bits: Int.random(in: 1...6, using: &generator)))
        case 3: plan.bypass.toggle()
        default: plan.biases = BiasRepresentation.allCases.randomElement(using: &generator) ?? .float32
        }
    }

    @Test(
        "After any way to a plan every number equals a fresh engine's, bit for bit, with much memory and with little",
        arguments: Bundled.names, [0, 3 << 20, 512 << 20])
    func history(name: String, memory: Int) throws {
        let network = try Bundled.network(name)
        let data = try Bundled.validation(first: 1_130)
        let run = EngineRun(network, .ready(data), memory: memory)
        for (index, plan) in walk(network, steps: 24, seed: UInt64(memory) + 3).enumerated() {
            let outcome = run.settle(plan, generation: UInt64(index + 1))
            guard index % 4 == 3 else { continue }
            let fresh = Outcome.fresh(network, data, plan)
            #expect(outcome == fresh, "step \(index)")
            #expect(outcome.accuracy?.isExact == true && outcome.failures.isEmpty && outcome.layers.count == network.layers.count)
        }
    }

    @Test("A plan that is gone back to after a broken-off measurement has its own logits again")
    func brokenOff() throws {
        let network = try Bundled.network("lenet-5")
        let data = try Bundled.validation()
        let first = CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .ratio(1.2)))])
        let second = CompressionPlan(layers: [.init(pattern: "conv1.weight", plan: LayerPlan(weights: .binary(.layer)))])
        let run = EngineRun(network, .ready(data))
        let before = run.settle(first, generation: 1)
        run.engine.request(second, generation: 2)
        run.take { if case .accuracy(let report, 2) = $0 { report.evaluated < report.count } else { false } }
        let after = run.settle(first, generation: 3)
        #expect(after == before)
    }

    @Test("The newest request wins: nothing older is settled after it, and its numbers are its own")
    func newestWins() throws {
        let network = try Bundled.network("lenet-300-100")
        let data = try Bundled.validation(first: 1_130)
        let run = EngineRun(network, .ready(data))
        let plans = walk(network, steps: 60, seed: 8)
        for (index, plan) in plans.enumerated() { run.engine.request(plan, generation: UInt64(index + 1)) }
        let start = run.events.count
        run.take { if case .settled(60) = $0 { true } else { false } }
        let settled = run.events.compactMap { if case .settled(let generation) = $0 { generation } else { nil } }
        #expect(settled == settled.sorted() && settled.last == 60)
        #expect(Outcome(run.events[start...], generation: 60) == Outcome.fresh(network, data, plans[59]))
        run.engine.waitUntilSettled()
        #expect(run.engine.takeEvents().isEmpty)
    }

    @Test("A turn of the temperature keeps the accuracy and gives the lens without measuring again")
    func temperature() throws {
        let network = try Bundled.network("lenet-5")
        let data = try Bundled.validation(first: 1_130)
        let run = EngineRun(network, .ready(data))
        var plan = CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .ratio(1.5)))])
        let before = run.settle(plan, generation: 1)
        for (generation, temperature) in [(UInt64(2), 0.5), (3, 1), (4, 20)] {
            plan.temperature = temperature
            let start = run.events.count
            let outcome = run.settle(plan, generation: generation)
            #expect(outcome.accuracy == before.accuracy && outcome.currentLogits == before.currentLogits)
            let table = LogitsTable(
                classCount: 10, original: before.originalLogits, current: before.currentLogits, evaluated: before.evaluated)
            #expect(outcome.lens == table.summary(temperature: temperature))
            #expect(outcome.lens?.examples == 1_130)
            let partial = run.events[start...].contains { if case .accuracy(let report, _) = $0 { !report.isExact } else { false } }
            #expect(!partial)
        }
    }

    @Test("Another seed measures in another order and finds the same exact figures")
    func seeds() throws {
        let network = try Bundled.network("lenet-300-100")
        let data = try Bundled.validation(first: 1_130)
        let plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(pruning: .ratio(1.3)))])
        let one = EngineRun(network, .ready(data), seed: 1).settle(plan, generation: 1)
        let two = EngineRun(network, .ready(data), seed: 2).settle(plan, generation: 1)
        #expect(one.evaluated != two.evaluated)
        #expect(one.accuracy?.confusion == two.accuracy?.confusion && one.accuracy?.gains == two.accuracy?.gains)
        #expect(one.currentLogits.count == two.currentLogits.count)
    }

    @Test("Stopping while the engine is busy returns, and waiting for it returns too")
    func stop() throws {
        let network = try Bundled.network("lenet-5")
        for _ in 0..<3 {
            let run = EngineRun(network, .ready(try Bundled.validation()))
            run.engine.request(CompressionPlan(), generation: 1)
            run.take { if case .accuracy = $0 { true } else { false } }
            run.engine.stop()
            run.engine.waitUntilSettled()
        }
    }
}
