import Glibc
import Themes

/// The variables that change how the screen is opened.
enum Environment {
    static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// `NO_COLOR` (no-color.org): set and not empty.
    static var forbidsColor: Bool { value("NO_COLOR").map { !$0.isEmpty } ?? false }

    /// `COLORTERM` says that the terminal takes 24-bit colours.
    static var promisesDirectColor: Bool { ["truecolor", "24bit"].contains(value("COLORTERM") ?? "") }

    /// The background by `COLORFGBG`, which some terminals set.
    static var background: TerminalBackground { value("COLORFGBG").map(TerminalBackground.init(colorFGBG:)) ?? .unknown }

    /// Whether a terminal may be asked by control sequences: not consoles and old ones, which would show the question as text.
    static var mayAsk: Bool {
        let name = value("TERM") ?? ""
        if ["", "dumb", "unknown"].contains(name) { return false }
        let isNumbered = name.hasPrefix("vt") && name.dropFirst(2).first?.isNumber == true
        return !isNumbered && !["linux", "ansi", "cons", "sun", "eterm", "hurd"].contains { name.hasPrefix($0) }
    }

    /// Milliseconds after which an Esc stands for itself: `ESCDELAY` as for other programs, else 25.
    static var escapeDelay: Int64 {
        guard let milliseconds = value("ESCDELAY").flatMap({ Int64($0) }), milliseconds >= 0 else { return 25 }
        return min(milliseconds, 10_000)
    }
}
