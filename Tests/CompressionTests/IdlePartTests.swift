import Compression
import Networks
import Tensors
import TestSupport
import Testing

/// What a plan or schedule says for nothing.
@Suite("Plan: parts without effect")
struct IdlePartTests {
    /// A convolution, a depthwise one, a dense layer and the logits; the last two have biases.
    private static let layers: [Layer] = {
        let shapes: [(String, [Int], Int, Bool)] = [
            ("conv1", [16, 8, 3, 3], 1, false), ("depth", [16, 1, 3, 3], 16, false), ("fc1", [32, 64], 1, true),
            ("fc2", [10, 32], 1, true),
        ]
        return shapes.enumerated().map { index, row in
            var layer = Layer(
                name: row.0, weight: "\(row.0).weight", bias: row.3 ? "\(row.0).bias" : nil, shape: Shape(row.1), node: index,
                isConvolution: row.1.count > 2, isTransposed: false)
            layer.groups = row.2
            layer.givesLogits = row.0 == "fc2"
            return layer
        }
    }()

    private func plan(_ entries: [(String, LayerPlan)]) -> CompressionPlan {
        CompressionPlan(layers: entries.map { .init(pattern: $0.0, plan: $0.1) })
    }

    private func keys(_ entries: [(String, LayerPlan)]) throws -> [String] { try plan(entries).idleParts(for: Self.layers).map(\.key) }

    private func made(_ change: (inout LayerPlan) -> Void) -> LayerPlan {
        var plan = LayerPlan()
        change(&plan)
        return plan
    }

    private let tucker = LayerPlan(weights: .factors(LowRank(.number(4), method: .tucker)))

    @Test("Each key that another one makes idle is named once, at its entry")
    func keys() throws {
        let blocks = PruningPattern(rawValue: "blocks 4")
        let cases: [(LayerPlan, [String])] = [
            (LayerPlan(pruning: .ratio(1)), []),
            (made { $0.pruning.scope = .global }, ["scope"]), (made { $0.pruning.deviation = .nonzero }, ["deviation"]),
            (made { $0.pruning = Pruning(criterion: .level, amount: 0.5, deviation: .nonzero) }, ["deviation"]),
            (made { $0.keep = 10 }, ["keep"]), (made { ($0.keep, $0.pruning) = (10, .level(0.5)) }, []),
            (made { ($0.pattern, $0.pruning) = (PruningPattern(rawValue: "2:4"), .level(0.5)) }, ["level"]),
            (made { ($0.pattern, $0.keep) = (PruningPattern(rawValue: "2:4"), 3) }, ["keep"]),
            (made { $0.pattern = PruningPattern(rawValue: "2:4") }, []), (made { $0.pattern = blocks }, ["pattern"]),
            (made { ($0.pattern, $0.pruning) = (blocks, Pruning(criterion: .level, amount: 0.5, scope: .global)) }, ["scope"]),
            (made { $0.biases = .float16 }, ["biases"]), (made { $0.activations = .sign }, []),
            (made { $0.coder = .pattern }, ["coder"]), (made { $0.coder = .bitmap }, []),
            (LayerPlan(weights: .linear(LinearQuantization(bits: 4, isPerChannel: true, group: 64))), ["linear.perChannel"]),
            (LayerPlan(weights: .shared(WeightSharing(bits: 4, start: .density, method: .optimal))), ["shared.start"]),
            (LayerPlan(weights: .shared(WeightSharing(bits: 4, start: .density, seed: 3))), ["shared.seed"]),
            (LayerPlan(weights: .shared(WeightSharing(bits: 4, start: .random, seed: 3))), []),
            (LayerPlan(weights: .factors(LowRank(.number(4), outputs: .number(2)))), ["factors.outputRank"]),
            (LayerPlan(weights: .factors(LowRank(.number(4), method: .tucker, outputs: .number(2)))), []),
        ]
        for (plan, expected) in cases { #expect(try keys([("conv1", plan)]) == expected.map { "conv1.\($0)" }, "\(plan)") }
        #expect(try keys([("depth", made { $0.pattern = PruningPattern(rawValue: "2:4") })]) == ["depth.pattern"])
        #expect(try keys([("fc2", made { $0.activations = .sign })]) == ["fc2.activations"])
        #expect(try keys([("*", made { ($0.activations, $0.biases) = (.sign, .float16) })]) == [])
        #expect(try keys([("conv1", made { ($0.biases, $0.bypass) = (.float16, true) })]) == [])
    }

    @Test("Plans of factors that no layer has, and those whose place another entry takes")
    func parts() throws {
        let four = LayerPlan(pruning: .level(0.5))
        #expect(try keys([("fc1.left", four)]) == ["fc1.left"])
        #expect(try keys([("conv1", tucker), ("conv1.middle", four)]) == [])
        var nested = tucker
        nested[.middle] = LayerPlan(pruning: Pruning(criterion: .level, amount: 0.5, deviation: .nonzero))
        #expect(try keys([("conv1", nested)]) == ["conv1.middle.deviation"])
        #expect(try keys([("conv1", nested), ("conv1.middle", four)]) == ["conv1.middle"])
        var dense = LayerPlan(weights: .factors(LowRank(.number(4))))
        #expect(try keys([("fc1", dense), ("*.middle", four), ("*.left", four)]) == ["*.middle"])
        dense.bypass = true
        #expect(try keys([("fc1", dense), ("fc1.left", four)]) == [])
        let sentence = try plan([("fc1.left", four)]).idleParts(for: Self.layers).first?.description
        #expect(sentence == "fc1.left has no effect: fc1 has no rank; give it one, as in 'factors: {rank: 16}', or leave it out")
    }

    @Test("An entry behind others, and a ranking of one layer")
    func entries() throws {
        let (one, global) = (LayerPlan(pruning: .ratio(1)), LayerPlan(pruning: Pruning(amount: 1, scope: .global)))
        #expect(try keys([("fc*", one), ("fc?", one), ("fc1", one), ("fc2.weight", one)]) == ["fc*", "fc?"])
        #expect(try keys([("fc1", global)]) == ["fc1.scope"])
        #expect(try keys([("fc1", global), ("conv1", global)]) == [])
        let other = LayerPlan(pruning: Pruning(amount: 1.5, scope: .global))
        #expect(try keys([("fc1", global), ("conv1", other)]) == ["fc1.scope", "conv1.scope"])
    }

    @Test("A layer is the same without a key that is named", arguments: 0..<4)
    func leftOut(seed: Int) throws {
        let layer = try LayerCase(seed: UInt64(seed), rows: 8, columns: 64)
        var count = 0
        for plan in LayerPlan.examples where !plan.readsOutputs && !plan.readsInputs && (try? plan.validate(for: layer.layer)) != nil {
            for part in try self.plan([("fc1", plan)]).idleParts(for: [layer.layer]) {
                let setting = try #require(LayerPlan.allSettings.first { "fc1.\($0.name)" == part.key })
                var (plain, without) = (LayerPlan.unchanged, plan)
                plain.weights = plan.weights.form.settings.taking(over: .float32)
                guard let value = setting.value(in: plain) else { continue }
                setting.set(value, in: &without)
                let made = try layer.compressed(plan, findsOptimum: false)
                let left = try layer.compressed(without, findsOptimum: false)
                #expect(without != plan && left.weights.floats == made.weights.floats && left.form == made.form, "\(part)")
                count += 1
            }
        }
        #expect(count > 10)
    }

    @Test("Policies that never act, that act on nothing, and keys of them")
    func schedules() {
        let weights = "conv1.weight"
        func stage(
            _ action: ScheduleAction, start: Int = 0, batches: Int? = nil, recipe: TrainingRecipe? = TrainingRecipe(epochs: 3)
        ) -> [String] {
            let policy = SchedulePolicy(name: "p", action: action, start: start, end: 9, batchFrequency: batches)
            let stage = CompressionSchedule.Stage(name: "one", recipe: recipe, policies: [policy])
            return CompressionSchedule(stages: [stage]).idleParts(for: Self.layers).map(\.key)
        }
        let penalty = StructurePenalty(kind: .lasso, terms: [weights: [StructureTerm(.filters, 0.1)]], keepsZeros: true)
        #expect(stage(.level([weights: 0.5])) == [] && stage(.level([:])) == ["one: policy p"])
        #expect(stage(.level([weights: 0.5]), start: 3) == ["one: policy p"])
        #expect(stage(.level([weights: 0.5]), recipe: nil) == ["one: policy p"])
        #expect(stage(.penalty(penalty)) == ["one: policy p.keep"])
        #expect(stage(.penalty(StructurePenalty(kind: .lasso, terms: [weights: []]))) == ["one: policy p"])
        #expect(stage(.bytes(ByteTerm(0.1))) == [] && stage(.bytes(ByteTerm(0, initial: 0.1))) == [])
        #expect(stage(.bytes(ByteTerm(0)), batches: 3) == ["one: policy p.lambda"])
        #expect(stage(.structures([:], by: .mean)) == ["one: policy p"])
        #expect(stage(.filters(FilterPolicy(weights: [weights], final: 0.5, seed: 4))) == ["one: policy p.seed"])
        #expect(stage(.filters(FilterPolicy(weights: [weights], final: 0.5, criterion: .random, seed: 4))) == [])
        #expect(stage(.rate(factors: [1: 0.1]), batches: 3) == ["one: policy p.batch-frequency"])
        #expect(stage(.level([weights: 0.5]), recipe: TrainingRecipe(epochs: 3, assignment: .fisher)) == ["one: train.assignment"])
        let levels = CompressionPlan(
            layers: [.init(pattern: "*", plan: LayerPlan(weights: .lattice(LatticeQuantization(step: 1))))])
        let found = CompressionSchedule.Stage(name: "one", plan: levels, recipe: TrainingRecipe(epochs: 3, assignment: .everyEpoch))
        #expect(CompressionSchedule(stages: [found]).idleParts(for: Self.layers).isEmpty)
        let warm = CompressionSchedule.Stage(name: "one", plan: CompressionPlan(temperature: 4), recipe: TrainingRecipe(epochs: 1))
        #expect(CompressionSchedule(stages: [warm]).idleParts(for: Self.layers).map(\.key) == ["one: plan.temperature"])
    }
}
