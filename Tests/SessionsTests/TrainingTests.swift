import Compression
import Foundation
import Networks
import Reports
import Sessions
import Tensors
import Testing

@Suite("Trainings in a session")
struct TrainingTests {
    let folder: TemporaryFolder
    let sessions: SessionFolder
    private let network = StateSample.network

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    private func make(_ name: String = "a") throws -> OpenSession {
        try OpenSession.create(name, in: sessions, identity: StateSample.identity, plan: StateSample.plan)
    }

    /// Leaves the session's files as a kill would: without folding in the log.
    private func killed(_ session: OpenSession, as name: String) throws {
        session.writer.drain()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: session.path + suffix, toPath: folder.path + "/\(name).sqlite" + suffix)
        }
        session.writer.close()
    }

    @Test("A best state that is written at the end, after later epochs, is not taken for the last one")
    func bestAtTheEnd() throws {
        let made = try make()
        made.writer.begin(StateSample.training("t"))
        made.writer.save(StateSample.record(3, training: "t", isBest: false), of: network)
        var best = StateSample.record(2, training: "t", isBest: true)
        best.history = StateSample.record(3, training: "t", isBest: false).history
        made.writer.save(best, of: network)
        made.writer.drain()
        let kept = try SessionFolder.read(path: made.path).trainings
        #expect(kept.first?.last == "state-3" && kept.first?.best == "state-2" && kept.first?.finishedEpochs == 3)
        made.writer.close()
    }

    @Test("A training that was cut off: the history stands at its last finished epoch, and undo leads to before it")
    func interruption() throws {
        let made = try make()
        made.writer.begin(StateSample.training("t"))
        for seed in 1...3 { made.writer.save(StateSample.record(UInt64(seed), training: "t", isBest: seed == 2), of: network) }
        try killed(made, as: "b")
        let opened = try OpenSession.open("b", in: sessions)
        #expect(opened.contents.interruption?.sentence == "retrain: interrupted after epoch 3 of 10")
        #expect(opened.contents.state == "state-3")
        #expect(opened.contents.history.changes.last?.label == "retrain: interrupted after epoch 3 of 10")
        #expect(StateSample.differences(try #require(try opened.state(of: network)), StateSample.state(3)) == [])
        #expect(opened.contents.states.map(\.id) == ["state-2", "state-3"])
        #expect(opened.contents.trainings.map(\.status) == [.interrupted])
        opened.writer.record(.applied(count: 0), plan: StateSample.plan, sequence: 1)
        opened.writer.close()
        let again = try OpenSession.open("b", in: sessions)
        defer { again.writer.close() }
        #expect(again.contents.interruption == nil && again.contents.state == nil)
        #expect(again.contents.history.changes.count == 1)
    }

    @Test("A stage with policies that was cut off: the plan is the one that they had led to, and undo brings the former back")
    func interruptedStage() throws {
        let made = try make()
        var training = StateSample.training("t")
        training.policies = [SchedulePolicy(name: "p", action: .level(["fc1.weight": 0.5]), start: 0, end: 1)]
        let stages = ["prune", "share"].map { CompressionSchedule.Stage(name: $0, recipe: training.recipe) }
        training.schedule = SchedulePlace(name: "mine", schedule: CompressionSchedule(stages: stages), index: 0)
        made.writer.begin(training)
        made.writer.save(StateSample.record(1, training: "t", isBest: true), of: network)
        try killed(made, as: "b")
        let opened = try OpenSession.open("b", in: sessions)
        defer { opened.writer.close() }
        #expect(opened.contents.trainings.last?.schedule == training.schedule)
        let state = StateSample.state(1)
        let change = try #require(opened.contents.history.changes.last)
        for (weight, layer) in state.layers {
            #expect(opened.contents.plan[weight] == layer.plan)
            #expect(change.after[weight] == layer.plan && change.before[weight] == StateSample.plan[weight])
        }
    }

    @Test("Cut off before its first epoch ended: the session is as before, and says so")
    func interruptionAtOnce() throws {
        let made = try make()
        made.writer.begin(StateSample.training("t"))
        try killed(made, as: "b")
        let opened = try OpenSession.open("b", in: sessions)
        defer { opened.writer.close() }
        #expect(opened.contents.interruption?.sentence == "retrain: interrupted before the end of epoch 1 of 10")
        #expect(opened.contents.state == nil && opened.contents.history.changes.isEmpty)
    }

    @Test("At its end only best, last, and what history and snapshots refer to are kept, with the blobs that they use")
    func sweep() throws {
        let made = try make()
        made.writer.begin(StateSample.training("t"))
        for seed in 1...6 { made.writer.save(StateSample.record(UInt64(seed), training: "t", isBest: seed == 2), of: network) }
        let move = PlanChange(
            label: "epoch 3", key: "state", time: 1, before: [:], after: [:], state: .init(before: nil, after: "state-3"))
        made.writer.record(.put(move, position: 0), plan: StateSample.plan, sequence: 1)
        made.writer.record(.applied(count: 0), plan: StateSample.plan, sequence: 2)
        made.writer.end(training: "t", as: .stopped, message: "enough", at: 9)
        made.writer.drain()
        let contents = try SessionFolder.read(path: made.path)
        #expect(contents.states.map(\.id) == ["state-2", "state-3", "state-6"])
        let training = try #require(contents.trainings.first)
        #expect(training.status == .stopped && training.last == "state-6" && training.best == "state-2" && training.ended == 9)
        #expect(training.finishedEpochs == 6 && training.sentence == "retrain: stopped after epoch 6 of 10 (enough)")
        made.writer.begin(StateSample.training("u", started: 2))
        made.writer.save(StateSample.record(7, training: "u", isBest: true), of: network)
        made.writer.end(training: "u", as: .finished, at: 10)
        made.writer.close()
        let later = try SessionFolder.read(path: made.path)
        #expect(later.states.map(\.id) == ["state-3", "state-7"])
        for seed in [3, 7] as [UInt64] {
            let state = try SessionFolder.state("state-\(seed)", path: made.path, of: network)
            #expect(StateSample.differences(state, StateSample.state(seed)) == [])
        }
    }

    @Test("A parent that is dropped hands its children to its own parent")
    func parents() throws {
        let made = try make()
        for (id, parent) in [("a", nil), ("b", "a"), ("c", "b"), ("d", "c")] as [(String, String?)] {
            made.writer.save(StateRecord(state: StateSample.state(1, id: id), parent: parent, created: 1), of: network)
        }
        for (position, id) in ["a", "d"].enumerated() {
            let change = PlanChange(label: id, key: id, time: 1, before: [:], after: [:], state: .init(before: nil, after: id))
            made.writer.record(.put(change, position: position), plan: StateSample.plan, sequence: 1)
        }
        made.writer.close()
        let again = try OpenSession.open("a", in: sessions)
        defer { again.writer.close() }
        #expect(again.contents.states.map(\.id) == ["a", "d"])
        #expect(again.contents.states.map(\.parent) == [nil, "a"])
    }

    @Test("Knobs turned meanwhile are there again in order, each training its own")
    func knobs() throws {
        let made = try make()
        let turns = (0..<20).map { (index: Int) -> KnobTurn in
            KnobTurn(
                training: index % 2 == 0 ? "t" : "u", epoch: 1 + index / 7, batch: index, time: Int64(index),
                plan: CompressionPlan(temperature: Double(index) + 1))
        }
        made.writer.begin(StateSample.training("t"))
        turns.forEach(made.writer.log)
        made.writer.close()
        for training in ["t", "u"] {
            #expect(try SessionFolder.knobs(training: training, path: made.path) == turns.filter { $0.training == training })
        }
    }

    @Test("A copy of a session whose training another Pare runs: not running there, and not taken for a crash")
    func copies() throws {
        let first = try make()
        first.writer.begin(StateSample.training("t"))
        first.writer.save(StateSample.record(1, training: "t"), of: network)
        first.writer.drain()
        let second = try OpenSession.open("a", in: sessions)
        #expect(second.contents.interruption == nil && second.contents.state == nil)
        second.writer.save(StateSample.record(2), of: network)
        second.writer.close()
        #expect(try SessionFolder.read(path: sessions.path(of: "a-2")).trainings.map(\.status) == [.interrupted])
        #expect(try SessionFolder.read(path: first.path).trainings.map(\.status) == [.running])
        first.writer.close()
    }
}
