import CTerminal
import Frames
import Glibc
import Themes

/// The screen and the keyboard: shows frames through ncurses and reads events.
///
/// Belongs to the main thread, as ncurses does; other threads reach it by a mailbox and a `Wakeup`. A program has one at a time.
/// The terminal is given back by `close`, by leaving the last reference, by `exit`, and by every signal that ends or crashes the program.
public final class CursesTerminal {
    /// The colours in use.
    public let depth: ColorDepth
    /// False where only ASCII can be shown; frames are transliterated then, but a screen should use `Glyphs.ascii` itself.
    public let supportsUnicode: Bool
    /// The terminfo entry in use.
    public let name: String
    /// What the terminal draws on, as far as it is known; a late answer is also reported as an event.
    public internal(set) var background: TerminalBackground
    /// What a person should hear about how the screen was opened.
    public let notices: [TerminalNotice]
    /// Columns and rows; changes are also reported as events.
    public internal(set) var size: Size
    /// True where the mouse is the program's, false where it selects text.
    public private(set) var usesMouse: Bool

    let screen: OpaquePointer
    let window: UnsafeMutablePointer<WINDOW>
    /// What a theme makes of styles.
    var colors: (Style) -> CellColors = { CellColors(emphasis: $0.emphasis) }
    var painted: [Style: PaintedStyle] = [:]
    var pairs: ColorPairs
    /// The frame on the screen; nil where nothing is known of it.
    var shown: Frame?
    /// The state of the hardware cursor, nil where it is not known.
    var cursorIsVisible: Bool?
    var row: [CTerminalCell] = []
    var decoder: InputDecoder
    /// Events that came with a change of state and go before the next input.
    var announced: [InputEvent.Kind] = []
    let escapeDelay: Int64
    /// When the terminal was asked for its background.
    var askedAt: Int64?
    /// When an Esc that nothing followed yet becomes the key, nil where there is none.
    var escapeEnd: Int64?
    private let outputWasBlocking: Int32
    private var isClosed = false

    /// Takes the terminal over.
    ///
    /// - Throws: `TerminalError` where a standard stream is no terminal, or the terminal is unknown or can't place its cursor.
    public static func open(_ options: TerminalOptions = TerminalOptions()) throws(TerminalError) -> CursesTerminal {
        try CursesTerminal(TerminalOpening(options))
    }

    init(_ opening: TerminalOpening) {
        depth = opening.depth
        supportsUnicode = opening.supportsUnicode
        name = opening.name
        notices = opening.notices
        screen = opening.screen
        window = opening.window
        pairs = ColorPairs(
            depth: opening.depth, colorCount: cterminal_color_count(), limit: cterminal_pair_count())
        background = Environment.background
        decoder = InputDecoder(capabilities: KeyCapabilities.current())
        escapeDelay = opening.escapeDelay
        usesMouse = opening.options.mouse
        size = Size(width: Int(getmaxx(window)), height: Int(getmaxy(window)))
        outputWasBlocking = cterminal_set_blocking(1)
        TerminalModes.leaveSequence().withCString { cterminal_set_leave_sequence($0, strlen($0)) }
        cterminal_arm()
        cterminal_capture_errors()
        askBackground()
        enter()
        updateSize()
        announced.removeAll()
    }

    deinit { close() }

    /// Gives the terminal back and prints what was written to standard error meanwhile; a second time does nothing.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        awaitLateAnswer()
        leave()
        delscreen(screen)
        cterminal_restore()
        cterminal_remove_handlers()
        if outputWasBlocking == 0 { _ = cterminal_set_blocking(0) }
    }

    /// Switches the mouse on, or leaves it to the terminal for selecting and copying text.
    public func setMouse(_ isOn: Bool) {
        guard isOn != usesMouse else { return }
        usesMouse = isOn
        TerminalModes.send(isOn ? TerminalModes.mouseOn : TerminalModes.mouseOff)
    }

    /// Paints the first time and after a stop, and switches on what ncurses does not know.
    func enter() {
        shown = nil
        cursorIsVisible = nil
        cterminal_repaint_all()
        wnoutrefresh(window)
        doupdate()
        TerminalModes.send(TerminalModes.pasteOn + (usesMouse ? TerminalModes.mouseOn : ""))
    }

    /// Switches off what ncurses does not know, then leaves the alternate screen and restores the modes.
    func leave() {
        guard cterminal_is_armed() != 0 else { return }
        TerminalModes.send(TerminalModes.mouseOff + TerminalModes.pasteOff)
        curs_set(1)
        let line = TerminalModes.hasAlternateScreen ? "" : TerminalModes.newLine
        endwin()
        TerminalModes.send(line)
        cterminal_disarm()
    }
}
