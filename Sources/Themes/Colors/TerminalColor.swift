import Frames

/// A colour as a terminal of a given depth is told it.
public enum TerminalColor: Hashable, Sendable {
    case terminalDefault
    /// 0…15 or 0…255.
    case palette(UInt8)
    case rgb(RGB)

    /// The number for a curses colour pair: −1 is the default; direct colours are 0xRRGGBB.
    public var number: Int32 {
        switch self {
        case .terminalDefault: -1
        case .palette(let index): Int32(index)
        case .rgb(let rgb): Int32(rgb.value)
        }
    }
}

/// What a terminal needs to show a cell.
public struct CellColors: Hashable, Sendable {
    public var foreground: TerminalColor
    public var background: TerminalColor
    public var emphasis: Emphasis

    public init(
        foreground: TerminalColor = .terminalDefault, background: TerminalColor = .terminalDefault, emphasis: Emphasis = []
    ) {
        self.foreground = foreground
        self.background = background
        self.emphasis = emphasis
    }
}
