import Foundation
import Sessions
import Testing

/// Looking at sessions: the order of their changes, and nothing on the disk that is another one afterwards.
@Suite("Listing sessions")
struct ListingTests {
    private let folder: TemporaryFolder
    private let sessions: SessionFolder

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    /// Looks at a session in every way that only reads.
    private func look(_ name: String) throws {
        _ = sessions.list()
        _ = sessions.newest(networkSHA256: "ab")
        let path = try sessions.find(name)
        _ = try SessionFolder.read(path: path)
        _ = SessionFolder.distributions(path: path)
        _ = try SessionFolder.knobs(training: "none", path: path)
    }

    @Test("The session that was changed last is the newest, however often others are looked at or opened")
    func newestIsLastChanged() throws {
        for name in ["alpha", "beta", "gamma", "delta"] {
            _ = try SessionSample.make(name, in: sessions)
            usleep(2_000)
        }
        #expect(sessions.list().sessions.map(\.name) == ["delta", "gamma", "beta", "alpha"])
        for name in ["beta", "alpha"] {
            try look(name)
            try OpenSession.open(name, in: sessions).writer.close()
        }
        #expect(sessions.list().sessions.map(\.name) == ["delta", "gamma", "beta", "alpha"])
        #expect(sessions.newest(networkSHA256: "ab")?.name == "delta")
        let opened = try OpenSession.open("beta", in: sessions)
        opened.writer.record(SessionSample.change(to: 2), plan: SessionSample.plan(2), sequence: 1)
        opened.writer.close()
        #expect(sessions.newest(networkSHA256: "ab")?.name == "beta")
    }

    @Test("What is only found by looking is no change: the examples, a look at the test split")
    func looksAreNoChange() throws {
        _ = try SessionSample.make("old", in: sessions)
        usleep(2_000)
        _ = try SessionSample.make("new", in: sessions)
        let opened = try OpenSession.open("old", in: sessions)
        opened.writer.countTestMeasurement()
        opened.writer.keep(distributions: [1])
        opened.writer.keep(data: SessionData())
        opened.writer.close()
        #expect(try SessionFolder.read(path: sessions.path(of: "old")).testMeasurements == 1)
        #expect(sessions.newest(networkSHA256: "ab")?.name == "new")
    }

    @Test("A session of a version that did not keep the time of its change has its file's, and its log does not count")
    func timeOfOldSessions() throws {
        let path = try SessionSample.make("old", in: sessions)
        try SessionSample.edit(path, "DELETE FROM item WHERE name = 'changed'")
        let times = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
        utimensat(AT_FDCWD, path, times, 0)
        try Data().write(to: URL(fileURLWithPath: path + "-wal"))
        #expect(sessions.list().sessions.map(\.modified) == [1_000_000_000])
        try OpenSession.open("old", in: sessions).writer.close()
        #expect(sessions.list().sessions.map(\.modified) == [1_000_000_000])
    }

    @Test("Looking at sessions leaves every file as it was, and makes none")
    func noTrace() throws {
        _ = try SessionSample.make("a", in: sessions)
        _ = try SessionSample.make("b", in: sessions)
        #expect(folder.names == ["a.sqlite", "b.sqlite"], "what a quit leaves")
        let before = try folder.state()
        try look("a")
        let again = try OpenSession.open("a", in: SessionFolder(own: folder.path + "/none", shipped: [folder.path]))
        #expect(again.contents.plan == SessionSample.plan(1))
        again.writer.keep(distributions: [1])
        #expect(again.writer.close())
        #expect(try folder.state() == before)
    }

    @Test("What was found by looking at a session that may not be written is in the copy that a change makes")
    func postponed() throws {
        _ = try SessionSample.make("a", in: sessions)
        let own = SessionFolder(own: folder.path + "/own", shipped: [folder.path])
        let opened = try OpenSession.open("a", in: own)
        var data = SessionData()
        data.path = "/set"
        opened.writer.keep(data: data)
        #expect(opened.writer.drain())
        #expect(own.names() == ["a"] && !FileManager.default.fileExists(atPath: own.own))
        opened.writer.record(SessionSample.change(to: 2), plan: SessionSample.plan(2), sequence: 1)
        opened.writer.keep(budget: 0.005)
        #expect(opened.writer.close())
        let copy = try SessionFolder.read(path: own.path(of: "a"))
        #expect(copy.data == data && copy.plan == SessionSample.plan(2) && copy.budget == 0.005)
        // What was said may be taken back.
        let again = try OpenSession.open("a", in: own)
        again.writer.keep(budget: nil)
        #expect(again.writer.close())
        #expect(try SessionFolder.read(path: own.path(of: "a")).budget == nil)
    }

    @Test("A session that a kill left with its log is read with what the log holds, and log and file stay as they are")
    func killed() throws {
        let made = try SessionSample.create("live", in: sessions)
        made.writer.record(SessionSample.change(to: 3), plan: SessionSample.plan(3), sequence: 1)
        #expect(made.writer.drain())
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: made.path + suffix, toPath: folder.path + "/killed.sqlite" + suffix)
        }
        made.writer.close()
        let before = try folder.state()
        try look("killed")
        #expect(try SessionFolder.read(path: folder.path + "/killed.sqlite").plan == SessionSample.plan(3))
        #expect(try folder.state() == before)
        let opened = try OpenSession.open("killed", in: sessions)
        #expect(opened.contents.plan == SessionSample.plan(3))
        opened.writer.close()
        #expect(folder.names == ["killed.sqlite", "live.sqlite"])
    }

    @Test("A session that another Pare writes is read as it is at that moment, and nothing stays beside it")
    func live() throws {
        let made = try SessionSample.create("a", in: sessions)
        for ratio in 1...20 {
            made.writer.record(SessionSample.change(to: Double(ratio)), plan: SessionSample.plan(Double(ratio)), sequence: 1)
            #expect(made.writer.drain())
            #expect(try SessionFolder.read(path: made.path).plan == SessionSample.plan(Double(ratio)))
        }
        let second = try OpenSession.open("a", in: sessions)
        #expect(second.mode == .copyOnChange(reason: "another Pare has it open"))
        made.writer.close()
        second.writer.close()
        #expect(folder.names == ["a.sqlite"])
    }

    @Test("A log in a folder that may not be written is read all the same", .enabled(if: getuid() != 0, "root may write everywhere"))
    func readOnlyFolder() throws {
        let made = try SessionSample.create("live", in: sessions)
        made.writer.record(SessionSample.change(to: 3), plan: SessionSample.plan(3), sequence: 1)
        #expect(made.writer.drain())
        chmod(folder.path, 0o555)
        #expect(try SessionFolder.read(path: made.path).plan == SessionSample.plan(3))
        chmod(folder.path, 0o755)
        made.writer.close()
    }
}
