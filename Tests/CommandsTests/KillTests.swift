import Foundation
import Sessions
import Tensors
import TestSupport
import Testing

/// `kill -9` at random moments of editing.
///
/// Every key raises the ratio of some layer, so the states S₀, S₁, … that the keys make are all different and in order. When the process is
/// killed, the screen has shown some Sᵢ last; whatever was typed after that had not been answered yet. The session must hold exactly one
/// of the states from Sᵢ₋₁ (the last answered keystroke may be lost) to the last one typed, and open again.
@Suite("Killed while editing", .serialized)
struct KillTests {
    private static let names = ["conv1", "conv2", "fc1", "fc2"]

    /// The ratios in the layers table, in hundredths; nil where the screen does not show all of them.
    private static func shown(_ screen: PseudoTerminalScreen) -> [Int]? {
        var ratios: [Int] = []
        for y in 0..<screen.height {
            let words = screen.text(row: y).split(whereSeparator: { " ┃│▸!".contains($0) })
            guard words.count > 4, names.contains(String(words[0])), words[1].contains("×"), let ratio = Double(words[3]) else { continue }
            ratios.append(Int((ratio * 100).rounded()))
        }
        return ratios.count == names.count ? ratios : nil
    }

    /// The same from the file.
    private static func kept(_ contents: SessionContents) -> [Int] {
        let ratios = Dictionary(uniqueKeysWithValues: contents.plan.layers.map { ($0.pattern, $0.plan.pruning.amount) })
        return names.map { Int(((ratios[$0 + ".weight"] ?? 0) * 100).rounded()) }
    }

    @Test("100 times: never more than the last keystroke lost, always readable")
    func kills() throws {
        var generator = SeededGenerator(seed: 9)
        let place = try Workplace()
        // Without data the layers are there at once, and nothing else takes time.
        place.environment["PARE_DATA"] = place.path + "/none"
        var state = [0, 0, 0, 0]
        var lost = 0
        for round in 0..<100 {
            let terminal = try place.start(["explore", "--session", "killed"], width: 80, height: 24)
            let isOpen = terminal.wait { Self.shown($0) == state }
            try #require(isOpen, "round \(round): \(state) expected\n\(terminal.screen.text)")
            var states = [state]
            var selected = 0
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let target = Int.random(in: 0..<4, using: &generator)
                terminal.send(String(repeating: target < selected ? "k" : "j", count: abs(target - selected)))
                selected = target
                let isBig = generator.uniform() < 0.3
                terminal.send(isBig ? "L" : "l")
                state[target] += isBig ? 25 : 5
                states.append(state)
                // Some keys come faster than the frames, some after them.
                if generator.uniform() < 0.5 { _ = terminal.listen(seconds: 0.02 * generator.uniform()) }
            }
            terminal.signal(SIGKILL)
            #expect(terminal.waitForEnd() == .signalled(SIGKILL))
            let answered = Self.shown(terminal.screen).flatMap { states.lastIndex(of: $0) } ?? 0
            state = Self.kept(try place.read("killed"))
            let place = states.lastIndex(of: state)
            let found = try #require(place, "round \(round): \(state) is none of \(states)")
            #expect(found >= answered - 1, "round \(round): \(state) kept, \(states[answered]) shown")
            if found < answered { lost += 1 }
        }
        #expect(try place.read("killed").history.changes.count > 50)
        // A keystroke is written within a millisecond of its frame: losing one must be rare.
        #expect(lost <= 20, "\(lost) keystrokes lost")
        let terminal = try place.start(["explore", "--session", "killed"], width: 80, height: 24)
        #expect(terminal.wait { Self.shown($0) == state })
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }
}
