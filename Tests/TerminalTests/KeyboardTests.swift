import Glibc
import TestSupport
import Testing

/// Keys, mouse and paste through a real terminal line.
@Suite(.serialized) struct KeyboardTests {
    @Test func keysArrive() throws {
        let terminal = try ProbeRun.shown(height: 50)
        let keys: [(String, String)] = [
            ("\u{1B}[A", "key up"), ("\u{1B}OB", "key down"), ("\u{1B}[1;2C", "key shiftRight"), ("\u{1B}x", "key escape"),
            ("", "key character(\"x\")"), ("\u{3}", "key control(\"c\")"), ("\u{12}", "key control(\"r\")"),
            ("\u{13}", "key control(\"s\")"),
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

    /// Random bytes, likely ones more often, and random sizes: it shows, listens and ends as ever.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func randomInputAndSizesAreSurvived(_ seed: UInt64) throws {
        let terminal = try ProbeRun.shown(["--deaf"])
        let likely: [UInt8] = Array("\u{1B}\u{1B}[[O<;;0123456789Mmu\u{4}\u{C}ABZP".utf8) + [0xE2, 0x94, 0x82]
        // ^Z gives the terminal back for a moment, and what is typed then is the shell's: ^C would end the program rightly.
        let stopping: Set<UInt8> = [0x1A]
        var state = seed
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<300 {
            let bytes = (0..<(1 + random(12))).map { _ in random(4) == 0 ? UInt8(random(256)) : likely[random(likely.count)] }
            terminal.send(bytes.filter { !stopping.contains($0) })
            if random(3) == 0 { terminal.resize(width: 1 + random(300), height: 1 + random(100)) }
            _ = terminal.listen(seconds: 0)
        }
        terminal.resize(width: 90, height: 20)
        #expect(terminal.wait { $0.text(row: 0).hasPrefix("probe 90x20") && !$0.modes.contains(2026) })
        #expect(terminal.screen.unknown == [])
        terminal.signal(SIGTERM)
        #expect(terminal.waitForEnd() == .signalled(SIGTERM))
        #expect(terminal.screen.modes.isDisjoint(with: ProbeRun.foreignModes))
    }
}
