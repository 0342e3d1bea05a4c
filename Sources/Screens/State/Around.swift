import Frames

/// What surrounds plan and figures: messages, session, looks, and the time of the last input.
struct Around: Sendable {
    private(set) var session: SessionStatus
    /// Newest last.
    private(set) var messages: [Message]
    /// What the status line shows; gone with the next key.
    private(set) var message: Message?
    /// Warnings and errors that another message took the place of before they could be read.
    private(set) var hiddenCount = 0
    let themes: [String]
    /// The names of the shipped schedules.
    let schedules: [String]
    private(set) var theme: String
    private(set) var glyphs: Glyphs
    /// How numbers are written with these signs.
    let numbers: NumberFormat
    private(set) var isMouseOn: Bool
    /// How often the next move or turn is done, while it is typed; 0 before its first digit.
    var count: Int?
    /// Whether the threshold follows the pointer.
    var isDragging = false
    var size: Size
    /// Milliseconds since 1970 minus the clock of input events.
    private let clockOffset: Int64
    /// Of the last input event.
    private(set) var lastTime: Int64 = 0

    init(_ opening: Opening) {
        session = opening.session
        (messages, message) = (opening.messages, opening.messages.last)
        hiddenCount = opening.messages.dropLast().count(where: \.isOfTrouble)
        (themes, schedules, theme, glyphs) = (opening.themes, opening.schedules, opening.theme, opening.glyphs)
        (isMouseOn, size, clockOffset) = (opening.isMouseOn, opening.size, opening.clockOffset)
        numbers = NumberFormat(glyphs: opening.glyphs)
    }

    /// The time of an input event in milliseconds since 1970.
    func date(_ time: Int64) -> Int64 { time + clockOffset }

    /// The time of the last input event as a date.
    var now: Int64 { date(lastTime) }

    mutating func pass(to time: Int64) { lastTime = time }

    // MARK: Messages

    /// Shows a message and keeps it among those that can be read again.
    mutating func say(_ message: Message) {
        if let last = self.message, last != message, last.isOfTrouble { hiddenCount += 1 }
        self.message = message
        if messages.last != message { messages.append(message) }
        if messages.count > Message.kept { messages.removeFirst(messages.count - Message.kept) }
    }

    mutating func clearMessage() { (message, hiddenCount) = (nil, 0) }

    // MARK: Looks

    /// Puts a theme into force; false where it is so already.
    mutating func use(theme name: String) -> Bool {
        defer { theme = name }
        return name != theme
    }

    mutating func toggleMouse() { isMouseOn.toggle() }

    mutating func toggleGraph() { glyphs.graph = glyphs.graph == .braille ? .block : .braille }

    // MARK: The session

    /// The number of a change that is handed to the writer.
    mutating func handOver() -> UInt64 {
        session.handed += 1
        return session.handed
    }

    /// All changes up to this number are on the disk; nil where something else of the session is.
    mutating func confirm(_ sequence: UInt64? = nil) {
        session.written = max(session.written, sequence ?? 0)
        if session.written == session.handed { session.failure = nil }
    }

    mutating func fail(_ reason: String) { session.failure = reason }

    /// Another name or mode, with what was written.
    mutating func take(_ status: SessionStatus) {
        let (handed, written) = (session.handed, session.written)
        session = status
        (session.handed, session.written) = (handed, written)
    }
}
