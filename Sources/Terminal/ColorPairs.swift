import CTerminal
import Frames
import Themes

/// The attributes and the colour pair of a style, as ncurses knows them.
struct PaintedStyle: Hashable {
    var attributes: UInt32 = 0
    var pair: Int32 = 0
}

/// Gives each combination of foreground and background its number in ncurses; main thread only.
///
/// Numbers above 255 work because every cell is written with an extended pair (see `cterminal_put_row`).
struct ColorPairs {
    private struct Combination: Hashable {
        var foreground: Int32
        var background: Int32
    }

    let depth: ColorDepth
    /// Colours that the terminal has.
    private let colorCount: Int32
    /// Pairs that the terminal allows; pair 0 is its own colours.
    private let limit: Int32
    private var numbers: [Combination: Int32] = [:]

    init(depth: ColorDepth, colorCount: Int32, limit: Int32) {
        self.depth = depth
        self.colorCount = colorCount
        self.limit = limit
    }

    /// Forgets all pairs; the next update repaints the screen.
    mutating func reset() {
        numbers.removeAll()
        if depth != .mono { reset_color_pairs() }
    }

    mutating func painted(_ cell: CellColors) -> PaintedStyle {
        var painted = PaintedStyle(attributes: Self.attributes(of: cell.emphasis))
        guard depth != .mono else { return painted }
        let foreground = eightColored(cell.foreground, &painted)
        painted.pair = number(of: Combination(foreground: curses(foreground), background: curses(cell.background)))
        return painted
    }

    /// With eight colours the bright ones are bold; bright black is dim instead, for where bold does not brighten it would be black on black.
    private func eightColored(_ color: TerminalColor, _ painted: inout PaintedStyle) -> TerminalColor {
        guard colorCount < 16, case .palette(let index) = color, (8...15).contains(index) else { return color }
        painted.attributes |= UInt32(index == 8 ? cterminal_dim : cterminal_bold)
        return index == 8 ? .terminalDefault : color
    }

    /// The pair of two colours; where no number is free, one with the same background, else the terminal's own.
    private mutating func number(of combination: Combination) -> Int32 {
        if combination == Combination(foreground: -1, background: -1) { return 0 }
        if let number = numbers[combination] { return number }
        let next = Int32(numbers.count + 1)
        guard next < limit, init_extended_pair(next, combination.foreground, combination.background) == OK else {
            return numbers.first { $0.key.background == combination.background }?.value ?? 0
        }
        numbers[combination] = next
        return next
    }

    /// A colour's number in ncurses; −1 is the terminal's own, also for what a theme of fewer colours would not have named.
    private func curses(_ color: TerminalColor) -> Int32 {
        switch (color, depth) {
        case (.terminalDefault, _), (_, .mono): return -1
        // The numbers 0…7 of a direct-colour entry are the palette, not dark blues.
        case (.rgb, .direct): return max(8, color.number)
        case (.palette(let index), .direct): return index < 8 ? Int32(index) : Int32(Palette256.rgb(index).value)
        case (.rgb(let rgb), .colors256): return Int32(Palette256.nearest(to: rgb))
        case (.palette(let index), .colors16) where index < 16: return Int32(index) % colorCount
        case (.palette, .colors256): return color.number
        case (.rgb, .colors16), (.palette, .colors16): return -1
        }
    }

    private static func attributes(of emphasis: Emphasis) -> UInt32 {
        let pairs: [(Emphasis, UInt32)] = [
            (.bold, UInt32(cterminal_bold)), (.dim, UInt32(cterminal_dim)),
            (.reverse, UInt32(cterminal_reverse)), (.underline, UInt32(cterminal_underline)),
        ]
        return pairs.reduce(0) { emphasis.contains($1.0) ? $0 | $1.1 : $0 }
    }
}
