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

    /// What a signal handler writes: all of the above off, then the terminal's own way back.
    static func leaveSequence() -> String {
        let names = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
        let capabilities = names.compactMap { name in cterminal_capability(name).map { String(cString: $0) } }
        let line = cterminal_capability("rmcup") == nil ? "\r\n" : ""
        return updateEnds + mouseOff + pasteOff + capabilities.joined() + line
    }

    /// Writes at once; curses' own buffer is empty between two of its updates.
    static func send(_ sequence: String) {
        var sequence = sequence
        sequence.withUTF8 { cterminal_write($0.baseAddress, $0.count) }
    }
}
