import Frames
import Glibc
import TestSupport
import Testing
import Themes

/// Terminals, locales and colours of all kinds, and none.
@Suite(.serialized) struct OpeningTests {
    @Test func unknownTerminalIsReplacedAndNamed() throws {
        let terminal = try ProbeRun.shown([], ["TERM": "xterm-unheard-of"])
        #expect(terminal.screen.text(row: 0).contains("colors256 xterm-256color"))
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
        ("xterm-256color", "colors256"), ("xterm", "colors16"), ("screen", "colors16"), ("linux", "colors16"), ("vt100", "mono"),
        ("xterm-mono", "mono"), ("tmux-256color", "colors256"),
    ])
    func depthByTerminal(_ name: String, _ depth: String) throws {
        let terminal = try ProbeRun.shown([], ["TERM": name])
        #expect(terminal.screen.text(row: 0).contains("80x24 \(depth) \(name)"))
    }

    @Test func promisedColorsAreUsed() throws {
        let terminal = try ProbeRun.shown([], ["TERM": "xterm", "COLORTERM": "truecolor"])
        #expect(!terminal.screen.text(row: 0).contains("colors16"))
    }

    /// Debian's base has no entry of direct colours; this one is made by `tic`.
    @Test func directColorsAreUsed() throws {
        let folder = "/tmp/pare-terminfo-\(getpid())"
        let entry =
            "xterm-direct|direct colours,use=xterm-256color,RGB,colors#0x1000000,pairs#0x10000,"
            + "setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,"
            + "setab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,"
        let script = "mkdir -p \(folder) && printf '%s\\n' '\(entry)' | tic -x -o \(folder) - && echo made"
        let compiler = try PseudoTerminal("/bin/sh", ["-c", script], environment: ProbeRun.environment, width: 200)
        #expect(compiler.waitForEnd() == .exited(0))
        defer { _ = try? PseudoTerminal("/bin/rm", ["-r", folder]).waitForEnd() }
        let terminal = try ProbeRun.shown([], ["TERMINFO": folder, "COLORTERM": "truecolor"])
        #expect(terminal.screen.text(row: 0).contains("80x24 direct xterm-direct"))
        #expect(terminal.screen[64, 0].style.foreground == "38;2;0;255;0")
        #expect(terminal.screen[60, 0].style.foreground == "38;2;255;0;0")
        #expect(terminal.screen[60, 0].style.background == "44")
        let plain = try ProbeRun.shown([], ["TERMINFO": folder])
        #expect(plain.screen.text(row: 0).contains("80x24 colors256"))
    }

    @Test func themeColorsArrive() throws {
        let resolved = Theme.builtIn.resolved(depth: .colors256)
        let terminal = try ProbeRun.shown(["--theme"])
        for (x, style) in [(60, Style(.bad, on: .popup, .bold)), (70, Style(.knob))] {
            let colors = resolved.colors(for: style)
            let isDefault = colors.background == .terminalDefault
            #expect(terminal.screen[x, 0].style.foreground == "38;5;\(colors.foreground.number)")
            #expect(terminal.screen[x, 0].style.background == (isDefault ? "" : "48;5;\(colors.background.number)"))
        }
    }

    /// `\e[1;30m` is black on black where bold does not brighten.
    @Test(arguments: ["xterm", "screen", "linux", "ansi"])
    func mutedTextIsDimWithEightColors(_ name: String) throws {
        let terminal = try ProbeRun.shown(["--theme"], ["TERM": name])
        let style = terminal.screen[0, 2].style
        #expect(style.foreground == "" && !style.bold)
        #expect(!String(decoding: terminal.output, as: UTF8.self).contains("1;30m"))
    }

    @Test func noColorKeepsEmphasis() throws {
        for terminal in [try ProbeRun.shown([], ["NO_COLOR": "1"]), try ProbeRun.shown(["--mono"])] {
            #expect(terminal.screen.text(row: 0).contains("80x24 mono"))
            #expect(terminal.screen[60, 0].style.bold)
            #expect(terminal.screen[60, 0].style.foreground == "" && terminal.screen[60, 0].style.background == "")
        }
        #expect(try ProbeRun.shown([], ["NO_COLOR": ""]).screen.text(row: 0).contains("colors256"))
    }
}
