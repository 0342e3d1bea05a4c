import Compression
import Engine
import Networks
import Reports
import Screens
import Sessions
import Tensors
import Testing

/// The parts of the explorer alone: what always holds of them, whatever was done.
@Suite("Parts of the explorer")
struct PartsTests {
    private static let layers = Samples.network.layers
    private static let states = ["first", "second"].map {
        TrainedState(id: $0, parameters: [:], layers: [:], plan: CompressionPlan(), recipe: TrainingRecipe(), epochs: 1)
    }

    private static func desk() throws -> PlanDesk {
        var desk = PlanDesk(Samples.network, plan: .unchanged)
        for layer in layers {
            let weights = try #require(Samples.network.parameters[layer.weight]).values
            desk.take(try WeightDistribution(weights), of: layer.weight)
        }
        states.forEach { desk.keep($0) }
        return desk
    }

    private static func randomPlan(_ desk: PlanDesk, _ generator: inout SeededGenerator) -> ResolvedPlan {
        var plan = desk.plan
        let layer = layers[Int.random(in: 0..<layers.count, using: &generator)]
        plan[layer.weight].pruning.amount = Double(Int.random(in: 0...3, using: &generator)) / 4
        plan[layer.weight].pruning.scope = Bool.random(using: &generator) ? .global : .layer
        plan[layer.weight].pruning.criterion = Bool.random(using: &generator) ? .ratio : .level
        plan.temperature = Double(Int.random(in: 1...3, using: &generator))
        return plan
    }

    @Test("after any change, undo, redo and move the rules are those of the plan, and the generation has risen with it", arguments: 0..<8)
    func deskHolds(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var desk = try Self.desk()
        var time: Int64 = 0
        for _ in 0..<300 {
            let before = (plan: desk.plan, base: desk.base?.id, generation: desk.generation)
            time += .random(in: 1...900, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: _ = desk.undo()
            case 1: _ = desk.redo()
            case 2:
                let state = (Self.states.map(\.id) + [nil, "unread"]).randomElement(using: &generator) ?? nil
                let move = PlanChange.StateChange(before: desk.base?.id, after: state)
                let kind = ChangeKind(key: "state", isStep: false, time: time) { _ in "move" }
                _ = desk.change(to: Self.randomPlan(desk, &generator), kind, state: move)
            case 3: desk.forgetStates(but: Self.states.map(\.id))
            default:
                let kind = ChangeKind(key: "knob", isStep: Bool.random(using: &generator), time: time) { _ in "turn" }
                _ = desk.change(to: Self.randomPlan(desk, &generator), kind)
            }
            #expect(desk.rules == desk.plan.pruningRules(distributions: desk.distributions))
            let isOther = desk.plan != before.plan || desk.base?.id != before.base
            #expect(isOther ? desk.generation > before.generation : desk.generation >= before.generation)
            for layer in Self.layers where desk.plan[layer.weight] != before.plan[layer.weight] || desk.base?.id != before.base {
                #expect(desk.lastChange(of: layer.weight) > before.generation)
            }
            #expect(desk.history.changes.allSatisfy { !$0.changesNothing })
            #expect((0...desk.history.changes.count).contains(desk.history.applied))
            #expect(desk.awaitedState == nil || desk.awaitedState == "unread")
        }
        let entries = desk.history.changes.count
        while desk.undo() != nil {}
        #expect(desk.plan == ResolvedPlan.unchanged.covering(Self.layers) && desk.history.applied == 0)
        var redone = 0
        while desk.redo() != nil { redone += 1 }
        #expect(redone == entries)
    }

    @Test("steps of one knob are one entry until half a second passes or something is undone; a step and its opposite are none")
    func mergesSteps() throws {
        var desk = try Self.desk()
        func step(_ temperature: Double, at time: Int64) -> HistoryChange? {
            var plan = desk.plan
            plan.temperature = temperature
            return desk.change(to: plan, ChangeKind(key: "T", isStep: true, time: time) { _ in "T" })
        }
        #expect(step(6, at: 0) != nil && step(7, at: 499) != nil)
        #expect(desk.history.changes.count == 1 && desk.history.changes[0].temperatureBefore == 5)
        #expect(step(8, at: 1_000) != nil && desk.history.changes.count == 2)
        #expect(step(7, at: 1_100) == .truncate(count: 1) && desk.history.changes.count == 1)
        #expect(step(7, at: 1_200) == nil)
        #expect(desk.undo()?.label == "T" && desk.plan.temperature == 5)
        #expect(step(6, at: 1_201) != nil && desk.history.changes.count == 1)
    }

    @Test("no figure gives way to an older one, and the trend goes on in the order of the plans", arguments: 0..<4)
    func findingsHold(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var findings = Findings(dataset: Samples.dataset)
        func stamps() -> [UInt64] {
            [findings.accuracy?.generation, findings.bytes?.generation, findings.file?.generation, findings.settled].map { $0 ?? 0 }
        }
        for step in 0..<4_000 {
            let generation = UInt64(max(0, step / 4 + .random(in: -3...3, using: &generator)))
            let before = stamps()
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: findings.take(.accuracy(.sample(lost: step % 5), generation: generation))
            case 1: findings.take(.network(NetworkBytes(original: 2, compressed: 1), sparsity: 0.5, generation: generation))
            case 2: findings.take(.file(FileBytes(total: step, layers: [:]), generation: generation))
            case 3: findings.take(.timeLeft(seconds: 1, generation: generation))
            default: findings.take(.settled(generation: generation))
            }
            #expect(zip(before, stamps()).allSatisfy { $0 <= $1 })
            #expect(zip(findings.trend, findings.trend.dropFirst()).allSatisfy { $0.generation < $1.generation })
            #expect(findings.trend.last?.generation == findings.accuracy?.generation)
        }
        #expect(findings.trend.count == 240)
        findings.take(.failed(.noData, generation: 0))
        #expect(findings.accuracy?.generation == 0 && findings.bytes?.generation != 0)
    }
}
