import Foundation
import Sessions
import Tensors
import TestSupport
import Testing

/// Which session opens, what looking leaves, and what is lost.
@Suite("Sessions by commands and keys", .serialized)
struct SessionCommandTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: place.path + "/sessions")) ?? []).sorted()
    }

    /// Opens a session, presses keys and quits.
    private func explore(_ arguments: [String], _ keys: String = "", shows text: String) throws {
        let terminal = try place.start(["explore"] + arguments, width: 80, height: 24)
        try terminal.expect("[ratio")
        try terminal.expect(text)
        if !keys.isEmpty { try terminal.type(keys, "ratio 0.05") }
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    @Test("Of four sessions the one that was changed last opens, whatever was listed meanwhile")
    func lastChanged() throws {
        for name in ["alpha", "beta", "gamma", "delta"] { try explore(["--session", name], "l", shows: "session \(name)") }
        #expect(names == ["alpha.sqlite", "beta.sqlite", "delta.sqlite", "gamma.sqlite"], "what a quit leaves")
        for arguments in [["sessions", "list"], ["sessions", "show", "alpha"], ["sessions", "list", "--json"]] {
            #expect(try place.run(arguments).code == 0)
        }
        #expect(names == ["alpha.sqlite", "beta.sqlite", "delta.sqlite", "gamma.sqlite"], "what a listing leaves")
        for _ in 0..<2 { try explore([], shows: "session delta") }
        try explore(["--session", "beta"], shows: "session beta")
        try explore([], shows: "session delta")
    }

    @Test("Commands that look at shipped sessions leave the folder as it is")
    func shippedSessions() throws {
        let home = place.path + "/home"
        for part in ["Models", "Themes", "Sessions"] {
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: Workplace.root.appendingPathComponent(part).path, toPath: home + "/" + part)
        }
        func state() throws -> [String: String] {
            let folder = home + "/Sessions/Examples"
            return try FileManager.default.contentsOfDirectory(atPath: folder).reduce(into: [:]) { state, name in
                var facts = stat()
                lstat(folder + "/" + name, &facts)
                state[name] =
                    "\(facts.st_size) \(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec) \(facts.st_ctim.tv_sec).\(facts.st_ctim.tv_nsec)"
            }
        }
        let before = try state()
        let commands = [
            ["sessions", "list"], ["sessions", "show", "deep-compression"],
            ["sessions", "compare", "deep-compression@conv2-spared", "deep-compression@conv2-spared"],
            ["report", "--session", "deep-compression@conv2-spared", "--generate", "normal"],
            ["picture", "--session", "deep-compression", "--generate", "normal", "-o", place.path + "/a.svg"],
            ["sessions", "export", "deep-compression", "-o", place.path + "/copy.sqlite"],
        ]
        for command in commands {
            let run = try place.run(command + ["--home", home])
            #expect(run.code == 0, "\(command): \(run.message)")
        }
        try explore(["--session", "deep-compression", "--home", home], shows: "session deep-compression")
        #expect(try state() == before)
    }

    @Test("q asks before what could not be written is lost, and the loss is said after the end, with exit code 73")
    func unsaved() throws {
        _ = try place.write("", to: "blocked")
        place.environment["PARE_SESSIONS"] = place.path + "/blocked"
        let terminal = try place.start(["explore", "--session", "deep-compression"], width: 200)
        try terminal.expect("read-only")
        try terminal.type("l", "not saved")
        try terminal.type("q", "Leave and lose the last changes?")
        try terminal.expect("blocked can't be written (File exists)")
        terminal.send("n")
        #expect(terminal.wait { !$0.text.contains("Leave and lose") })
        try terminal.type("q", "Leave and lose the last changes?")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(73))
        #expect(terminal.screen.text.contains("the last changes of session deep-compression are lost"), "\(terminal.screen.text)")
    }

    @Test("q tries once more: once the disk takes it, nothing is asked and nothing is lost")
    func savedAtLast() throws {
        let blocked = try place.write("", to: "blocked")
        place.environment["PARE_SESSIONS"] = blocked
        let terminal = try place.start(["explore", "--session", "deep-compression"])
        try terminal.expect("read-only")
        try terminal.type("l", "not saved")
        try FileManager.default.removeItem(atPath: blocked)
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        let before = try SessionFolder.read(
            path: Workplace.root.appendingPathComponent("Sessions/Examples/deep-compression.sqlite").path)
        let kept = try SessionFolder.read(path: blocked + "/deep-compression.sqlite")
        #expect(kept.history.changes.count == before.history.changes.count + 1)
    }

    @Test("A command that is refused leaves no session and no lock behind")
    func refusedCommands() throws {
        try FileManager.default.createDirectory(atPath: place.path + "/sessions", withIntermediateDirectories: true)
        let schedule = try place.write("version: 1\nstages:\n  - name: a\n    train: {epochs: 1}\n", to: "schedule.yaml")
        let plan = try place.write("version: 1\nlayers: {nothing.weight: {level: 0.5}}\n", to: "plan.yaml")
        let refused = [
            ["compress", "lenet-5", "--schedule", schedule, "--session", "a"],
            ["grid", "lenet-5", "--bits", "2", "--temperatures", "1", "--epochs", "1", "--session", "a"],
        ]
        for command in refused {
            let run = try place.run(command)
            #expect(run.code != 0, "\(command)")
            #expect(names.isEmpty, "\(command): \(names)")
        }
        let terminal = try place.start(["explore", "--session", "a", "--plan", plan])
        #expect(terminal.waitForEnd() != .exited(0))
        place.environment["TERM"] = "dumb"
        let dumb = try place.start(["explore", "--session", "a"])
        #expect(dumb.waitForEnd() == .exited(69))
        #expect(names.isEmpty, "\(names)")
    }

    @Test("A look at the test split is counted only where the test split was measured")
    func looksAtTest() throws {
        try explore(["--session", "work"], "l", shows: "session work")
        #expect(try place.run("report", "--session", "work", "--split", "test", "--data", place.path + "/none").code == 66)
        #expect(try place.run("report", "--session", "work", "--split", "test").code == 0)
        #expect(try place.run("report", "--session", "work", "--split", "test", "--generate", "normal").code == 0)
        #expect(try place.read("work").testMeasurements == 0)
    }

    @Test("Kills at the making of a session leave none, or one that opens")
    func kills() throws {
        var generator = SeededGenerator(seed: 5)
        let schedule = try place.write("version: 1\nstages:\n  - name: a\n    train: {epochs: 1}\n", to: "schedule.yaml")
        for round in 0..<15 {
            let command = [
                ["grid", "lenet-5", "--bits", "2", "--temperatures", "1", "--epochs", "1", "--session", "k\(round)"],
                ["compress", "lenet-5", "--schedule", schedule, "--session", "k\(round)"], ["explore", "--session", "k\(round)"],
            ][round % 3]
            let terminal = try place.start(command)
            _ = terminal.listen(seconds: 0.05 + 0.4 * generator.uniform())
            terminal.signal(SIGKILL)
            _ = terminal.waitForEnd()
            #expect(place.sessions.list().failures.isEmpty, "\(command)")
        }
        for round in 0..<15 { try explore(["--session", "k\(round)"], shows: "session k\(round)") }
        #expect(names == (0..<15).map { "k\($0).sqlite" }.sorted(), "\(names)")
    }
}
