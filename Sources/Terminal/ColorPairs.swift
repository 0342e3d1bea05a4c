import CTerminal
import Frames

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
    /// Pairs that the terminal allows; pair 0 is its own colours.
    let limit: Int32
    private var numbers: [Combination: Int32] = [:]

    init(depth: ColorDepth, limit: Int32) {
        self.depth = depth
        self.limit = limit
    }

    /// Forgets all pairs; the next `doupdate` repaints the screen.
    mutating func reset() {
        numbers.removeAll()
        if depth > .mono { reset_color_pairs() }
    }

    mutating func painted(_ cell: CellAttributes) -> PaintedStyle {
        var painted = PaintedStyle(attributes: Self.attributes(of: cell.emphasis))
        guard depth > .mono else { return painted }
        if depth == .eight, case .palette(8...15) = cell.foreground {
            painted.attributes |= UInt32(cterminal_bold)
        }
        painted.pair = number(
            of: Combination(foreground: curses(cell.foreground), background: curses(cell.background)))
        return painted
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

    /// A colour's number in ncurses; −1 is the terminal's own.
    private func curses(_ color: TerminalColor) -> Int32 {
        switch (color, depth) {
        case (.standard, _), (_, .mono): -1
        // The numbers 0…7 of a direct-colour entry are the palette, not dark blues.
        case (.rgb(let red, let green, let blue), .direct):
            max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
        case (.palette(let index), .direct): index < 8 ? Int32(index) : Int32(XtermPalette.value(of: index))
        case (.rgb(let red, let green, let blue), .palette256):
            Int32(XtermPalette.nearest(red: red, green: green, blue: blue))
        case (.palette(let index), .palette256): Int32(index)
        case (.palette(let index), .sixteen) where index < 16: Int32(index)
        case (.palette(let index), .eight) where index < 16: Int32(index % 8)
        // What a theme for fewer colours would not have named.
        case (.rgb, _), (.palette, _): -1
        }
    }

    static func attributes(of emphasis: Emphasis) -> UInt32 {
        let pairs: [(Emphasis, UInt32)] = [
            (.bold, UInt32(cterminal_bold)), (.dim, UInt32(cterminal_dim)),
            (.reverse, UInt32(cterminal_reverse)), (.underline, UInt32(cterminal_underline)),
        ]
        return pairs.reduce(0) { emphasis.contains($1.0) ? $0 | $1.1 : $0 }
    }
}
