import Glibc
import TestSupport
import Testing

/// Keys, mouse and paste through a real terminal line.
@Suite(.serialized) struct KeyboardTests {
    @Test func keysArrive() throws {
        let terminal = try ProbeRun.shown(height: 50)
        let keys: [(String, String)] = [
            ("\u{1B}[A", "key up"), ("\u{1B}OB", "key down"), ("\u{1B}[1;2C", "key shiftRight"), ("\u{1B}x", "key alt(\"x\")"),
            ("\u{3}", "key control(\"c\")"), ("\u{12}", "key control(\"r\")"), ("\u{13}", "key control(\"s\")"),
            ("\u{1C}", "key control(\"\\\\\")"), ("\u{1B}[15~", "key function(5)"), ("σ", "key character(\"σ\")"),
            ("\r", "key enter"), ("\u{7F}", "key backspace"), ("\u{1B}[Z", "key backTab"),
            ("\u{1B}[200~a q\r\u{1B}[201~", "paste \"a q\\n\""), ("\u{1B}[<0;10;5M", "mouse press 9,4"),
            ("\u{1B}[<32;11;5M", "mouse drag 10,4"), ("\u{1B}[<0;11;5m", "mouse release 10,4"),
            ("\u{1B}[<65;2;3M", "mouse wheelDown 1,2"), ("\u{1B}", "key escape"),
        ]
        for (bytes, note) in keys {
            terminal.send(bytes)
            #expect(terminal.wait(for: note), "\(note)")
        }
    }

    /// All input at hand is taken before one frame is drawn for it.
    @Test func typeAheadIsDrawnOnce() throws {
        let terminal = try ProbeRun.shown(height: 40)
        let updates = terminal.screen.updateCount
        terminal.signal(SIGSTOP)
        #expect(terminal.waitUntilStopped())
        terminal.send(String(repeating: "\u{1B}[B", count: 500) + "x")
        terminal.signal(SIGCONT)
        #expect(terminal.wait(for: "key character(\"x\")"))
        #expect(terminal.screen.updateCount - updates <= 3)
    }

    @Test func escapeWaitsForTheRestOfASlowSequence() throws {
        let terminal = try ProbeRun.shown([], ["ESCDELAY": "5000"])
        terminal.send("\u{1B}")
        #expect(terminal.listen(seconds: 0.1) == 0)
        terminal.send("[A")
        #expect(terminal.wait(for: "key up"))
    }

    @Test func mouseIsToggled() throws {
        let terminal = try ProbeRun.shown()
        terminal.send("m")
        #expect(terminal.wait { $0.modes.isDisjoint(with: [1000, 1002, 1006]) })
        terminal.send("m")
        #expect(terminal.wait { $0.modes.isSuperset(of: [1000, 1002, 1006]) })
    }

    @Test func mouseIsLeftAloneByOption() throws {
        let terminal = try ProbeRun.shown(["--no-mouse"])
        #expect(terminal.screen.modes.isDisjoint(with: [1000, 1002, 1006]))
    }

    @Test func otherThreadsWakeIt() throws {
        let terminal = try ProbeRun.shown()
        terminal.send("w")
        #expect(terminal.wait(for: "woken"))
    }

    /// "clip" in base 64, by `printf clip | base64`.
    @Test func copiesToTheClipboard() throws {
        let terminal = try ProbeRun.shown()
        terminal.send("c")
        #expect(terminal.wait { $0.copied == ["Y2xpcA=="] })
    }

    @Test func startsAgainOnceWithTheEnvironmentOfItsLibraries() throws {
        #expect(try ProbeRun.shown().screen.text(row: 1).contains("1000|interactive=no,color=no|none"))
        let kept = try ProbeRun.shown([], ["GOMP_SPINCOUNT": "7", "SWIFT_BACKTRACE": "enable=no"])
        #expect(kept.screen.text(row: 1).contains("7|enable=no|none"))
        let mixed = try ProbeRun.shown([], ["GOMP_SPINCOUNT": "7"])
        #expect(mixed.screen.text(row: 1).contains("7|interactive=no,color=no|none"))
    }
}
