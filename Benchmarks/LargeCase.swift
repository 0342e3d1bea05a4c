import Foundation
import TestSupport

/// A file of weights far larger than memory should be: how soon it shows itself, how long every layer takes to be read, what a walk through all
/// layers costs in time and memory, and how soon it opens again.
enum LargeCase {
    private struct Answer: Encodable {
        var fileBytes = 0
        var layers = 0
        /// Seconds from the start of the program to the first screen: the file new to Pare, and in a session that knows its layers.
        var firstScreen = 0.0
        var secondScreen = 0.0
        /// Seconds until every layer's histogram was known, the walk included.
        var readingAll = 0.0
        /// Seconds from a key to the screen with the next layer selected.
        var keys: [Double] = []
        /// Memory that is the process's own, mapped pages of files apart: the most that was seen, in kilobytes.
        var privateKilobytes = 0
        /// Pages of the file that were mapped then.
        var mappedKilobytes = 0
        /// Seconds until the second opening knew every layer.
        var knownAgain = 0.0
    }

    private static let title = "1 Layers"
    /// In the title of the layers while some are not read yet.
    private static let unread = " read"

    /// `large PROGRAM FILE LAYERS`: one line of JSON.
    static func run(_ arguments: [String]) throws {
        guard arguments.count == 3, let layers = Int(arguments[2]) else { throw BenchmarkFailure.usage("large PROGRAM FILE LAYERS") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-large-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var answer = Answer()
        answer.layers = layers
        answer.fileBytes = try FileManager.default.attributesOfItem(atPath: arguments[1])[.size] as? Int ?? 0
        let begin = ContinuousClock.now
        let terminal = try start(arguments[0], arguments[1], folder)
        answer.firstScreen = Stopwatch.seconds(since: begin)
        try walk(terminal, &answer)
        while heading(terminal)?.contains(unread) == true {
            _ = terminal.listen(seconds: 0.25)
            try measure(terminal, &answer)
        }
        answer.readingAll = Stopwatch.seconds(since: begin)
        end(terminal)
        let again = ContinuousClock.now
        let second = try start(arguments[0], arguments[1], folder)
        answer.secondScreen = Stopwatch.seconds(since: again)
        guard second.wait(until: { _ in heading(second)?.contains(unread) == false }) else {
            throw BenchmarkFailure.unexpectedScreen(expected: "every layer known", screen: second.screen.text)
        }
        answer.knownAgain = Stopwatch.seconds(since: again)
        end(second)
        try Conversation.write(answer)
    }

    private static func start(_ program: String, _ file: String, _ folder: URL) throws -> PseudoTerminal {
        let environment = [
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": folder.path, "PARE_SESSIONS": folder.path,
        ]
        let terminal = try PseudoTerminal(program, ["explore", file], environment: environment, width: 120, height: 40)
        guard terminal.wait(until: { !$0.modes.contains(2026) && $0.text.contains(title) }) else {
            throw BenchmarkFailure.unexpectedScreen(expected: title, screen: terminal.screen.text)
        }
        return terminal
    }

    private static func end(_ terminal: PseudoTerminal) {
        terminal.send("q")
        _ = terminal.waitForEnd()
    }

    /// Selects one layer after the other.
    private static func walk(_ terminal: PseudoTerminal, _ answer: inout Answer) throws {
        for index in 1..<answer.layers {
            let before = selected(terminal)
            let begin = ContinuousClock.now
            terminal.send("j")
            guard terminal.wait(until: { _ in selected(terminal) != before }) else {
                throw BenchmarkFailure.unexpectedScreen(expected: "layer \(index + 1)", screen: terminal.screen.text)
            }
            answer.keys.append(Stopwatch.seconds(since: begin))
            if index % 50 == 0 { try measure(terminal, &answer) }
        }
        try measure(terminal, &answer)
    }

    private static func heading(_ terminal: PseudoTerminal) -> Substring? {
        terminal.screen.text.split(separator: "\n").first { $0.contains(title) }
    }

    private static func selected(_ terminal: PseudoTerminal) -> Substring? {
        terminal.screen.text.split(separator: "\n").first { $0.contains("▸") }
    }

    private static func measure(_ terminal: PseudoTerminal, _ answer: inout Answer) throws {
        let own = try terminal.status("RssAnon:")
        guard own > answer.privateKilobytes else { return }
        answer.privateKilobytes = own
        answer.mappedKilobytes = try terminal.status("RssFile:")
    }
}

extension PseudoTerminal {
    /// A number of the program's /proc/PID/status.
    func status(_ key: String) throws -> Int {
        let path = "/proc/\(process)/status"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(key) }),
            let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
        else { throw BenchmarkFailure.noStatistics(path: path) }
        return number
    }
}
