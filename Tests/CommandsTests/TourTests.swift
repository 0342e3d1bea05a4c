import Foundation
import Reports
import Sessions
import TestSupport
import Testing

/// The program from its start to its end in a pseudo-terminal, on the bundled network and the real data.
@Suite("Exploring", .serialized, .enabled(if: Workplace.hasData, "the data set is not installed"))
struct TourTests {
    /// The accuracy as the screen shows it when it is exact.
    private static func accuracy(_ report: [String: Any]) -> String {
        let accuracy = report["accuracy"] as? [String: Any] ?? [:]
        func percent(_ key: String) -> String { String(format: "%.2f", 100 * (accuracy[key] as? Double ?? -1)) }
        let counts = ["gains", "losses"].map { Double(accuracy[$0] as? Int ?? -1) }
        let difference = (counts[0] - counts[1]) / 100
        let text = (difference < 0 ? "−" : "+") + String(format: "%.2f", abs(difference))
        return "\(percent("original")) → \(percent("current")) %  \(text) pt"
    }

    private static func report(_ place: Workplace, _ arguments: [String]) throws -> [String: Any] {
        let plan = try place.write(arguments[0], to: "plan.yaml")
        let result = try place.run("report", "--json", "--plan", plan)
        #expect(result.code == 0, "\(result.message)")
        return try #require(result.json as? [String: Any])
    }

    @Test("The layers come first, then the exact accuracy; leaving restores the terminal")
    func start() throws {
        let place = try Workplace()
        let terminal = try place.start(["explore"])
        let settings = terminal.settings()
        try terminal.expect("50×20×5×5")
        try terminal.expect("accuracy 92.80 → 92.80 %  +0 −0  of 10,000")
        #expect(terminal.screen.isAlternate)
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(!terminal.screen.isAlternate && terminal.screen.unknown.isEmpty)
        #expect(terminal.settings() == settings)
        #expect(try place.read("lenet-5").history.changes.isEmpty)
    }

    @Test(
        "Ratio up ten steps, 4 bits, undo, snapshot, quit, reopen: the same knobs and numbers, also without a screen",
        arguments: [(120, 40), (80, 24)])
    func tour(width: Int, height: Int) throws {
        let place = try Workplace()
        let pruned = try Self.report(place, ["version: 1\nlayers:\n  fc1.weight: {ratio: 0.5}\n"])
        let shared = try Self.report(place, ["version: 1\nlayers:\n  fc1.weight: {ratio: 0.5, shared: {bits: 4}}\n"])
        let terminal = try place.start(["explore", "--session", "tour"], width: width, height: height)
        try terminal.expect("accuracy 92.80 → 92.80 %  +0 −0  of 10,000")
        try terminal.type("jj", "fc1 ▸ ")
        for step in 1...10 { try terminal.type("l", "[ratio 0.\(step < 2 ? "0" : "")\(step * 5)") }
        try terminal.expect(Self.accuracy(pruned))
        try terminal.type("b\r", "fc1 bits (")
        try terminal.type("\u{8}\u{8}4\r", "[bits 4]")
        try terminal.expect(Self.accuracy(shared))
        try terminal.type("u", "undo: fc1 bits 32 → 4")
        try terminal.expect(Self.accuracy(pruned))
        try terminal.type("s", "snapshot name: snapshot 1")
        try terminal.type("\r", "note for snapshot 1:")
        terminal.send("after the tour\r")
        terminal.wait { !$0.text.contains("note for") }
        let before = try Self.settledFigures(terminal)
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        try reopen(place, width: width, height: height, figures: before, accuracy: Self.accuracy(pruned))
        try compare(place, with: pruned)
    }

    /// The figures once the size is that of the file and no longer an estimate.
    private static func settledFigures(_ terminal: PseudoTerminal) throws -> [String] {
        let isSettled = terminal.wait { screen in
            !(0..<screen.height).contains { screen.text(row: $0).contains("size ") && screen.text(row: $0).contains("~") }
        }
        #expect(isSettled, "\(terminal.screen.text)")
        return try figures(terminal.screen)
    }

    /// Every number of the layers table, and the lines of accuracy and size.
    private static func figures(_ screen: PseudoTerminalScreen) throws -> [String] {
        var figures: [String] = []
        for y in 0..<screen.height {
            let words = screen.text(row: y).split(whereSeparator: { " ┃│▸!".contains($0) }).map(String.init)
            if let name = words.first, ["conv1", "conv2", "fc1", "fc2"].contains(name), words.count > 5, words[1].contains("×") {
                figures.append(words.prefix(7).joined(separator: " "))
            }
            // Where there is little room the accuracy stands without its name.
            let isFigure = words.first.map { ["accuracy", "size"].contains($0) } == true || words.dropFirst().first == "→"
            if isFigure { figures.append(words.prefix(8).joined(separator: " ")) }
        }
        try #require(figures.count >= 6, "\(screen.text)")
        return figures
    }

    private func reopen(_ place: Workplace, width: Int, height: Int, figures: [String], accuracy: String) throws {
        // The last session of the network opens without being named.
        let terminal = try place.start(["explore"], width: width, height: height)
        try terminal.expect("tour")
        try terminal.expect(accuracy)
        #expect(try Self.settledFigures(terminal) == figures)
        // The undone step can still be done again.
        try terminal.type("\u{12}", "redo: fc1 bits 32 → 4")
        try terminal.type("u", "undo: fc1 bits 32 → 4")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    /// The snapshot's numbers are those of `pare report` for it, and of the same plan from a file, to the last digit.
    private func compare(_ place: Workplace, with expected: [String: Any]) throws {
        let contents = try place.read("tour")
        let snapshot = try #require(contents.snapshots.first)
        #expect(snapshot.name == "snapshot 1" && snapshot.note == "after the tour")
        #expect(contents.history.changes.map(\.label) == ["fc1 ratio 0.00 → 0.50", "fc1 bits 32 → 4"] && contents.history.applied == 1)
        #expect(snapshot.plan == contents.plan)
        let result = try place.run("report", "--json", "--session", "tour@snapshot 1")
        #expect(result.code == 0, "\(result.message)")
        let found = try #require(result.json as? [String: Any])
        // A snapshot is kept once the network is encoded, so that it has the bytes of its file.
        #expect(snapshot.report.fileBytes ?? 0 > 0 && snapshot.report.layers.allSatisfy { $0.fileBytes ?? 0 > 0 })
        // What the file itself takes is counted by the report alone, for it reads every weight.
        var report = snapshot.report
        report.bytes.came = (found["bytes"] as? [String: Any])?["came"] as? Int
        #expect(result.output == String(decoding: try ReportDocument(report).json(), as: UTF8.self))
        for key in ["accuracy", "bytes", "sparsity", "layers", "network", "data"] {
            #expect(NSDictionary(dictionary: [key: found[key] ?? NSNull()]).isEqual(to: [key: expected[key] ?? NSNull()]), "\(key)")
        }
    }

    @Test("A terminal that changes its size shows everything again")
    func resize() throws {
        let place = try Workplace()
        let terminal = try place.start(["explore"])
        try terminal.expect("accuracy 92.80 → 92.80 %  +0 −0  of 10,000")
        for (width, height) in [(80, 24), (40, 10), (200, 60), (60, 15), (120, 40)] {
            terminal.resize(width: width, height: height)
            let isShown = terminal.wait { screen in
                screen.text(row: 0).contains("pare") && screen.text(row: height - 1).contains("? help") && screen.text.contains("conv1")
            }
            #expect(isShown, "\(width)×\(height)\n\(terminal.screen.text)")
        }
        #expect(terminal.wait(for: "accuracy 92.80 → 92.80 %  +0 −0  of 10,000"))
        #expect(terminal.screen.unknown.isEmpty)
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    @Test("A second Pare on a session says so and works on a copy from its first change on")
    func secondPare() throws {
        let place = try Workplace()
        let first = try place.start(["explore", "--session", "one"])
        try first.type("l", "[ratio 0.05]")
        let second = try place.start(["explore", "--session", "one"])
        try second.expect("another Pare has it open")
        #expect(second.wait(for: "[ratio 0.05]"))
        second.send("l")
        try second.expect("session one-2")
        for terminal in [second, first] {
            terminal.send("q")
            #expect(terminal.waitForEnd() == .exited(0))
        }
        #expect(try place.read("one").plan.layers.map(\.plan.pruning.amount).max() == 0.05)
        #expect(try place.read("one-2").plan.layers.map(\.plan.pruning.amount).max() == 0.1)
    }
}
