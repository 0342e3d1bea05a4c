import Compression
import Engine
import Foundation
import Networks
import Reports
import Tensors
import Testing

@Suite("Sensitivity of layers")
struct SensitivityTests {
    private static let plan = CompressionPlan(layers: [
        .init(
            pattern: "fc1.weight", plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.6, scope: .global), biases: .int8)),
        .init(
            pattern: "fc2.weight",
            plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.6, scope: .global), weights: .linear(LinearQuantization(bits: 4)))
        ),
    ])
    private let network = TrainingSample.network(seed: 3)
    private let data = TrainingSample.data(600, seed: 2, split: .validation)

    /// What a run came to: the last table of each kind, and all reports.
    private struct Found {
        var tables: [SensitivityKind: SensitivityTable] = [:]
        var reports: [SensitivityReport] = []
        var runs: Double { reports.last?.runs ?? 0 }
        var reason: String? { reports.last?.reason }
    }

    private func run(
        _ order: SensitivityOrder, on network: Network, _ data: DataSource, memory: Int = 512 << 20, part: ExamplePart = .all,
        kept: (@Sendable (SensitivityContext) -> [OptionFigure])? = nil, until isEnough: (SensitivityReport) -> Bool = { _ in false }
    ) -> Found {
        let run = EngineRun(network, data, memory: memory, part: part, kept: kept)
        run.engine.start(.sensitivity(order))
        run.take { event in event.isEnd || (event.report(SensitivityReport.self).map(isEnough) ?? false) }
        var found = Found()
        for report in run.events.compactMap({ $0.report(SensitivityReport.self) }) {
            found.reports.append(report)
            if let table = report.table { found.tables[table.kind] = table }
        }
        return found
    }

    @Test("every exact figure is that of a plan that says so, also where layers are ranked together")
    func figures() throws {
        let order = SensitivityOrder(plan: Self.plan, families: ["level", "bits"], isWhole: true)
        let found = run(order, on: network, .ready(data))
        #expect(found.reason == nil && found.tables.count == 3)
        let references: [SensitivityKind: CompressionPlan] = [.isolated: CompressionPlan(), .marginal: Self.plan, .leaveOneOut: Self.plan]
        for (kind, plan) in references {
            let table = try #require(found.tables[kind])
            #expect(table.isComplete && table.measured.count == table.options.count && table.count == 600)
            let held = Outcome.fresh(network, data, plan)
            // One of each family and layer, and all bypasses.
            for option in table.options where [0.6, 3, 1].contains(option.value) {
                let expected = try #require(Outcome.fresh(network, data, plan.taking(option)).accuracy)
                let figure = try #require(table.figure(option.key))
                let change = expected.difference - (held.accuracy?.difference ?? 0)
                #expect(abs((figure.figure?.value ?? .nan) - change) < 1e-12, "\(kind) \(option.key)")
                #expect(figure.divergence == expected.divergence && figure.referenceDivergence == held.accuracy?.divergence)
                let entropy = (expected.crossEntropy ?? .nan) - (held.accuracy?.crossEntropy ?? .nan)
                #expect(abs((figure.crossEntropy?.value ?? .nan) - entropy) < 1e-12)
                #expect(figure.isExact && figure.figure?.interval == figure.figure.map { Interval($0.value) })
            }
        }
    }

    @Test("what leaves the layer as it is gives exactly 0 without a run, and is no step")
    func nothing() throws {
        let order = SensitivityOrder([.isolated], families: ["level", "bits"])
        let table = try #require(run(order, on: network, .ready(data)).tables[.isolated])
        for weight in ["fc1.weight", "fc2.weight"] {
            for (family, value) in [("level", 0.0), ("bits", 32)] {
                let figure = try #require(table.figure(.init(weight: weight, family: family, value: value)))
                #expect(figure.remark == "no effect" && figure.isExact && figure.divergence == 0 && figure.figure?.value == 0)
                #expect(figure.crossEntropy?.value == 0 && figure.gains == 0 && figure.losses == 0 && figure.bytesWon == 0)
            }
        }
        #expect(table.nextSteps().allSatisfy { $0.bytesWon > 0 && !$0.changesNothing })
    }

    @Test("bytes are those of the file: with the option, and without it")
    func bytes() throws {
        let order = SensitivityOrder([.marginal], plan: Self.plan, families: ["bits", "rank"])
        let table = try #require(run(order, on: network, .ready(data)).tables[.marginal])
        #expect(table.options.contains { $0.family == "rank" })
        for figure in table.measured where [2, 8, 4].contains(figure.option.value) {
            let plans = [(Self.plan, figure.referenceBytes), (Self.plan.taking(figure.option), figure.bytes)]
            for (plan, bytes) in plans {
                let applied = try Self.applied(plan, to: network)
                let records = applied.network.parameters.values.filter { applied.weight(heldBy: $0.name) == figure.option.weight }
                let sum = records.reduce(0) { sum, parameter in
                    sum + (ParameterRecord.record(of: parameter, stored: applied.stored(parameter.name))?.bytes.total ?? 0)
                }
                #expect(sum == bytes, "\(figure.option.key)")
            }
        }
    }

    private static func applied(_ plan: CompressionPlan, to network: Network) throws -> Applied {
        let resolved = try plan.resolved(for: network.layers)
        let weights = try network.layers.map { layer in try #require(network.parameters[layer.weight]).values }
        let sorted = try weights.map { try WeightDistribution($0) }
        let rules = resolved.pruningRules(distributions: Dictionary(uniqueKeysWithValues: zip(network.layers.map(\.weight), sorted)))
        let layers = try network.layers.enumerated().compactMap { place, layer in
            try LayerCompressor.compress(
                layer: layer, weights: weights[place], bias: layer.bias.flatMap { network.parameters[$0]?.values },
                distribution: sorted[place], plan: resolved[layer.weight], rule: rules[layer.weight] ?? .none, findsOptimum: false)
        }
        return Applied(base: network, layers: layers, plan: plan)
    }

    @Test("cut off at any figure and gone on with, it comes to the same table, key by key")
    func resumed() throws {
        let order = SensitivityOrder(plan: Self.plan, families: ["centroids"])
        let whole = run(order, on: network, .ready(data)).tables
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<3 {
            let cut = Int.random(in: 1..<80, using: &generator)
            var kept: [String: [OptionFigure]] = [:]
            var seen = 0
            // What was written by then is what reports said.
            let first = run(
                order, on: network, .ready(data),
                until: { report in
                    seen += report.figures.count
                    return seen >= cut
                })
            for report in first.reports {
                guard let name = report.table?.context.name else { continue }
                kept[name, default: []] += report.figures
            }
            let known = kept
            let second = run(order, on: network, .ready(data), kept: { known[$0.name] ?? [] })
            #expect(second.tables == whole, "cut off after \(cut)")
            #expect(second.reports.reduce(0) { $0 + $1.figures.count } < whole.values.reduce(0) { $0 + 3 * $1.options.count })
        }
    }

    @Test("curves of all layers take what lies behind the layers, and no more")
    func cost() throws {
        let data = TrainingSample.data(2_000, seed: 2, split: .validation)
        for plan in [
            CompressionPlan(),
            CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(weights: .linear(LinearQuantization(bits: 6))))]),
        ] {
            let kind: SensitivityKind = plan.layers.isEmpty ? .isolated : .marginal
            let found = run(SensitivityOrder([kind], plan: plan, families: ["level"], isWhole: true), on: network, .ready(data))
            let table = try #require(found.tables[kind])
            #expect(table.measured.allSatisfy(\.isExact) && table.options.count == 2 * 21)
            let all = try network.multiplyAdds()
            let total = Double(all.reduce(0, +))
            let behind = network.layers.map { layer in Double(all[(layer.node ?? 0)...].reduce(0, +)) / total }.reduce(0, +)
            // The network is run once before all options, and once more under a plan.
            #expect(found.runs <= 20 * behind + (plan.layers.isEmpty ? 1 : 2) + 0.001, "\(found.runs) runs")
            #expect(found.runs <= 1.1 * 21 * behind)
        }
    }

    @Test("halves of the examples are told apart, and a limit holds")
    func parts() throws {
        func half(_ part: ExamplePart) throws -> SensitivityTable {
            try #require(run(SensitivityOrder([.isolated], families: ["level"]), on: network, .ready(data), part: part).tables[.isolated])
        }
        let (choose, confirm) = (try half(.choose), try half(.confirm))
        #expect(choose.count == 300 && choose.context.part == .choose)
        #expect(choose.measured.allSatisfy { $0.count == 300 && $0.evaluated <= 300 })
        #expect(confirm.count == 300 && confirm.context.part == .confirm && choose.measured != confirm.measured)
        // A plan is measured on the same halves, and both together are all examples.
        let plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.8)))])
        let parts = try [ExamplePart.all, .choose, .confirm].map { part in
            try #require(EngineRun(network, .ready(data), part: part).settle(plan, generation: 1).accuracy)
        }
        #expect(parts.map(\.count) == [600, 300, 300] && parts[0].losses == parts[1].losses + parts[2].losses)
        #expect(parts[0].gains == parts[1].gains + parts[2].gains && parts[0].losses > 0)
        let few = try #require(
            run(SensitivityOrder([.isolated], families: ["level"], limit: 250), on: network, .ready(data)).tables[.isolated])
        #expect(few.measured.allSatisfy { $0.evaluated == 250 || $0.changesNothing })
    }

    @Test("examples whose outputs are not finite are counted, with the option and without it, and what loses more is no step")
    func notFinite() throws {
        var large = network
        // Sums beyond the largest float in some examples.
        let weights = try #require(network.parameters["fc2.weight"]).values.floats.map { 3e38 * $0 }
        large.parameters["fc2.weight"]?.values = Tensor(shape: [TrainingSample.classes, TrainingSample.hidden], floats: weights)
        let table = try #require(
            run(SensitivityOrder([.isolated], families: ["bits"], isWhole: true), on: large, .ready(data)).tables[.isolated])
        let original = try #require(Outcome.fresh(large, data, CompressionPlan()).accuracy?.logitsLeftOut)
        #expect(original > 0)
        for figure in table.measured where figure.option.weight == "fc1.weight" && figure.option.value < 5 {
            let expected = Outcome.fresh(large, data, CompressionPlan().taking(figure.option)).accuracy
            #expect(figure.referenceNotFinite == original && figure.notFinite == expected?.logitsLeftOut)
            #expect((figure.remark == "not finite") == (figure.notFinite > original))
        }
        #expect(table.nextSteps().allSatisfy { $0.notFinite <= $0.referenceNotFinite })
    }

    @Test("without labels the divergence ranks, and there is no cross-entropy; without data there is a reason")
    func unlabelled() throws {
        var bare = data
        bare.inputs = Tensor(shape: data.inputs.shape, floats: data.inputs.floats)
        bare.labels = []
        let found = run(SensitivityOrder([.isolated], families: ["bits"]), on: network, .ready(bare))
        let table = try #require(found.tables[.isolated])
        #expect(table.figureName == "agreement" && table.measure == .divergence && !table.nextSteps().isEmpty)
        #expect(table.measured.allSatisfy { $0.crossEntropy == nil && $0.gains == 0 })
        #expect(run(SensitivityOrder([.isolated]), on: network, .none).reason?.contains("data") == true)
    }

    @Test("by itself it follows each plan, after whatever is asked for, and comes back to known figures at once")
    func following() throws {
        let run = EngineRun(network, .ready(data), sensitivity: SensitivityOrder(families: ["level"], isFollowing: true))
        func settledTable(_ plan: CompressionPlan, _ kind: SensitivityKind) -> SensitivityTable? {
            run.take { $0.report(SensitivityReport.self)?.table.map { $0.kind == kind && $0.isComplete } ?? false }
            return run.events.reversed().lazy.compactMap { $0.report(SensitivityReport.self)?.table }.first
        }
        #expect(run.settle(CompressionPlan(), generation: 1).accuracy != nil)
        let first = try #require(settledTable(CompressionPlan(), .isolated))
        #expect(first.isComplete)
        run.forget()
        #expect(run.settle(Self.plan, generation: 2).accuracy == Outcome.fresh(network, data, Self.plan).accuracy)
        let second = try #require(settledTable(Self.plan, .isolated))
        #expect(second == first)
        let kinds = Set(run.events.compactMap { $0.report(SensitivityReport.self)?.table?.kind })
        #expect(kinds == [.marginal, .leaveOneOut, .isolated])
        // Those of the isolated kind were not measured again.
        let again = run.events.compactMap { $0.report(SensitivityReport.self) }.filter { $0.table?.kind == .isolated }
        #expect(again.allSatisfy { $0.figures.isEmpty })
        #expect(run.settle(Self.plan, generation: 3).accuracy == Outcome.fresh(network, data, Self.plan).accuracy)
    }
}
