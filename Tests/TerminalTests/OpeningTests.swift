import TestSupport
import Testing

/// Terminals, locales and colours of all kinds, and none.
@Suite(.serialized) struct OpeningTests {
    @Test func unknownTerminalIsReplacedAndNamed() throws {
        let terminal = try ProbeRun.shown([], ["TERM": "xterm-unheard-of"])
        #expect(terminal.screen.text(row: 0).contains("palette256 xterm-256color"))
        #expect(terminal.screen.text(row: 2).contains("xterm-unheard-of"))
    }

    @Test func missingTERMIsReplaced() throws {
        let terminal = try ProbeRun.shown([], ["TERM": String?.none])
        #expect(terminal.screen.text(row: 0).contains("xterm-256color"))
    }

    @Test func dumbTerminalIsRefused() throws {
        let terminal = try ProbeRun.start([], ["TERM": "dumb"])
        #expect(terminal.waitForEnd() == .exited(3))
        #expect(terminal.screen.text.contains("unsuitableTerminal(name: \"dumb\")"))
        #expect(!String(decoding: terminal.output, as: UTF8.self).contains("\u{1B}"))
    }

    @Test func noDatabaseIsSaid() throws {
        let terminal = try ProbeRun.start(
            [], ["TERM": "nothing", "TERMINFO": "/nonexistent", "TERMINFO_DIRS": "/nonexistent", "HOME": "/nonexistent"])
        let isShown = terminal.wait(for: "probe 80x24", seconds: 1)
        // Debian's ncurses always looks in /lib/terminfo too; elsewhere there is an error that names it.
        if !isShown { #expect(terminal.screen.text.contains("unknownTerminal(name: \"nothing\")")) }
    }

    @Test(arguments: [("< /dev/null", "notATerminal"), ("> /dev/null 2>&1 || echo code $?", "code 3"), ("| cat", "notATerminal")])
    func streamsMustBeATerminal(_ redirection: String, _ text: String) throws {
        let terminal = try PseudoTerminal(
            "/bin/sh", ["-c", "\(ProbeRun.path) \(redirection)"], environment: ProbeRun.environment)
        #expect(terminal.waitForEnd() != nil)
        #expect(terminal.screen.text.contains(text))
        #expect(!terminal.screen.isAlternate)
    }

    @Test(arguments: ["C", "POSIX"])
    func plainLocaleMeansASCII(_ locale: String) throws {
        let terminal = try ProbeRun.shown([], ["LC_ALL": locale])
        #expect(terminal.screen.text(row: 1).hasPrefix("|#:*s? x") || terminal.screen.text(row: 1).hasPrefix("|#:*s?"))
        #expect(terminal.screen.text(row: 2).contains("asciiOnly"))
        #expect(terminal.output.allSatisfy { $0 < 0x80 })
    }

    /// A locale that is not installed makes `setlocale` fail, and ncurses print bytes as "~T~@".
    @Test(arguments: [["LANG": "xx_YY.UTF-8"], ["LANG": String?.none], ["LANG": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"]])
    func missingLocaleBecomesUTF8(_ changes: [String: String?]) throws {
        let terminal = try ProbeRun.shown([], changes)
        #expect(terminal.screen.text(row: 1).hasPrefix("│█▁⣿σ宽x"))
    }

    @Test func asciiByOption() throws {
        let terminal = try ProbeRun.shown(["--ascii"])
        #expect(terminal.output.allSatisfy { $0 < 0x80 })
        #expect(terminal.screen.text(row: 2) == "[]")
    }

    @Test(arguments: [
        ("xterm-256color", "palette256"), ("xterm", "eight"), ("screen", "eight"), ("linux", "eight"), ("vt100", "mono"),
        ("xterm-mono", "mono"), ("tmux-256color", "palette256"),
    ])
    func depthByTerminal(_ name: String, _ depth: String) throws {
        let terminal = try ProbeRun.shown([], ["TERM": name])
        #expect(terminal.screen.text(row: 0).contains("80x24 \(depth) \(name)"))
    }

    @Test func promisedColorsAreUsed() throws {
        let terminal = try ProbeRun.shown([], ["TERM": "xterm", "COLORTERM": "truecolor"])
        #expect(!terminal.screen.text(row: 0).contains("eight"))
    }

    @Test func noColorKeepsEmphasis() throws {
        for terminal in [try ProbeRun.shown([], ["NO_COLOR": "1"]), try ProbeRun.shown(["--mono"])] {
            #expect(terminal.screen.text(row: 0).contains("80x24 mono"))
            #expect(terminal.screen[60, 0].style.bold)
            #expect(terminal.screen[60, 0].style.foreground == "" && terminal.screen[60, 0].style.background == "")
        }
        #expect(try ProbeRun.shown([], ["NO_COLOR": ""]).screen.text(row: 0).contains("palette256"))
    }
}
