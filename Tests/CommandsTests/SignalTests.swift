import Foundation
import Glibc
import Sessions
import TestSupport
import Testing

/// Signals from outside end every command by their default action; those that ask a training to end let it write its best first.
@Suite("Signals", .serialized)
struct SignalTests {
    private static let fatal = [SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP]
    private static let requests = [SIGTERM, SIGHUP, SIGINT]
    private static let training = ["net.onnx", "--data", "data.npz"]

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.writeSeeds()
        let long = "version: 1\nstages:\n  - name: long\n    plan: {layers: {'*': {level: 0.5}}}\n    train: {epochs: 10000}\n"
        _ = try place.write(long, to: "long.yaml")
        return place
    }

    private func expectQuiet(_ terminal: PseudoTerminal, _ number: Int32) {
        let text = String(decoding: terminal.output, as: UTF8.self)
        #expect(!text.contains("rashed") && !text.contains("Fatal"), "signal \(number): \(text)")
    }

    @Test("A report ends by every signal", arguments: fatal + requests)
    func report(_ number: Int32) throws {
        let place = try place()
        let pipe = place.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let terminal = try place.start(["report", "net.onnx", "--generate", "normal", "--plan", "pipe"])
        // Opens only when the program reads there, in the middle of its work.
        let writer = open(pipe, O_WRONLY)
        #expect(writer >= 0)
        terminal.signal(number)
        #expect(terminal.waitForEnd() == .signalled(number))
        close(writer)
        expectQuiet(terminal, number)
    }

    @Test("Trainings end at once by a signal that is no request", arguments: ["train", "compress", "grid"], fatal)
    func training(_ command: String, _ number: Int32) throws {
        let terminal = try started(command, try place())
        terminal.signal(number)
        #expect(terminal.waitForEnd() == .signalled(number))
        expectQuiet(terminal, number)
    }

    @Test("A training that is asked to end writes its best and ends with 0", arguments: ["train", "compress"], requests)
    func ended(_ command: String, _ number: Int32) throws {
        let place = try place()
        let terminal = try started(command, place)
        terminal.signal(number)
        // `timeout` signals its child, and then the group that this one belongs to: one request.
        if command == "train" { terminal.signal(number) }
        #expect(terminal.waitForEnd(seconds: 60) == .exited(0))
        expectQuiet(terminal, number)
        #expect(String(decoding: terminal.output, as: UTF8.self).contains("stopped; the best state so far was kept"))
        #expect(try place.run("report", place.path + "/out.onnx", "--generate", "normal").code == 0)
    }

    @Test("A request that comes while a pipe is waited for that nobody reads ends the training", arguments: requests)
    func impatient(_ number: Int32) throws {
        let place = try place()
        #expect(mkfifo(place.path + "/out.onnx", 0o600) == 0)
        let terminal = try started("train", place)
        terminal.signal(number)
        // Both ends may be the first; the program is either still training or in the wait.
        while terminal.waitForEnd(seconds: 0.05) == nil { terminal.signal(number) }
        #expect(terminal.waitForEnd() == .signalled(number))
    }

    /// A command that trains until it is stopped, with its first epoch behind it.
    private func started(_ command: String, _ place: Workplace) throws -> PseudoTerminal {
        let options =
            switch command {
            case "train": ["--epochs", "10000", "-o", "out.onnx"]
            case "compress": ["--schedule", "long.yaml", "-o", "out.onnx"]
            default: ["--epochs", "10000", "--bits", "2", "--temperatures", "1"]
            }
        let terminal = try place.start([command] + Self.training + options)
        try terminal.expect("/10000")
        return terminal
    }

    @Test("The explorer gives the terminal back and ends by every signal", arguments: fatal + requests)
    func explorer(_ number: Int32) throws {
        let place = try place()
        place.environment["PARE_DATA"] = place.path + "/none"
        let terminal = try place.start(["explore", "net.onnx", "--session", "work"])
        try terminal.expect("[ratio 0.00]")
        try terminal.type("l", "[ratio 0.05]")
        terminal.signal(number)
        #expect(terminal.waitForEnd() == .signalled(number))
        expectQuiet(terminal, number)
        #expect(!terminal.screen.isAlternate && terminal.screen.modes.contains(25))
        #expect(try place.read("work").history.changes.count == 1)
        let again = try OpenSession.open("work", in: place.sessions)
        #expect(again.mode == .writable)
        again.writer.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/sessions") == ["work.sqlite"])
    }

    @Test("A schedule from a pipe is waited for, and TERM ends the wait", arguments: requests)
    func waiting(_ number: Int32) throws {
        let place = try place()
        let pipe = place.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let terminal = try place.start(["compress"] + Self.training + ["--schedule", "pipe", "-o", "out.onnx"])
        let writer = open(pipe, O_WRONLY)
        terminal.signal(number)
        #expect(terminal.waitForEnd() == .signalled(number))
        close(writer)
    }

    @Test("nohup: a training outlives its terminal, and another request ends it")
    func nohup() throws {
        let place = try place()
        let command = "trap '' HUP; exec $0 train net.onnx --data data.npz --epochs 10000 -o out.onnx"
        let terminal = try PseudoTerminal(
            "/bin/bash", ["-c", "cd \"$HOME\"; \(command)", Workplace.program], environment: place.environment)
        try terminal.expect("/10000")
        terminal.signal(SIGHUP)
        let before = Self.epoch(terminal.screen)
        #expect(terminal.wait(seconds: 60) { Self.epoch($0) > before + 20 })
        terminal.signal(SIGTERM)
        #expect(terminal.waitForEnd(seconds: 60) == .exited(0))
        #expect(place.exists("out.onnx"))
    }

    /// The last epoch that a progress line names.
    private static func epoch(_ screen: PseudoTerminalScreen) -> Int {
        let words = screen.text.components(separatedBy: "epoch ").dropFirst()
        return words.compactMap { $0.split(separator: "/").first.flatMap { Int($0) } }.max() ?? 0
    }
}
