import Compression
import Foundation
import GRDB
import Networks
import Reports
import Sessions
import Tensors
import Testing

@Suite("Trained states in a session")
struct StateTests {
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

    private func move(_ before: String?, _ after: String?) -> PlanChange {
        PlanChange(label: "retrain", key: "state", time: 1, before: [:], after: [:], state: .init(before: before, after: after))
    }

    private func turn(_ ratio: Double) -> PlanChange {
        PlanChange(
            label: "fc1 ratio", key: "fc1.weight/amount", time: 1, before: ["fc1.weight": LayerPlan()],
            after: ["fc1.weight": LayerPlan(pruning: .ratio(ratio))])
    }

    private func snapshot(_ name: String, state: String?) -> Snapshot {
        Snapshot(
            id: 0, name: name, note: "", created: 5, plan: StateSample.plan,
            report: Report(
                network: StateSample.identity.network, data: nil, accuracy: nil, bytes: NetworkBytes(original: 40, compressed: nil),
                sparsity: 0, plan: StateSample.plan, layers: [],
                environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1)), state: state)
    }

    private func loaded(_ session: OpenSession, _ id: String) throws -> TrainedState {
        try SessionFolder.state(id, path: session.path, of: network)
    }

    /// Runs SQL on a session that nobody has open.
    private func edit(_ path: String, _ sql: String, _ arguments: StatementArguments = []) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: sql, arguments: arguments) }
        try database.close()
    }

    @Test("20 seeded states come back to the bit, in another opening and through the writer")
    func roundTrip() throws {
        let made = try make()
        for seed in 1...20 { made.writer.save(StateSample.record(UInt64(seed)), of: network) }
        // Something must refer to a state, or it is dropped at the next opening.
        for seed in 1...20 { made.writer.save(snapshot("s\(seed)", state: "state-\(seed)")) }
        made.writer.load("state-7", of: network)
        #expect(made.writer.drain())
        let events = made.writer.takeEvents()
        #expect(events.compactMap { if case .stateSaved(let id) = $0 { id } else { nil } } == (1...20).map { "state-\($0)" })
        let seventh = events.compactMap { if case .stateLoaded(let state) = $0 { state } else { nil } }
        #expect(seventh.map { StateSample.differences($0, StateSample.state(7)) } == [[]])
        made.writer.close()
        let again = try OpenSession.open("a", in: sessions)
        defer { again.writer.close() }
        for seed in 1...20 {
            #expect(StateSample.differences(try loaded(again, "state-\(seed)"), StateSample.state(UInt64(seed))) == [])
        }
        #expect(again.contents.snapshots.map(\.state) == (1...20).map { "state-\($0)" })
        let summary = try #require(again.contents.states.last)
        let zeros = StateSample.state(20).layers.values.reduce(0) { $0 + $1.compressed.summary.zeros }
        #expect(summary.sparsity == Double(zeros) / 1600)
        #expect(summary.accuracy == 0.8 + 0.001 * 20)
        #expect(summary.plan == StateSample.plan && summary.epochs == 20 && summary.note == "epoch 20")
    }

    @Test("The accuracy beside a state's epochs is that of this epoch, whatever epochs came after it")
    func accuracyOfKeptEpoch() throws {
        let made = try make()
        var record = StateSample.record(3)
        record.history = StateSample.epochs(7)
        made.writer.save(record, of: network)
        made.writer.save(snapshot("kept", state: "state-3"))
        var unmeasured = StateSample.record(4)
        unmeasured.history = []
        made.writer.save(unmeasured, of: network)
        made.writer.save(snapshot("unmeasured", state: "state-4"))
        #expect(made.writer.drain())
        made.writer.close()
        let states = try SessionFolder.read(path: made.path).states
        #expect(states.map(\.epochs) == [3, 4] && states.map(\.accuracy) == [0.8 + 0.001 * 3, nil])
    }

    @Test("A learned clip, which the network does not have, comes back; another stranger does not")
    func clips() throws {
        let made = try make()
        for (seed, name) in [(UInt64(1), "fc1.clip"), (2, "fc9.clip")] {
            var record = StateSample.record(seed)
            record.state.parameters[name] = Tensor(shape: [1], floats: [2.5])
            made.writer.save(record, of: network)
        }
        #expect(made.writer.drain())
        #expect(try loaded(made, "state-1").parameters["fc1.clip"]?.floats == [2.5])
        #expect(throws: SessionError.self) { try loaded(made, "state-2") }
        made.writer.close()
    }

    @Test("A tensor that is kept already, or is the network's own, takes no bytes")
    func sharing() throws {
        let made = try make()
        made.writer.save(StateRecord(state: StateSample.untouched(id: "same"), parent: nil, created: 1), of: network)
        made.writer.save(StateSample.record(1), of: network)
        made.writer.save(StateRecord(state: StateSample.state(1, id: "twin"), parent: "state-1", created: 2), of: network)
        var half = StateSample.state(1, id: "half")
        half.parameters["fc1.bias"] = StateSample.state(2).parameters["fc1.bias"]
        made.writer.save(StateRecord(state: half, parent: "state-1", created: 3), of: network)
        made.writer.drain()
        let contents = try SessionFolder.read(path: made.path)
        let bytes = Dictionary(uniqueKeysWithValues: contents.states.map { ($0.id, $0.bytes) })
        #expect(bytes["same"] == 0)
        #expect(bytes["twin"] == bytes["state-1"])
        let stored = try DatabaseQueue(path: made.path).read {
            (
                try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM blob"), try Int.fetchOne($0, sql: "SELECT SUM(LENGTH(bytes)) FROM blob")
            )
        }
        // fc1's float and pruned weights, fc1's bias and another one, fc2's weights once for both places.
        #expect(stored.0 == 5)
        #expect(stored.1 == (bytes["state-1"] ?? 0) + 160)
        #expect(try StateSample.differences(loaded(made, "same"), StateSample.untouched(id: "same")) == [])
        #expect(try StateSample.differences(loaded(made, "half"), half) == [])
        made.writer.close()
    }

    @Test("Undo goes back to before a training and redo comes forward, also after opening again")
    func undo() throws {
        let made = try make()
        made.writer.record(.put(turn(1), position: 0), plan: StateSample.plan, sequence: 1)
        made.writer.save(StateSample.record(3), of: network)
        made.writer.record(.put(move(nil, "state-3"), position: 1), plan: StateSample.plan, sequence: 2)
        made.writer.record(.put(turn(2), position: 2), plan: StateSample.plan, sequence: 3)
        made.writer.close()
        for (applied, state) in [(3, "state-3"), (2, "state-3"), (1, nil), (0, nil), (2, "state-3")] {
            let session = try OpenSession.open("a", in: sessions)
            session.writer.record(.applied(count: applied), plan: StateSample.plan, sequence: 1)
            session.writer.close()
            let again = try OpenSession.open("a", in: sessions)
            #expect(again.contents.state == state)
            let found = try again.state(of: network)
            #expect(found.map { StateSample.differences($0, StateSample.state(3)) } == (state == nil ? nil : []))
            again.writer.close()
        }
        let last = try OpenSession.open("a", in: sessions)
        last.writer.record(.applied(count: 1), plan: StateSample.plan, sequence: 1)
        last.writer.record(.put(turn(9), position: 1), plan: StateSample.plan, sequence: 2)
        last.writer.close()
        let dropped = try OpenSession.open("a", in: sessions)
        defer { dropped.writer.close() }
        #expect(dropped.contents.states.isEmpty)
    }

    @Test("A damaged blob is an error with state and tensor; the session opens all the same")
    func damage() throws {
        let made = try make()
        made.writer.save(StateSample.record(1), of: network)
        made.writer.record(.put(move(nil, "state-1"), position: 0), plan: StateSample.plan, sequence: 1)
        made.writer.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: made.path))
        var generator = SeededGenerator(seed: 3)
        let tensors = try DatabaseQueue(path: made.path).read { db in
            try Row.fetchAll(db, sql: "SELECT kind, name, sha256, bytes FROM stateTensor JOIN blob USING (sha256) WHERE NOT isOriginal")
        }
        #expect(tensors.count == 6)
        for _ in 0..<60 {
            try whole.write(to: URL(fileURLWithPath: made.path))
            let row = tensors[Int.random(in: 0..<tensors.count, using: &generator)]
            let (hash, old): (Data, Data) = (row["sha256"], row["bytes"])
            var bytes = old
            while bytes == old { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            if generator.uniform() < 0.2 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator)) }
            try edit(made.path, "UPDATE blob SET bytes = ? WHERE sha256 = ?", [bytes, hash])
            let opened = try OpenSession.open("a", in: sessions)
            defer { opened.writer.close() }
            #expect(opened.contents.state == "state-1")
            do throws(SessionError) {
                _ = try opened.state(of: network)
                Issue.record("the damage was not noticed")
            } catch {
                guard case .damagedState("state-1", let part, made.path, _) = error else {
                    Issue.record("\(error)")
                    continue
                }
                let name: String = row["name"]
                #expect([name, name.replacing("weight", with: "bias")].contains(part))
            }
        }
    }

    @Test("Rows that are gone, another network and an unknown id are errors")
    func refusals() throws {
        let made = try make()
        made.writer.save(StateSample.record(1), of: network)
        made.writer.record(.put(move(nil, "state-1"), position: 0), plan: StateSample.plan, sequence: 1)
        made.writer.close()
        #expect(throws: SessionError.noState(id: "x", path: made.path)) { try loaded(made, "x") }
        var other = network
        other.parameters["fc2.bias"]?.values = Tensor(shape: [10], floats: [Float](repeating: 1, count: 10))
        #expect {
            try SessionFolder.state("state-1", path: made.path, of: other)
        } throws: { error in
            guard case .damagedState("state-1", "fc2.bias", made.path, _)? = error as? SessionError else { return false }
            return true
        }
        other.parameters["fc2.bias"]?.values = Tensor(shape: [11], floats: [Float](repeating: 1, count: 11))
        #expect(throws: SessionError.self) { try SessionFolder.state("state-1", path: made.path, of: other) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: made.path))
        for sql in [
            "DELETE FROM stateTensor WHERE kind = 'parameter' AND name = 'fc2.bias'", "DELETE FROM stateTensor WHERE kind = 'bias'",
            "DELETE FROM stateLayer WHERE weight = 'fc1.weight'", "DELETE FROM blob", "UPDATE stateTensor SET shape = '[30,40]'",
            "UPDATE stateTensor SET shape = 'x'", "UPDATE stateTensor SET type = 'float16'", "UPDATE blob SET encoding = 'new'",
            "UPDATE stateLayer SET value = '{}'", "DELETE FROM state",
        ] {
            try whole.write(to: URL(fileURLWithPath: made.path))
            try edit(made.path, sql)
            let opened = try OpenSession.open("a", in: sessions)
            #expect(throws: SessionError.self, "\(sql)") { try opened.state(of: network) }
            opened.writer.load("state-1", of: network)
            opened.writer.close()
            let answers = opened.writer.takeEvents().count { if case .stateNotLoaded("state-1", _) = $0 { true } else { false } }
            #expect(answers == 1)
        }
    }

    @Test("A file of the first format is read as it is, brought up to date when written, and copies keep states")
    func migration() throws {
        let made = try make()
        made.writer.record(.put(turn(1), position: 0), plan: StateSample.plan, sequence: 1)
        made.writer.save(snapshot("one", state: nil))
        made.writer.close()
        try edit(
            made.path,
            """
            DROP TABLE knob; DROP TABLE training; DROP TABLE stateLayer; DROP TABLE stateTensor; DROP TABLE blob; DROP TABLE state;
            ALTER TABLE snapshot DROP COLUMN state; PRAGMA user_version = 1;
            """)
        let old = try Data(contentsOf: URL(fileURLWithPath: made.path))
        let read = try SessionFolder.read(path: made.path)
        #expect(read.snapshots.map(\.state) == [nil] && read.states.isEmpty && read.trainings.isEmpty && read.state == nil)
        #expect(throws: SessionError.noState(id: "x", path: made.path)) { try loaded(made, "x") }
        #expect(try SessionFolder.knobs(training: "x", path: made.path) == [])
        #expect(try Data(contentsOf: URL(fileURLWithPath: made.path)) == old)
        let again = try OpenSession.open("a", in: sessions)
        #expect(again.contents.history.changes == [turn(1)] && again.contents.snapshots.map(\.name) == ["one"])
        again.writer.save(StateSample.record(4), of: network)
        again.writer.record(.put(move(nil, "state-4"), position: 1), plan: StateSample.plan, sequence: 1)
        again.writer.close()
        let copy = folder.path + "/copy.sqlite"
        try SessionFolder.export(path: made.path, to: copy)
        #expect(try SessionFolder.read(path: copy).state == "state-4")
        #expect(StateSample.differences(try SessionFolder.state("state-4", path: copy, of: network), StateSample.state(4)) == [])
    }

    @Test("The shipped example, whatever its format, is opened read-only and takes a state in its copy")
    func shipped() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let examples = root.appendingPathComponent("Sessions/Examples").path
        let both = SessionFolder(own: folder.path, shipped: [examples])
        let opened = try OpenSession.open("deep-compression", in: both)
        let before = opened.contents
        opened.writer.save(StateSample.record(5), of: network)
        opened.writer.record(
            .put(move(before.state, "state-5"), position: before.history.applied), plan: before.plan, sequence: 1)
        #expect(opened.writer.close())
        let copy = try SessionFolder.read(path: folder.path + "/deep-compression.sqlite")
        #expect(copy.state == "state-5")
        #expect(copy.snapshots.map(\.name) == before.snapshots.map(\.name))
        chmod(folder.path + "/deep-compression.sqlite", 0o444)
        #expect(
            StateSample.differences(
                try SessionFolder.state("state-5", path: folder.path + "/deep-compression.sqlite", of: network), StateSample.state(5)) == []
        )
    }

    @Test("120 mutated files with states: an error each or a whole session, never a crash")
    func mutations() throws {
        let made = try make()
        made.writer.begin(StateSample.training("t"))
        for seed in 1...3 { made.writer.save(StateSample.record(UInt64(seed), training: "t"), of: network) }
        made.writer.log(KnobTurn(training: "t", epoch: 1, batch: 3, time: 1, plan: StateSample.plan))
        made.writer.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: made.path))
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<120 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                mutant[Int.random(in: 0..<mutant.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let path = folder.path + "/mutant.sqlite"
            for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try mutant.write(to: URL(fileURLWithPath: path))
            do throws(SessionError) {
                let opened = try OpenSession.open("mutant", in: sessions)
                defer { opened.writer.close() }
                guard let state = try opened.state(of: network), let seed = UInt64(state.id.dropFirst(6)) else { continue }
                let tensors = StateSample.differences(state, StateSample.state(seed)).filter { network.parameters[$0] != nil }
                #expect(tensors == [])
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}
