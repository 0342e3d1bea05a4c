import Compression
import Foundation
import GRDB
import Sessions
import Testing

/// How a session is made, and what is made of what a kill left of one.
@Suite("Making sessions")
struct CreationTests {
    private let folder: TemporaryFolder
    private let sessions: SessionFolder

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    private func file(_ name: String) -> String { folder.path + "/" + name }

    private func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: file(name))) }

    @Test("A name whose file has nothing in it is free again")
    func leftovers() throws {
        // As versions left it that made a session under its own name.
        try write([], "empty.sqlite")
        try write([], "begun.sqlite")
        try write([UInt8](repeating: 0, count: 512), "begun.sqlite-journal")
        try write([], "logged.sqlite")
        try write([1, 2, 3], "logged.sqlite-wal")
        try SessionSample.edit(file("tableless.sqlite"), "PRAGMA user_version = 0; CREATE TABLE a (x); DROP TABLE a")
        #expect(sessions.list().failures.count == 4)
        for name in ["empty", "begun", "logged", "tableless"] {
            #expect(throws: SessionError.unfinished(path: file(name + ".sqlite"))) { try OpenSession.open(name, in: sessions) }
            _ = try SessionSample.make(name, in: sessions)
            #expect(try SessionFolder.read(path: file(name + ".sqlite")).plan == SessionSample.plan(1))
        }
        #expect(folder.names == ["begun.sqlite", "empty.sqlite", "logged.sqlite", "tableless.sqlite"])
    }

    @Test("A database whose journal takes everything back again is one without a table")
    func hotJournal() throws {
        let made = try DatabaseQueue(path: file("a.sqlite"))
        try made.inDatabase { db in
            // A cache of few pages spills, so that the file has pages and a journal that says that it was empty.
            try db.execute(sql: "PRAGMA cache_size = 5; BEGIN; CREATE TABLE a (x)")
            for _ in 0..<200 { try db.execute(sql: "INSERT INTO a VALUES (zeroblob(3000))") }
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: file("a.sqlite" + suffix), toPath: file("b.sqlite" + suffix))
            }
            try db.execute(sql: "ROLLBACK")
        }
        try made.close()
        let size = try FileManager.default.attributesOfItem(atPath: file("b.sqlite"))[.size] as? Int
        #expect((size ?? 0) > 10_000)
        _ = try SessionSample.make("b", in: sessions)
        #expect(try SessionFolder.read(path: file("b.sqlite")).plan == SessionSample.plan(1))
    }

    @Test("Anything else that has the name stays, and is named")
    func others() throws {
        try SessionSample.edit(file("foreign.sqlite"), "CREATE TABLE a (x)")
        try write(Array("no database".utf8), "text.sqlite")
        symlink("/dev/null", file("link.sqlite"))
        mkfifo(file("pipe.sqlite"), 0o600)
        _ = try SessionSample.make("session", in: sessions)
        try write([], "held.sqlite")
        let held = open(file("held.sqlite"), O_RDONLY)
        defer { close(held) }
        #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
        let before = try folder.state()
        for name in ["foreign", "text", "link", "pipe", "session", "held"] {
            #expect(throws: SessionError.exists(path: file(name + ".sqlite"))) { try SessionSample.create(name, in: sessions) }
        }
        #expect(try folder.state() == before)
    }

    @Test("A file of a session that is gone does not come into the next of its name")
    func orphans() throws {
        let made = try SessionSample.create("live", in: sessions)
        made.writer.record(SessionSample.change(to: 3), plan: SessionSample.plan(3), sequence: 1)
        #expect(made.writer.drain())
        try FileManager.default.copyItem(atPath: made.path + "-wal", toPath: file("a.sqlite-wal"))
        made.writer.close()
        try write([1], "a.sqlite.checkpoint")
        _ = try SessionSample.make("a", in: sessions, ratio: 7)
        #expect(try SessionFolder.read(path: file("a.sqlite")).plan == SessionSample.plan(7))
        #expect(folder.names == ["a.sqlite", "live.sqlite"])
    }

    @Test("Files that kills left at work are removed; one that somebody is at work on stays")
    func temporaryFiles() throws {
        _ = try SessionSample.make("old", in: sessions)
        try write([1], ".pare-abcdef.part")
        try write([1], ".pare-abcdef.part-journal")
        try write([1], ".pare-alone0.part-journal")
        try write([1], ".pare-held00.part")
        try write([1], ".pare-held00.part-journal")
        // No process has so high a number; this one has its own.
        try write([1], ".dat.nosync7FFFFFFF.abcdef")
        try write([1], ".dat.nosync\(String(getpid(), radix: 16)).abcdef")
        let held = open(file(".pare-held00.part"), O_RDONLY)
        defer { close(held) }
        #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
        // What was made within the last 20 ms may not be locked yet.
        usleep(40_000)
        try OpenSession.open("old", in: sessions).writer.close()
        #expect(
            folder.names == [
                ".dat.nosync\(String(getpid(), radix: 16)).abcdef", ".pare-held00.part", ".pare-held00.part-journal", "old.sqlite",
            ])
    }

    @Test("A checkpoint that no training goes on from is removed when the session opens")
    func checkpoints() throws {
        let path = try SessionSample.make("a", in: sessions)
        try write([1], "a.sqlite.checkpoint")
        try OpenSession.open("a", in: sessions).writer.close()
        #expect(!FileManager.default.fileExists(atPath: path + ".checkpoint"))
    }

    @Test("A session that was made for nothing is removed with all that lies beside it; one that was there before is not")
    func discarding() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.record(SessionSample.change(to: 3), plan: SessionSample.plan(3), sequence: 1)
        made.discard()
        #expect(folder.names.isEmpty)
        _ = try SessionSample.make("b", in: sessions)
        try OpenSession.open("b", in: sessions).discard()
        #expect(folder.names == ["b.sqlite"])
    }

    @Test(
        "A name has letters, digits, '-', '_', '.' and blanks and nothing else",
        arguments: [
            ("first try", true), ("a-b_c.d 2", true), ("Übung", true), ("日本語", true), ("it's", false), ("a;b", false), ("50%", false),
            ("a|b", false), ("`a`", false), ("a/b", false), ("a\nb", false), ("", false), (".a", false), (" a", false), ("a ", false),
            ("a👍", false), ("a$b", false), (String(repeating: "a", count: 101), false),
        ])
    func names(_ name: String, _ isAllowed: Bool) throws {
        if isAllowed {
            _ = try SessionSample.make(name, in: sessions)
            #expect(sessions.names() == [name])
        } else {
            #expect(throws: SessionError.badName(name)) { try SessionSample.create(name, in: sessions) }
            #expect(folder.names.isEmpty)
        }
    }

    @Test("A session of an older version whose name has other characters opens, and its copy has an allowed name")
    func oldNames() throws {
        let path = try SessionSample.make("a", in: sessions)
        try FileManager.default.moveItem(atPath: path, toPath: file("it's 50%.sqlite"))
        let first = try OpenSession.open("it's 50%", in: sessions)
        #expect(first.mode == .writable)
        let second = try OpenSession.open("it's 50%", in: sessions)
        second.writer.record(SessionSample.change(to: 3), plan: SessionSample.plan(3), sequence: 1)
        #expect(second.writer.close())
        first.writer.close()
        #expect(sessions.names().sorted() == ["it's 50%", "it-s 50-"])
        #expect(sessions.freeName("resnet (v2)+x") == "resnet -v2--x")
    }

    @Test("Pages of states that are gone are given back when a training ends")
    func freePages() throws {
        let made = try SessionSample.create("a", in: sessions)
        made.writer.begin(
            TrainingRecord(id: "t", name: "retrain", base: nil, plan: StateSample.plan, recipe: TrainingRecipe(), epochs: 20, started: 1))
        for seed in 1...20 { made.writer.save(StateSample.record(UInt64(seed), training: "t"), of: StateSample.network) }
        #expect(made.writer.drain())
        made.writer.end(training: "t", as: .finished, at: 2)
        made.writer.close()
        let free = try DatabaseQueue(path: made.path).read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
        #expect(free == 0)
    }
}
