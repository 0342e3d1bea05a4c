import Compression
import Foundation
import Networks
import Reports
import Sessions
import Tensors
import Testing

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = (NSTemporaryDirectory() as NSString).appendingPathComponent("pare-sessions-" + UUID().uuidString)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        chmod(path, 0o755)
        try? FileManager.default.removeItem(atPath: path)
    }
}

private let identity = SessionIdentity(
    network: NetworkIdentity(name: "tiny", parameters: 10, sha256: "ab", fileBytes: 40), networkPath: "tiny.onnx",
    data: DataIdentity(name: "none", split: .validation, count: 0, sha256: nil))

private func plan(_ ratio: Double) -> CompressionPlan {
    CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .ratio(ratio)))])
}

private func change(_ from: Double, _ to: Double) -> PlanChange {
    PlanChange(
        label: "fc1 ratio \(from) → \(to)", key: "fc1.weight/ratio", time: 1, before: ["fc1.weight": LayerPlan(pruning: .ratio(from))],
        after: ["fc1.weight": LayerPlan(pruning: .ratio(to))])
}

private func snapshot(_ name: String, _ plan: CompressionPlan) -> Snapshot {
    Snapshot(
        id: 0, name: name, note: "a note", created: 5, plan: plan,
        report: Report(
            network: identity.network, data: identity.data, accuracy: nil, bytes: NetworkBytes(original: 40, compressed: 8, others: 4),
            sparsity: 0, plan: plan, layers: [],
            environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1)))
}

@Suite("Sessions")
struct SessionsTests {
    @Test("What was recorded is there again after opening: plan, history, position, snapshots")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let made = try OpenSession.create("first try", in: sessions, identity: identity, plan: plan(0))
        made.writer.record(.put(change(0, 0.5), position: 0), plan: plan(0.5), sequence: 1)
        made.writer.record(.put(change(0, 0.7), position: 0), plan: plan(0.7), sequence: 2)
        made.writer.record(.put(change(0.7, 1), position: 1), plan: plan(1), sequence: 3)
        made.writer.save(snapshot("one", plan(1)))
        made.writer.record(.applied(count: 1), plan: plan(0.7), sequence: 4)
        #expect(made.writer.close())
        let again = try OpenSession.open("first try", in: sessions)
        defer { again.writer.close() }
        #expect(again.mode == .writable)
        #expect(again.contents.plan == plan(0.7))
        #expect(again.contents.history == PlanHistory(changes: [change(0, 0.7), change(0.7, 1)], applied: 1))
        #expect(again.contents.snapshots.map(\.name) == ["one"])
        #expect(again.contents.snapshots.first?.plan == plan(1))
        #expect(again.contents.identity == identity)
    }

    @Test("A change after an undo drops what could be redone")
    func truncation() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let made = try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0))
        for position in 0..<5 {
            made.writer.record(.put(change(Double(position), Double(position + 1)), position: position), plan: plan(1), sequence: 1)
        }
        made.writer.record(.applied(count: 2), plan: plan(2), sequence: 2)
        made.writer.record(.put(change(2, 9), position: 2), plan: plan(9), sequence: 3)
        made.writer.close()
        let contents = try SessionFolder.read(path: made.path)
        #expect(contents.history.applied == 3)
        #expect(contents.history.changes.map { $0.after["fc1.weight"]?.pruning.amount } == [1, 2, 9])
    }

    @Test("Everything acknowledged is in the file while the writer still runs, as after a kill")
    func survivesWithoutClosing() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let made = try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0))
        for step in 0..<50 {
            made.writer.record(.put(change(0, Double(step)), position: 0), plan: plan(Double(step)), sequence: UInt64(step))
        }
        #expect(made.writer.drain())
        let written = made.writer.takeEvents().compactMap { if case .written(let sequence) = $0 { sequence } else { nil } }
        #expect(written.last == 49)
        let copy = folder.path + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: made.path + suffix, toPath: copy + "/a.sqlite" + suffix)
        }
        #expect(try SessionFolder.read(path: copy + "/a.sqlite").plan == plan(49))
        made.writer.close()
    }

    @Test("A second opening finds the lock and works on a copy from the first change on")
    func secondPare() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let first = try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0))
        first.writer.record(.put(change(0, 1), position: 0), plan: plan(1), sequence: 1)
        first.writer.drain()
        let second = try OpenSession.open("a", in: sessions)
        #expect(second.mode == .copyOnChange(reason: "another Pare has it open"))
        #expect(second.contents.plan == plan(1))
        second.writer.record(.put(change(1, 2), position: 1), plan: plan(2), sequence: 1)
        #expect(second.writer.close())
        let copies = second.writer.takeEvents().compactMap { if case .copied(let name, _) = $0 { name } else { nil } }
        #expect(copies == ["a-2"])
        first.writer.close()
        #expect(try SessionFolder.read(path: first.path).plan == plan(1))
        #expect(try SessionFolder.read(path: sessions.path(of: "a-2")).plan == plan(2))
    }

    @Test("Locks that a kill left go with the next opening; one that is held, and what is no lock of Pare's, stay")
    func leftLocks() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0)).writer.close()
        let held = try OpenSession.create("held", in: sessions, identity: identity, plan: plan(0))
        for name in ["a", "gone", "other"] {
            try Data(name == "other" ? [1] : []).write(to: URL(fileURLWithPath: folder.path + "/\(name).sqlite.lock"))
        }
        try OpenSession.open("a", in: sessions).writer.close()
        #expect(folder.names.filter { $0.hasSuffix(".lock") } == ["held.sqlite.lock", "other.sqlite.lock"])
        try Data().write(to: URL(fileURLWithPath: folder.path + "/gone.sqlite.lock"))
        try OpenSession.create("b", in: sessions, identity: identity, plan: plan(0)).writer.close()
        #expect(folder.names.filter { $0.hasSuffix(".lock") } == ["held.sqlite.lock", "other.sqlite.lock"])
        #expect(try OpenSession.open("held", in: sessions).mode != .writable)
        held.writer.close()
    }

    @Test("Shipped sessions in a folder within the user's own are shipped all the same")
    func shippedWithin() throws {
        let own = try TemporaryFolder()
        let examples = own.path + "/Examples"
        let made = try OpenSession.create("example", in: SessionFolder(own: examples), identity: identity, plan: plan(3))
        made.writer.close()
        let sessions = SessionFolder(own: own.path, shipped: [examples])
        let opened = try OpenSession.open("example", in: sessions)
        #expect(opened.mode == .copyOnChange(reason: "it is shipped with Pare"))
        opened.writer.close()
        #expect(throws: SessionError.self) { try sessions.delete("example") }
        #expect(FileManager.default.fileExists(atPath: examples + "/example.sqlite"))
    }

    @Test("A shipped session is listed, opened without a trace and copied on the first change")
    func shipped() throws {
        let shipped = try TemporaryFolder()
        let own = try TemporaryFolder()
        let made = try OpenSession.create("example", in: SessionFolder(own: shipped.path), identity: identity, plan: plan(3))
        made.writer.close()
        try? FileManager.default.removeItem(atPath: made.path + ".lock")
        let sessions = SessionFolder(own: own.path, shipped: [shipped.path])
        #expect(sessions.list().sessions.map(\.name) == ["example"])
        #expect(sessions.list().sessions.first?.isReadOnly == true)
        #expect(sessions.newest(networkSHA256: "ab") == nil)
        let opened = try OpenSession.open("example", in: sessions)
        opened.writer.record(.put(change(3, 4), position: 0), plan: plan(4), sequence: 1)
        #expect(opened.writer.close())
        #expect(try SessionFolder.read(path: made.path).plan == plan(3))
        #expect(try SessionFolder.read(path: sessions.path(of: "example")).plan == plan(4))
        #expect(sessions.newest(networkSHA256: "ab")?.name == "example")
    }

    @Test("A newer format, a foreign database and a text file are refused and left as they were")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let made = try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0))
        made.writer.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: made.path))
        bytes[63] = 99  // the last byte of user_version in the header of an SQLite file
        try bytes.write(to: URL(fileURLWithPath: folder.path + "/newer.sqlite"))
        try Data("no database".utf8).write(to: URL(fileURLWithPath: folder.path + "/text.sqlite"))
        #expect(throws: SessionError.newerFormat(path: folder.path + "/newer.sqlite", found: 99, known: 2)) {
            try OpenSession.open("newer", in: sessions)
        }
        #expect(throws: SessionError.self) { try OpenSession.open("text", in: sessions) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/newer.sqlite")) == bytes)
        #expect(throws: SessionError.notFound(name: "b", folder: folder.path, others: ["a", "newer", "text"])) {
            try OpenSession.open("b", in: sessions)
        }
        for name in ["-m", "_m"] { #expect(throws: SessionError.badName(name)) { try SessionName.check(name) } }
        #expect(throws: SessionError.badName("../a")) { try OpenSession.open("../a", in: sessions) }
        #expect(sessions.list().failures.count == 2)
    }

    @Test("A snapshot's name is unique, deleting asks for the lock, export copies everything")
    func snapshotsAndFiles() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let made = try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0))
        made.writer.save(snapshot("one", plan(0)))
        made.writer.save(snapshot("one", plan(0)))
        made.writer.drain()
        let refused = made.writer.takeEvents().compactMap { if case .snapshotRefused(let error) = $0 { error } else { nil } }
        #expect(refused == [.snapshotExists(name: "one")])
        #expect(throws: SessionError.self) { try sessions.delete("a") }
        try SessionFolder.export(path: made.path, to: folder.path + "/out.sqlite")
        #expect(throws: SessionError.exists(path: folder.path + "/out.sqlite")) {
            try SessionFolder.export(path: made.path, to: folder.path + "/out.sqlite")
        }
        made.writer.close()
        #expect(try SessionFolder.read(path: folder.path + "/out.sqlite").snapshots.count == 1)
        try sessions.delete("a")
        #expect(sessions.names() == ["out"])
    }

    @Test("What can't be written is kept and written once it can be")
    func retry() throws {
        let shipped = try TemporaryFolder()
        let own = try TemporaryFolder()
        let made = try OpenSession.create("example", in: SessionFolder(own: shipped.path), identity: identity, plan: plan(0))
        made.writer.close()
        let blocked = own.path + "/sessions"
        try Data().write(to: URL(fileURLWithPath: blocked))
        let sessions = SessionFolder(own: blocked, shipped: [shipped.path])
        let opened = try OpenSession.open("example", in: sessions)
        opened.writer.record(.put(change(0, 1), position: 0), plan: plan(1), sequence: 1)
        #expect(!opened.writer.drain())
        let failures = opened.writer.takeEvents().count { if case .notWritten = $0 { true } else { false } }
        #expect(failures == 1)
        try FileManager.default.removeItem(atPath: blocked)
        opened.writer.record(.put(change(1, 2), position: 1), plan: plan(2), sequence: 2)
        #expect(opened.writer.close())
        #expect(try SessionFolder.read(path: blocked + "/example.sqlite").history.changes.count == 2)
    }

    @Test("500 mutated session files: an error each or a whole session, never a crash")
    func mutations() throws {
        let folder = try TemporaryFolder()
        let sessions = SessionFolder(own: folder.path)
        let made = try OpenSession.create("a", in: sessions, identity: identity, plan: plan(0))
        for position in 0..<20 { made.writer.record(.put(change(0, 1), position: position), plan: plan(1), sequence: 1) }
        for number in 0..<4 { made.writer.save(snapshot("s\(number)", plan(1))) }
        made.writer.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: made.path))
        var generator = SeededGenerator(seed: 11)
        let path = folder.path + "/mutant.sqlite"
        for _ in 0..<500 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...30, using: &generator) {
                mutant[Int.random(in: 0..<mutant.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { mutant.removeLast(Int.random(in: 0..<mutant.count, using: &generator)) }
            try mutant.write(to: URL(fileURLWithPath: path))
            do throws(SessionError) {
                let contents = try SessionFolder.read(path: path)
                #expect(contents.history.changes.count <= 20)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}
