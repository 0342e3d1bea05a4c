import Glibc
import TestSupport
import Testing

/// ^Z and back, under a shell with job control.
@Suite(.serialized) struct StoppingTests {
    private func shell() throws -> PseudoTerminal {
        var environment = ProbeRun.environment
        environment["PS1"] = "ready> "
        let terminal = try PseudoTerminal(
            "/bin/bash", ["--norc", "--noprofile", "--noediting", "-i"], environment: environment)
        #expect(terminal.wait(for: "ready>"))
        return terminal
    }

    private func startProbe(in terminal: PseudoTerminal) {
        terminal.send("\(ProbeRun.path)\n")
        #expect(terminal.wait(for: "probe 80x24"))
        #expect(terminal.wait { $0.modes.contains(2004) })
    }

    @Test func stopsAndGoesOn() throws {
        let terminal = try shell()
        startProbe(in: terminal)
        terminal.send("x\u{1A}")
        #expect(terminal.wait { !$0.isAlternate && $0.text.contains("Stopped") })
        #expect(terminal.screen.modes.isDisjoint(with: ProbeRun.foreignModes))
        #expect(terminal.screen.modes.contains(25))
        terminal.send("echo the $((6 * 7))\n")
        #expect(terminal.wait(for: "the 42"))
        terminal.send("fg\n")
        #expect(terminal.wait { $0.isAlternate && $0.text.contains("resumed") && $0.modes.contains(2004) })
        #expect(terminal.screen.text(row: 0).hasPrefix("probe 80x24"))
        #expect(terminal.screen.text.contains("key character(\"x\")"))
        #expect(!terminal.screen.text.contains("Stopped"))
        #expect(terminal.screen.modes.isSuperset(of: [1000, 1002, 1006, 2004]))
        terminal.send("y")
        #expect(terminal.wait(for: "key character(\"y\")"))
    }

    @Test func resizedWhileStopped() throws {
        let terminal = try shell()
        startProbe(in: terminal)
        terminal.send("\u{1A}")
        #expect(terminal.wait { !$0.isAlternate && $0.text.contains("Stopped") })
        terminal.resize(width: 100, height: 30)
        terminal.send("fg\n")
        #expect(terminal.wait(for: "probe 100x30"))
        #expect(terminal.wait(for: "resize 100x30"))
        #expect(terminal.screen.unknown == [])
    }

    @Test func stoppedFromOutside() throws {
        let terminal = try shell()
        for name in ["TSTP", "STOP"] {
            startProbe(in: terminal)
            terminal.send("x")
            #expect(terminal.wait(for: "key character(\"x\")"))
            let probe = try #require(PseudoTerminalProcess.child(of: terminal.process))
            kill(probe, name == "TSTP" ? SIGTSTP : SIGSTOP)
            #expect(terminal.wait { $0.text.contains("Stopped") })
            terminal.send("fg\n")
            #expect(terminal.wait(for: "resumed"))
            #expect(terminal.wait { $0.text(row: 0).hasPrefix("probe 80x24") && $0.modes.contains(2004) })
            terminal.send("q")
            #expect(terminal.wait { !$0.isAlternate && $0.text.contains("closed") })
            terminal.send("clear\n")
            #expect(terminal.wait { !$0.text.contains("closed") })
        }
    }

    /// Where no shell could continue it, ^Z does not hang the program.
    @Test func withoutAShellItGoesOn() throws {
        let terminal = try ProbeRun.shown()
        terminal.send("\u{1A}")
        #expect(terminal.wait(for: "resumed"))
        #expect(terminal.screen.isAlternate)
    }
}
