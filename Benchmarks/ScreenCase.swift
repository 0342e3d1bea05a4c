import Foundation
import TestSupport

/// The built program in a pseudo-terminal of 120 × 40: how soon it shows itself, follows a key, also while it
/// trains, and what it costs at rest.
enum ScreenCase {
    private struct Answer: Encodable {
        /// Seconds from the start of the program, one for each start after the first.
        var firstScreens: [Double]
        var originalAccuracies: [Double]
        /// Seconds from a key to the screen that shows its change.
        var keys: [Double]
        /// How many of the keys were typed before the accuracy of the plan before was exact.
        var keysDuringEvaluation: Int
        /// Seconds from a key to the screen while a training runs: turned knobs and moves among the layers.
        var trainingKeys: [Double] = []
        /// How many of these keys were typed while batches went by or an epoch was measured.
        var keysDuringTraining = 0
        /// Epochs that were finished meanwhile, measuring included.
        var trainedEpochs = 0
        var idleTicks: Int
        var ticksPerSecond: Int
        var peakKilobytes: Int
    }

    private static let starts = 7
    private static let keyCount = 600
    private static let trainingKeyCount = 400
    /// Keys in one direction: 0.05 of a ratio each.
    private static let span = 25
    private static let layers = ["conv1", "conv2", "fc1", "fc2"]
    private static let exact = "exact on 10,000"

    static func run(_ arguments: [String]) throws {
        guard arguments.count == 2 else { throw BenchmarkFailure.usage("screen PROGRAM ORIGINAL-ACCURACY") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-benchmark-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var answer = Answer(
            firstScreens: [], originalAccuracies: [], keys: [], keysDuringEvaluation: 0, idleTicks: 0,
            ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)), peakKilobytes: 0)
        for index in 0...starts {
            let terminal = try start(arguments[0], folder: folder.appendingPathComponent("\(index)"), accuracy: arguments[1], &answer)
            if index == starts {
                try explore(terminal, &answer)
                try rest(terminal, &answer)
                try train(terminal, &answer)
            }
            terminal.send("q")
            _ = terminal.waitForEnd()
        }
        // The first start reads the files from the disk.
        answer.firstScreens.removeFirst()
        answer.originalAccuracies.removeFirst()
        try Conversation.write(answer)
    }

    /// Starts the program with nothing of a user's and waits for its first screen and the accuracy.
    private static func start(_ program: String, folder: URL, accuracy: String, _ answer: inout Answer) throws -> PseudoTerminal {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var environment = [
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": folder.path, "PARE_SESSIONS": folder.path,
        ]
        environment["PARE_DATA"] = ProcessInfo.processInfo.environment["PARE_DATA"]
        let begin = ContinuousClock.now
        let terminal = try PseudoTerminal(program, ["explore"], environment: environment, width: 120, height: 40)
        try expect("fc1 ", on: terminal)
        answer.firstScreens.append(Stopwatch.seconds(since: begin))
        try expect(accuracy, on: terminal)
        answer.originalAccuracies.append(Stopwatch.seconds(since: begin))
        try expect(exact, on: terminal)
        return terminal
    }

    /// Turns the ratio of fc1 key by key, before the accuracy of the key before is exact; then other knobs of other layers.
    private static func explore(_ terminal: PseudoTerminal, _ answer: inout Answer) throws {
        try select("fc1", on: terminal)
        for _ in 0..<span { try type("l", on: terminal) }
        for index in 0..<keyCount {
            if !terminal.screen.text.contains(exact) { answer.keysDuringEvaluation += 1 }
            answer.keys.append(try type(index / span % 2 == 0 ? "l" : "h", on: terminal))
            // Keys come at any moment of a batch.
            _ = terminal.listen(seconds: Double(5 + index * 7 % 23) * 0.001)
        }
        for layer in ["conv1", "conv2", "fc2", "fc1"] {
            try expect(exact, on: terminal)
            try select(layer, on: terminal)
            for _ in 0..<4 { try type("l", on: terminal) }
        }
        try expect(exact, on: terminal)
        answer.peakKilobytes = try terminal.status("VmHWM:")
    }

    /// Retrains as the panel suggests; knobs are turned, and every fourth key moves among the layers. Then goes back to before it.
    private static func train(_ terminal: PseudoTerminal, _ answer: inout Answer) throws {
        try select("fc1", on: terminal)
        terminal.send("r")
        try expect("Enter start", on: terminal)
        terminal.send("\r")
        try expect("epoch 1/", on: terminal)
        guard terminal.wait(until: { $0.text.contains("examples/s") && !$0.text.contains("preparing") }) else {
            throw BenchmarkFailure.unexpectedScreen(expected: "batches", screen: terminal.screen.text)
        }
        for index in 0..<trainingKeyCount {
            let text = terminal.screen.text
            if !text.contains("preparing"), text.contains("epoch ") { answer.keysDuringTraining += 1 }
            let turn = index / span % 2 == 0 ? "l" : "h"
            let move = index / 4 % 2 == 0 ? "k" : "j"
            answer.trainingKeys.append(try type(index % 4 == 3 ? move : turn, on: terminal))
            // Keys come at any moment of a batch; some twenty seconds in all, so that epochs are measured meanwhile.
            _ = terminal.listen(seconds: Double(5 + index * 7 % 23) * 0.003)
        }
        answer.trainedEpochs = finishedEpochs(terminal)
        terminal.send("B")
        try expect("y yes", on: terminal)
        terminal.send("y")
        try expect("thrown away", on: terminal)
    }

    /// The epoch under way minus one, as the pane of the training has it.
    private static func finishedEpochs(_ terminal: PseudoTerminal) -> Int {
        let text = terminal.screen.text
        guard let place = text.range(of: "epoch ") else { return 0 }
        return max(0, (Int(text[place.upperBound...].prefix { $0.isNumber }) ?? 1) - 1)
    }

    private static func rest(_ terminal: PseudoTerminal, _ answer: inout Answer) throws {
        while terminal.listen(seconds: 1) > 0 {}
        let before = try ticks(of: terminal)
        _ = terminal.listen(seconds: 5)
        answer.idleTicks = try ticks(of: terminal) - before
    }

    private static func select(_ layer: String, on terminal: PseudoTerminal) throws {
        terminal.send("1g")
        for name in layers {
            try expect("\(name) ▸ [", on: terminal)
            if name == layer { break }
            terminal.send("j")
        }
        terminal.send("p")
        try expect("\(layer) ▸ [ratio", on: terminal)
    }

    /// Seconds from a key to the screen on which the selected layer's line differs.
    @discardableResult
    private static func type(_ key: String, on terminal: PseudoTerminal) throws -> Double {
        let before = selected(terminal)
        let begin = ContinuousClock.now
        terminal.send(key)
        try expect("a change by \(key)", on: terminal) { _ in selected(terminal) != before }
        return Stopwatch.seconds(since: begin)
    }

    private static func selected(_ terminal: PseudoTerminal) -> Substring? {
        terminal.screen.text.split(separator: "\n").first { $0.contains("▸") }.map { $0.prefix(56) }
    }

    private static func expect(_ text: String, on terminal: PseudoTerminal) throws {
        try expect(text, on: terminal) { $0.text.contains(text) }
    }

    private static func expect(
        _ text: String, on terminal: PseudoTerminal, until condition: (PseudoTerminalScreen) -> Bool
    ) throws {
        // Mode 2026 is set while a frame is being drawn.
        guard terminal.wait(until: { !$0.modes.contains(2026) && condition($0) }) else {
            throw BenchmarkFailure.unexpectedScreen(expected: text, screen: terminal.screen.text)
        }
    }
}

extension ScreenCase {
    /// User and system time of all threads of the process, in ticks.
    private static func ticks(of terminal: PseudoTerminal) throws -> Int {
        let path = "/proc/\(terminal.process)/stat"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        // The name in parentheses may hold spaces; utime and stime are fields 14 and 15, the state after the name is 3.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
            throw BenchmarkFailure.noStatistics(path: path)
        }
        return user + system
    }
}
