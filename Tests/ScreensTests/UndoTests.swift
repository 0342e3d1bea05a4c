import Compression
import Frames
import Networks
import Reports
import Screens
import Sessions
import Tensors
import Testing

@Suite("Undo")
struct UndoTests {
    @Test("steps without a pause of 500 ms are one entry, named from first to last value")
    func mergesSteps() {
        var desk = Desk()
        desk.press([.down, .down])
        desk.press(.right)
        for _ in 0..<9 { desk.press(.right, after: 499) }
        #expect(desk.explorer.history.changes.map(\.label) == ["fc1 ratio 0.00 → 0.50"])
        desk.press(.right, after: 500)
        #expect(desk.explorer.history.changes.map(\.label) == ["fc1 ratio 0.00 → 0.50", "fc1 ratio 0.50 → 0.55"])
        desk.press(.tab)
        desk.press(.enter)
        desk.type("4")
        desk.press(.enter)
        #expect(desk.explorer.history.changes.last?.label == "fc1 bits 32 → 4")
        desk.type("u")
        #expect(desk.explorer.message?.text == "undo: fc1 bits 32 → 4")
        #expect(desk.plan == LayerPlan(pruning: .ratio(0.55)))
        desk.press(.control("r"))
        #expect(desk.explorer.message?.text == "redo: fc1 bits 32 → 4")
        #expect(desk.plan.weights.bits == 4)
    }

    @Test("another layer, another knob, undo and a pause end an entry; a step back to the start takes it away")
    func endsEntries() {
        var desk = Desk()
        desk.press(.right, after: 10)
        desk.press(.down, after: 10)
        desk.press(.right, after: 10)
        desk.type("b", after: 10)
        desk.press(.left, after: 10)
        #expect(desk.explorer.history.changes.count == 3)
        desk.type("u", after: 10)
        desk.press(.left, after: 10)
        #expect(desk.explorer.history.changes.count == 3)
        desk.press(.right, after: 10)
        #expect(desk.explorer.history.changes.count == 2)
        #expect(desk.explorer.history.applied == 2)
    }

    @Test("every keystroke's change is handed to the writer, merged ones at the same place, with the plan after it")
    func recordsEachStep() throws {
        var desk = Desk()
        desk.press(.right)
        desk.press(.right, after: 100)
        desk.type("u")
        desk.press(.control("r"))
        let records = desk.effects.compactMap { effect -> (HistoryChange, Double, UInt64)? in
            guard case .record(let change, let plan, let sequence) = effect else { return nil }
            return (change, plan["conv1.weight"].pruning.amount, sequence)
        }
        #expect(records.map(\.2) == [1, 2, 3, 4])
        #expect(records.map(\.1) == [0.05, 0.1, 0, 0.1])
        let changes = desk.explorer.history.changes
        let last = try #require(changes.last)
        #expect(records[1].0 == .put(last, position: 0))
        #expect(records[2].0 == .applied(count: 0) && records[3].0 == .applied(count: 1))
        #expect(last.time == 1_000_000 + 1_100)
        #expect(desk.explorer.session.word == "saved")
    }

    @Test("the records alone rebuild the history, whatever the keys", arguments: 0..<20)
    func recordsRebuildHistory(seed: Int) {
        var desk = Desk(isEngineOn: false)
        let start = desk.explorer.plan
        var generator = SeededGenerator(seed: UInt64(seed))
        let keys: [Key] = [
            .right, .right, .left, .shiftRight, .up, .down, .tab, .character("u"), .character("u"), .control("r"), .character("a"),
            .character(" "), .character("%"), .character("0"), .character("p"), .character("b"), .character("w"), .character("T"),
        ]
        for _ in 0..<300 {
            desk.press(keys.randomElement(using: &generator) ?? .right, after: Int64.random(in: 1...900, using: &generator))
        }
        #expect(Self.rebuilt(desk.effects) == desk.explorer.history)
        let last = desk.explorer.plan
        let applied = desk.explorer.history.applied
        for _ in 0..<applied { desk.type("u") }
        #expect(desk.explorer.plan == start)
        #expect(desk.explorer.history.applied == 0)
        for _ in 0..<applied { desk.press(.control("r")) }
        #expect(desk.explorer.plan == last)
    }

    /// What a session writer keeps.
    private static func rebuilt(_ effects: [Effect]) -> PlanHistory {
        var history = PlanHistory()
        for case .record(let record, _, _) in effects {
            switch record {
            case .put(let change, let position):
                history.changes.removeSubrange(position...)
                history.changes.append(change)
                history.applied = position + 1
            case .truncate(let count):
                history.changes.removeSubrange(count...)
                history.applied = count
            case .applied(let count): history.applied = count
            }
        }
        return history
    }

    @Test("a restored snapshot brings its temperature and loss weights, and undo takes both back")
    func restoresLossWeights() throws {
        var opening = Samples.opening()
        let kept = CompressionPlan(temperature: 3, lossWeights: LossWeights(distillation: 0.4, student: 0.6))
        let report = Report(
            network: NetworkIdentity(name: "sample", parameters: 1, sha256: nil, fileBytes: nil), data: nil, accuracy: nil,
            bytes: NetworkBytes(original: 4, compressed: nil), sparsity: 0, plan: kept, layers: [],
            environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1))
        opening.snapshots = [Snapshot(id: 1, name: "soft", note: "", created: 1, plan: kept, report: report)]
        var desk = Desk(opening)
        let before = desk.explorer.plan
        desk.type("S")
        let session = SessionSummary(
            name: "first-try", path: "first-try.sqlite", networkName: "sample", networkSHA256: nil, modified: 1,
            snapshots: opening.snapshots.map(SnapshotSummary.init), isReadOnly: false)
        desk.send(.session(.sessions([session])))
        desk.press([.down, .enter])
        #expect(desk.explorer.plan.lossWeights == kept.lossWeights && desk.explorer.temperature == 3)
        desk.type("u")
        #expect(desk.explorer.plan == before)
        desk.press(.control("r"))
        #expect(desk.explorer.plan.lossWeights == kept.lossWeights)
    }

    @Test("the history of the last time can be undone after a restart")
    func survivesRestart() {
        var desk = Desk()
        desk.press([.shiftRight, .shiftRight])
        var opening = Samples.opening()
        opening.plan = desk.explorer.resolvedPlan
        opening.history = desk.explorer.history
        var second = Desk(opening)
        second.press(.right, after: 1)
        #expect(second.explorer.history.changes.count == 3)
        second.type("uuu")
        #expect(second.plan == .unchanged)
    }
}
