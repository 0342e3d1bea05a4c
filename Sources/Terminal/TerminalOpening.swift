import CTerminal
import Glibc
import Themes

/// All that must be found out before the screen is the program's: locale, terminal, colours.
struct TerminalOpening {
    let options: TerminalOptions
    let supportsUnicode: Bool
    let name: String
    let notices: [TerminalNotice]
    let screen: OpaquePointer
    let window: UnsafeMutablePointer<WINDOW>
    let depth: ColorDepth
    let escapeDelay: Int64

    init(_ options: TerminalOptions) throws(TerminalError) {
        self.options = options
        try Self.checkStreams()
        if cterminal_is_armed() != 0 { throw .alreadyOpen }
        supportsUnicode = cterminal_set_locale() != 0 && !options.ascii
        // Exported by some shells once at start; they would hide the true size.
        unsetenv("LINES")
        unsetenv("COLUMNS")
        escapeDelay = Environment.escapeDelay
        let asked = Environment.value("TERM") ?? ""
        name = try Self.entry(for: asked)
        var notices: [TerminalNotice] = []
        if cterminal_look_up(asked) == 0 { notices.append(.substituted(name: asked, by: name)) }
        if !supportsUnicode, !options.ascii { notices.append(.asciiOnly) }
        self.notices = notices
        (screen, window) = try Self.start(name)
        depth = Self.startColors(at: Environment.forbidsColor ? .mono : options.depth ?? .direct)
    }

    private static func checkStreams() throws(TerminalError) {
        switch cterminal_missing_terminal() {
        case 0: return
        case 1: throw .notATerminal(.input)
        default: throw .notATerminal(.output)
        }
    }

    /// The best terminfo entry for a terminal that calls itself `asked`.
    private static func entry(for asked: String) throws(TerminalError) -> String {
        let better = TerminalCandidates.better(than: asked, direct: Environment.promisesDirectColor)
        if !asked.isEmpty, let name = better.first(where: { cterminal_look_up($0) == 1 }) { return name }
        if !asked.isEmpty, cterminal_look_up(asked) == -1 { throw .unsuitableTerminal(name: asked) }
        guard let name = TerminalCandidates.substitutes.first(where: { cterminal_look_up($0) == 1 }) else {
            throw .unknownTerminal(name: asked)
        }
        return name
    }

    private static func start(_ name: String) throws(TerminalError) -> (OpaquePointer, UnsafeMutablePointer<WINDOW>) {
        if cterminal_save_modes() != 0 { throw .system(call: "tcgetattr", code: errno) }
        // Before newterm, which leaves alone what is handled already.
        if cterminal_install_handlers() != 0 { throw .system(call: "eventfd", code: errno) }
        guard let screen = cterminal_new_screen(name), let window = cterminal_standard_screen() else {
            cterminal_remove_handlers()
            throw .unknownTerminal(name: name)
        }
        // All of ^C ^Z ^S ^Q ^\ are keys; Enter stays a carriage return.
        raw()
        noecho()
        nonl()
        keypad(window, true)
        // Else an update stops halfway when a key comes meanwhile, and half a frame stays.
        typeahead(-1)
        return (screen, window)
    }

    /// Without a call to start_color ncurses sends no colour at all, not even the standard one.
    private static func startColors(at most: ColorDepth) -> ColorDepth {
        guard most != .mono, has_colors(), start_color() == OK else { return .mono }
        use_default_colors()
        return ColorDepth(colorCount: Int(cterminal_color_count())).limited(to: most)
    }
}
