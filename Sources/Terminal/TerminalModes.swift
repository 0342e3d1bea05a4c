import CTerminal

/// The sequences that are sent past ncurses (xterm's "ctlseqs"); terminals ignore those they don't know.
enum TerminalModes {
    /// Presses and releases (1000), drags (1002), in the encoding without a limit on columns (1006).
    static let mouseOn = "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h"
    static let mouseOff = "\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?1006l"
    /// Marks around pasted text.
    static let pasteOn = "\u{1B}[?2004h"
    static let pasteOff = "\u{1B}[?2004l"
    /// Between the two a terminal shows nothing, so that no half-drawn frame is seen.
    static let updateBegins = "\u{1B}[?2026h"
    static let updateEnds = "\u{1B}[?2026l"

    /// Asks for the colour of the background (OSC 11), then what the terminal is (DA1). Nearly all answer the second, in the order of the
    /// questions: so it is known when no answer to the first will come.
    static let backgroundQuestion = "\u{1B}]11;?\u{07}\u{1B}[c"

    /// True where leaving puts another screen back; else what follows needs a line of its own.
    static var hasAlternateScreen: Bool { cterminal_capability("rmcup") != nil }

    /// What a signal handler writes: all of the above off, then the terminal's own way back.
    static func leaveSequence() -> String {
        let names = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
        let capabilities = names.compactMap { name in cterminal_capability(name).map { String(cString: $0) } }
        return updateEnds + mouseOff + pasteOff + capabilities.joined() + (hasAlternateScreen ? "" : lastLine + newLine)
    }

    /// To the last row, as far down as there are rows, and to a fresh one below it.
    private static let lastLine = "\u{1B}[999;1H"
    static let newLine = "\r\n"

    /// Writes at once; curses' own buffer is empty between two of its updates.
    static func send(_ sequence: String) {
        var sequence = sequence
        sequence.withUTF8 { cterminal_write($0.baseAddress, $0.count) }
    }
}
