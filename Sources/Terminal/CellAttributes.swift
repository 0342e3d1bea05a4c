import Frames

/// A colour of a cell.
public enum TerminalColor: Hashable, Sendable {
    /// The terminal's own text or background colour.
    case standard
    /// Index in xterm's palette of 256; the first 16 are the terminal's own.
    case palette(UInt8)
    case rgb(red: UInt8, green: UInt8, blue: UInt8)
}

/// How a cell is painted: what a theme makes of a `Style`.
public struct CellAttributes: Hashable, Sendable {
    public var foreground: TerminalColor
    public var background: TerminalColor
    public var emphasis: Emphasis

    public init(
        foreground: TerminalColor = .standard, background: TerminalColor = .standard, emphasis: Emphasis = []
    ) {
        self.foreground = foreground
        self.background = background
        self.emphasis = emphasis
    }
}
