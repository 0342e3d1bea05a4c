import Foundation
import Tensors
import TestSupport
import Testing

/// The whole program under random keys at random sizes.
@Suite("Random keys", .serialized)
struct RandomKeysTests {
    /// Everything but the keys that leave or stop the program.
    private static let keys: [String] = printable + named + mouse

    private static let printable: [String] = (UInt8(0x20)..<0x7F).map { String(UnicodeScalar($0)) }.filter { $0 != "q" }

    private static let named: [String] = [
        "\u{1B}[A", "\u{1B}[B", "\u{1B}[C", "\u{1B}[D", "\u{1B}[1;2C", "\u{1B}[1;2D", "\u{1B}[5~", "\u{1B}[6~", "\u{1B}[H",
        "\u{1B}[F", "\t", "\u{1B}[Z", "\r", "\u{8}", "\u{1B}", "\u{2}", "\u{6}", "\u{C}", "\u{10}", "\u{12}", "ß", "宽",
        "\u{1B}OP", "l", "L", "j", "k", "u", "b",
    ]

    private static let mouse: [String] = [
        "\u{1B}[<0;5;5M", "\u{1B}[<0;30;3M", "\u{1B}[<0;30;3m", "\u{1B}[<64;10;10M", "\u{1B}[<65;70;6M", "\u{1B}[<32;60;9M",
    ]

    /// A program in its first frame.
    private func open(_ place: Workplace) throws -> PseudoTerminal {
        let terminal = try place.start(["explore", "lenet-300-100"], width: 80, height: 24)
        terminal.wait { $0.text.contains("pare") && !$0.modes.contains(2026) }
        return terminal
    }

    @Test("10,000 keys between 20×5 and 300×100: no crash, and the terminal is given back")
    func keys() throws {
        var generator = SeededGenerator(seed: 77)
        let place = try Workplace()
        var terminal = try open(place)
        var sent = 0
        while sent < 10_000 {
            let burst = (0..<25).map { _ in Self.keys[Int.random(in: 0..<Self.keys.count, using: &generator)] }
            sent += burst.count
            terminal.send(burst.joined())
            let before = terminal.screen.updateCount
            terminal.resize(width: Int.random(in: 20...300, using: &generator), height: Int.random(in: 5...100, using: &generator))
            if terminal.wait(seconds: 30, until: { $0.updateCount > before }) { continue }
            // The palette can quit too; anything else is an error.
            try #require(terminal.waitForEnd() == .exited(0), "after \(sent) keys\n\(terminal.screen.text)")
            terminal = try open(place)
        }
        #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown.prefix(5))")
        terminal.send("\u{3}")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(!terminal.screen.isAlternate)
        #expect(
            terminal.screen.modes.isDisjoint(with: [1000, 1002, 1003, 1006, 1049, 2004, 2026, 1]) && terminal.screen.modes.contains(25))
        let (sessions, failures) = place.sessions.list()
        #expect(!sessions.isEmpty && failures.isEmpty, "\(failures)")
    }
}
