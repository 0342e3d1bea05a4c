/// Why the screen can't be shown, or no longer.
public enum TerminalError: Error, Hashable, Sendable {
    /// A standard stream that must be a terminal.
    public enum Stream: Hashable, Sendable { case input, output }

    /// The stream is a file, a pipe or closed.
    case notATerminal(Stream)
    /// Neither the terminal that `TERM` names nor any that could stand for it is in the terminfo database.
    case unknownTerminal(name: String)
    /// The terminal that `TERM` names, "dumb" for one, can't place its cursor.
    case unsuitableTerminal(name: String)
    /// A screen is open already; a program has one.
    case alreadyOpen
    /// The terminal went away: its window was closed or the connection was lost.
    case hungUp
    /// The system refused something: `errno` and what was asked of it.
    case system(call: String, code: Int32)
}

/// What a person should hear of how the screen was opened.
public enum TerminalNotice: Hashable, Sendable {
    /// `TERM` names a terminal that is not in the database; another entry stands for it.
    case substituted(name: String, by: String)
    /// The locale has no characters beyond ASCII.
    case asciiOnly
}
