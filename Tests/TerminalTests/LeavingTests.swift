import Glibc
import TestSupport
import Testing

/// The terminal is given back on every way out, and the exit status tells the cause.
@Suite(.serialized) struct LeavingTests {
    private func expectRestored(
        _ terminal: PseudoTerminal, _ modes: TerminalSettings?, _ ending: PseudoTerminal.Ending,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(terminal.waitForEnd(seconds: 60) == ending, sourceLocation: location)
        #expect(terminal.screen.modes.isDisjoint(with: ProbeRun.foreignModes), sourceLocation: location)
        #expect(terminal.screen.modes.contains(25), sourceLocation: location)
        #expect(modes != nil && terminal.settings() == modes, sourceLocation: location)
        #expect(!terminal.screen.text.contains("probe 80x24"), sourceLocation: location)
    }

    /// The terminal's settings before and while the probe runs differ, or a test of them would show nothing.
    private func started(_ changes: [String: String?] = [:]) throws -> (PseudoTerminal, TerminalSettings?) {
        let plain = try PseudoTerminal("/bin/cat", environment: ProbeRun.environment)
        let settings = plain.settings()
        let terminal = try ProbeRun.shown([], changes)
        #expect(terminal.settings() != settings)
        return (terminal, settings)
    }

    @Test func quitting() throws {
        let (terminal, settings) = try started()
        terminal.send("q")
        expectRestored(terminal, settings, .exited(0))
        #expect(terminal.screen.text.contains("closed"))
    }

    /// What follows begins on a row of its own, not on the last one of the screen that stays.
    @Test(arguments: ["linux", "ansi"])
    func withoutAlternateScreenTheNextLineIsFresh(_ name: String) throws {
        for (key, signal) in [("q", Int32?.none), ("", SIGTERM)] {
            let terminal = try ProbeRun.shown(["--deaf"].filter { _ in key.isEmpty }, ["TERM": name])
            if let signal { terminal.signal(signal) } else { terminal.send(key) }
            #expect(terminal.waitForEnd() != nil)
            let (x, y) = (terminal.screen.x, terminal.screen.y)
            let row = key.isEmpty ? y : y - 1
            #expect(x == 0 && terminal.screen.text(row: row) == (key.isEmpty ? "" : "closed"), "\(terminal.screen.text)")
            #expect(y == 23)
        }
    }

    @Test func exitAnywhere() throws {
        let (terminal, settings) = try started()
        terminal.send("5")
        expectRestored(terminal, settings, .exited(5))
    }

    /// A signal from outside is no crash: no report is made, although they are on.
    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP])
    func signals(_ number: Int32) throws {
        let (terminal, settings) = try started(["SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no"])
        terminal.signal(number)
        expectRestored(terminal, settings, .signalled(number))
        #expect(!String(decoding: terminal.output, as: UTF8.self).contains("rashed"))
    }

    /// abort() sends the signal from inside: one report, then the end.
    @Test func abortIsReportedOnce() throws {
        let (terminal, settings) = try started()
        terminal.send("2")
        expectRestored(terminal, settings, .signalled(SIGABRT))
        let text = String(decoding: terminal.output, as: UTF8.self)
        #expect(text.split(separator: "Program crashed").count == 2)
    }

    @Test(arguments: [("1", SIGSEGV), ("2", SIGABRT), ("3", SIGILL), ("4", SIGSEGV), ("6", SIGILL)])
    func crashes(_ key: String, _ number: Int32) throws {
        #if arch(x86_64)
            let expected = number
        #else
            let expected = number == SIGILL ? SIGTRAP : number
        #endif
        let (terminal, settings) = try started(["SWIFT_BACKTRACE": "enable=no"])
        terminal.send(key)
        expectRestored(terminal, settings, .signalled(expected))
    }

    /// What another thread's trap gives back is not drawn over: the thread that draws is stopped wherever it is.
    @Test(arguments: 0..<5) func crashesWhileDrawing(_ number: Int) throws {
        let (terminal, settings) = try started(["SWIFT_BACKTRACE": "enable=no"])
        terminal.send("8")
        expectRestored(terminal, settings, .signalled(crashSignal))
    }

    /// Swift's report comes on the normal screen and asks nothing.
    @Test func crashReportIsReadable() throws {
        let (terminal, settings) = try started()
        terminal.send("3")
        expectRestored(terminal, settings, .signalled(crashSignal))
        let text = String(decoding: terminal.output, as: UTF8.self)
        let end = try #require(text.range(of: "\u{1B}[?1049l"))
        #expect(text[end.upperBound...].contains("Program crashed"))
        #expect(!text.contains("Press space"))
    }

    private var crashSignal: Int32 {
        #if arch(x86_64)
            SIGILL
        #else
            SIGTRAP
        #endif
    }

    @Test func strayErrorsAreShownAfterwards() throws {
        let (terminal, settings) = try started()
        terminal.send("e")
        #expect(terminal.wait(for: "key character(\"e\")"))
        #expect(!terminal.screen.text.contains("stray words"))
        terminal.send("q")
        expectRestored(terminal, settings, .exited(0))
        #expect(terminal.screen.text.contains("stray words"))
    }

    @Test func closedTerminalEndsIt() throws {
        let terminal = try ProbeRun.shown()
        terminal.hangUp()
        let ending = terminal.waitForEnd()
        #expect(ending == .signalled(SIGHUP) || ending == .exited(4))
    }

    /// A main thread that is stuck never sees the first request; a second one, over a second later, is carried out at once.
    @Test func secondRequestEndsAStuckProgram() throws {
        let (terminal, settings) = try started()
        terminal.send("7")
        while PseudoTerminalProcess.activity(of: terminal.process).ticks < 5 { _ = terminal.listen(seconds: 0.02) }
        terminal.signal(SIGTERM)
        #expect(terminal.listen(seconds: 1.2) == 0)
        terminal.signal(SIGTERM)
        expectRestored(terminal, settings, .signalled(SIGTERM))
    }
}
