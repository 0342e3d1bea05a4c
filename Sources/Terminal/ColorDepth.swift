/// How many colours a terminal shows.
public enum ColorDepth: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// No colours, only bold, dim, reverse and underline.
    case mono
    case eight
    case sixteen
    /// xterm's palette: 16 colours of the terminal's own, a cube of 6·6·6 and 24 greys.
    case palette256
    /// 24 bits of red, green and blue.
    case direct

    public static func < (left: ColorDepth, right: ColorDepth) -> Bool { left.rawValue < right.rawValue }

    /// The depth of a terminal with `count` colours in its terminfo entry.
    package init(colorCount count: Int) {
        self =
            switch count {
            case 0x100_0000...: .direct
            case 256...: .palette256
            case 16...: .sixteen
            case 8...: .eight
            default: .mono
            }
    }
}
