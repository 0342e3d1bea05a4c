import Compression
import Foundation
import Sessions
import TestSupport
import Testing

/// What goes wrong has a message that names the cure, and an exit code of its own.
@Suite("Messages and exit codes", .serialized)
struct MessageTests {
    /// The message and the code of an explorer that does not open.
    private func refusal(_ place: Workplace, _ arguments: [String]) throws -> (code: PseudoTerminal.Ending?, text: String) {
        let terminal = try place.start(["explore"] + arguments, width: 300)
        let ending = terminal.waitForEnd()
        #expect(!terminal.screen.isAlternate)
        return (ending, terminal.screen.text)
    }

    @Test("Without a terminal: one line and code 69")
    func noTerminal() throws {
        let place = try Workplace()
        for arguments in [["explore"], []] {
            let result = try arguments.isEmpty ? place.run() : place.run(arguments[0])
            #expect(result.code == 69 && result.output.isEmpty)
            #expect(result.message.split(separator: "\n").count == 1 && result.message.contains("pare report"))
        }
        #expect(!FileManager.default.fileExists(atPath: place.path + "/sessions"))
    }

    @Test("Parts of a plan or a schedule without effect: warnings on stderr, in JSON and on the screen; the plan is in force")
    func idleParts() throws {
        let place = try Workplace()
        let plan = try place.write(
            "version: 1\nlayers: {fc1: {level: 0.5, deviation: nonzero}, fc2.left: {level: 0.5}}\n", to: "plan.yaml")
        let sentences = [
            "\(plan): fc1.deviation has no effect: only a ratio asks for σ; take a ratio, or leave it out",
            "\(plan): fc2.left has no effect: fc2 has no rank; give it one, as in 'factors: {rank: 16}', or leave it out",
        ]
        place.environment["PARE_DATA"] = place.path + "/none"
        let report = try place.run("report", "lenet-300-100", "--plan", plan, "--json")
        #expect(report.code == 0 && sentences.allSatisfy { report.message.contains("pare: \($0)\n") }, "\(report.message)")
        #expect((report.json as? [String: Any])?["warnings"] as? [String] == sentences)
        let clean = try place.run("report", "lenet-300-100", "--json")
        #expect((clean.json as? [String: Any])?["warnings"] as? [String] == [])
        let export = try place.run("export", "lenet-300-100", "--plan", plan, "-o", place.path + "/a.onnx")
        #expect(export.code == 0 && sentences.allSatisfy { export.message.contains($0) })
        let schedule = try place.write(
            "version: 1\nstages:\n  - plan: {layers: {fc1: {keep: 3}}}\n    policies: [{end: 2, level: {fc1.weight: 0.5}}]\n", to: "s.yaml")
        let compressed = try place.run("compress", "lenet-300-100", "--schedule", schedule, "--generate", "normal")
        #expect(compressed.message.contains("stage 1: plan.fc1.keep has no effect: nothing is pruned"), "\(compressed.message)")
        #expect(compressed.message.contains("stage 1: policy level has no effect: the stage is not trained"))
        let terminal = try place.start(["explore", "lenet-300-100", "--plan", plan, "--session", "work"], width: 160)
        try terminal.type("M", "fc2.left has no effect")
        try terminal.expect("2 parts of")
        try terminal.expect("fc1.deviation has no")
        terminal.send("q")
        _ = terminal.waitForEnd()
    }

    @Test("A folder of sessions that can't be made")
    func noFolder() throws {
        let place = try Workplace()
        place.environment["PARE_SESSIONS"] = try place.write("", to: "file") + "/sessions"
        let (code, text) = try refusal(place, [])
        #expect(code == .exited(73))
        #expect(text.contains("file/sessions can't be written"), "\(text)")
    }

    @Test("A network file that was changed: nothing is opened, nothing is changed")
    func changedNetwork() throws {
        let place = try Workplace()
        let network = try place.copyNetwork("lenet-300-100", as: "mine.onnx")
        try begin(place, network)
        let session = try Data(contentsOf: URL(fileURLWithPath: place.session("work")))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: network))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: network))
        let (code, text) = try refusal(place, ["--session", "work"])
        #expect(code == .exited(65))
        #expect(text.contains("SHA-256") && text.contains("mine.onnx") && text.contains("Nothing was changed"), "\(text)")
        let result = try place.run("report", "--session", "work")
        #expect(result.code == 65 && result.message.contains("SHA-256") && result.output.isEmpty)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.session("work"))) == session)
        #expect(try place.read("work").history.changes.count == 1)
    }

    @Test("A network file that is gone")
    func missingNetwork() throws {
        let place = try Workplace()
        let network = try place.copyNetwork("lenet-300-100", as: "mine.onnx")
        try begin(place, network)
        try FileManager.default.removeItem(atPath: network)
        let (code, text) = try refusal(place, ["--session", "work"])
        #expect(code == .exited(66))
        #expect(text.contains("which is not at \(network) any more"), "\(text)")
        // Moved elsewhere, it is found by its content.
        let moved = try place.copyNetwork("lenet-300-100", as: "moved.onnx")
        let terminal = try place.start(["explore", moved, "--session", "work"])
        try terminal.expect("[ratio 0.05]")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    /// A session with one change.
    private func begin(_ place: Workplace, _ network: String) throws {
        place.environment["PARE_DATA"] = place.path + "/none"
        let terminal = try place.start(["explore", network, "--session", "work"])
        try terminal.expect("[ratio 0.00]")
        try terminal.type("l", "[ratio 0.05]")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    @Test("A session of a newer format, and a file that is none, are left as they are")
    func foreignSessions() throws {
        let place = try Workplace()
        try begin(place, "lenet-300-100")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: place.session("work")))
        // The last byte of user_version in the header of an SQLite file.
        bytes[63] = 99
        try bytes.write(to: URL(fileURLWithPath: place.session("newer")))
        let (code, text) = try refusal(place, ["--session", "newer"])
        #expect(code == .exited(65))
        #expect(text.contains("session format 99") && text.contains("newer Pare"), "\(text)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.session("newer"))) == bytes)
        try Data("no database".utf8).write(to: URL(fileURLWithPath: place.session("text")))
        #expect(try place.run("sessions", "show", "text").code == 65)
        let list = try place.run("sessions", "list")
        #expect(list.code == 0 && list.output.contains("work"))
        #expect(list.message.contains("newer.sqlite") && list.message.contains("text.sqlite"))
    }

    @Test("Plans: a wrong name lists the near ones, a missing file and a mistake are named")
    func plans() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let wrong = try place.write("version: 1\nlayers:\n  fc4.weight: {ratio: 1}\n", to: "wrong.yaml")
        for result in [try place.run("report", "--plan", wrong), try place.run("report", "lenet-300-100", "--plan", wrong)] {
            #expect(
                result.code == 65 && result.message.contains("fc4.weight") && result.message.contains("fc1.weight"), "\(result.message)")
            #expect(result.output.isEmpty)
        }
        let (code, text) = try refusal(place, ["--plan", wrong])
        #expect(code == .exited(65))
        #expect(text.contains("fc4.weight") && text.contains("fc1.weight"), "\(text)")
        let mistake = try place.write("version: 1\nlayers:\n  fc1.weight: {ratoi: 1}\n", to: "mistake.yaml")
        let result = try place.run("report", "--plan", mistake)
        #expect(result.code == 65 && result.message.contains("mistake.yaml:3:") && result.message.contains("did you mean ratio?"))
        let missing = try place.run("report", "--plan", "none.yaml")
        #expect(missing.code == 66 && missing.message.contains("none.yaml"))
    }

    @Test("Networks, sessions and snapshots that are not there list those that are")
    func missing() throws {
        let place = try Workplace()
        let network = try place.run("report", "resnet")
        #expect(network.code == 66 && network.message.contains("lenet-300-100, lenet-5"))
        let session = try place.run("report", "--session", "none")
        #expect(session.code == 66 && session.message.contains("There is no session “none”"))
        try begin(place, "lenet-300-100")
        let snapshot = try place.run("report", "--session", "work@none")
        #expect(snapshot.code == 66 && snapshot.message.contains("has no snapshot “none”"))
        let file = try place.write("not a network", to: "text.onnx")
        let text = try place.run("report", file)
        #expect(text.code == 65 && text.message.contains("text.onnx"))
        #expect(try place.run("--bogus").code == 64)
        #expect(try place.run("report", "--plan", "a", "--session", "b").code == 64)
        #expect(try place.run("report", "--memory", "-1").code == 64)
    }

    @Test("Without data weights and sizes are reported, and the cure is on stderr")
    func noData() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let result = try place.run("report", "--json")
        let json = try #require(result.json as? [String: Any])
        #expect(result.code == 0 && json["accuracy"] is NSNull && json["data"] is NSNull)
        #expect(result.message.contains("--data DIR") && result.message.contains("PARE_DATA"))
        #expect((json["layers"] as? [Any])?.count == 4)
    }

    @Test("A disk that is full while editing: it is said, nothing crashes, and what was written stays")
    func fullDisk() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let terminal = try PseudoTerminal(
            "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" explore --session full", Workplace.program],
            environment: place.environment, width: 160)
        try terminal.expect("[ratio 0.00]")
        var steps = 0
        while steps < 400, !terminal.screen.text.contains("can't be written") {
            // Another layer each time, so that each step is an entry of the history.
            terminal.send(steps % 8 < 3 ? "lj" : steps % 8 < 7 ? "lk" : "l")
            steps += 1
            terminal.wait(seconds: 0.02) { $0.text.contains("can't be written") }
        }
        try terminal.expect("can't be written")
        try terminal.type("?", "Enter run")
        terminal.send("\u{1B}")
        terminal.wait { !$0.text.contains("Enter run") }
        try terminal.type("q", "Leave and lose the last changes?")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(73))
        #expect(terminal.screen.text.contains("the last changes of session full are lost"), "\(terminal.screen.text)")
        #expect(try !place.read("full").history.changes.isEmpty)
    }
}
