import Compression
import Engine
import Networks
import Reports
import Tensors
import Testing

@Suite("The bypass of each layer")
struct BypassTests {
    private static let plan = CompressionPlan(layers: [
        .init(
            pattern: "fc1.weight", plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.9, scope: .global), biases: .int8)),
        .init(
            pattern: "fc2.weight",
            plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.9, scope: .global), weights: .linear(LinearQuantization(bits: 2)))
        ),
    ])

    private static let table = BypassTable(plan: plan, base: nil, weights: ["fc1.weight", "fc2.weight"])
    private let network = TrainingSample.network(seed: 3)
    private let data = TrainingSample.data(300, seed: 2, split: .validation)

    private func ended(_ run: EngineRun) -> BypassReport? {
        run.take { if case .task(_, .ended) = $0 { true } else { false } }
        return run.events.reversed().lazy.compactMap { $0.report(BypassReport.self) }.first
    }

    @Test("each figure is that of a plan that says so, also where layers are ranked together; an ended table is gone on with")
    func figures() throws {
        let run = EngineRun(network, .ready(data))
        _ = run.settle(Self.plan, generation: 1)
        run.engine.start(.bypass(BypassOrder(Self.table, base: nil)))
        let found = try #require(ended(run)).table
        #expect(found.next == nil && found.rows.count == 3)
        for weight in [""] + Self.table.weights {
            var plan = Self.plan
            if !weight.isEmpty { plan[weight].bypass = true }
            let expected = Outcome.fresh(network, data, plan)
            #expect(found.row(weight)?.accuracy == expected.accuracy?.current, "\(weight)")
            #expect(found.row(weight)?.bytes == expected.bytes?.compressed, "\(weight)")
        }
        #expect(found.gain("fc1.weight") != found.gain("fc2.weight") && found.ranked.count == 2)
        // The plan in force is measured as before.
        #expect(run.settle(Self.plan, generation: 2).accuracy == Outcome.fresh(network, data, Self.plan).accuracy)

        let second = EngineRun(network, .ready(data))
        _ = second.settle(Self.plan, generation: 1)
        var known = Self.table
        second.engine.start(.bypass(BypassOrder(known, base: nil)))
        second.take { $0.report(BypassReport.self)?.table.rows.count ?? 0 > 0 }
        known = try #require(second.events.reversed().lazy.compactMap { $0.report(BypassReport.self) }.first).table
        let third = EngineRun(network, .ready(data))
        third.engine.start(.bypass(BypassOrder(known, base: nil)))
        #expect(try #require(ended(third)).table == found)
    }

    @Test("without data it ends with the reason")
    func noData() throws {
        let run = EngineRun(network, .none)
        run.engine.start(.bypass(BypassOrder(Self.table, base: nil)))
        #expect(try #require(ended(run)).reason?.contains("data") == true)
    }
}
