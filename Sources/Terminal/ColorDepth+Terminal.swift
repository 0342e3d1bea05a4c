import Themes

extension ColorDepth {
    /// The depth for a terminal with `count` colours in its terminfo entry; eight are shown as sixteen, bright ones by bold.
    package init(colorCount count: Int) {
        self =
            switch count {
            case 0x100_0000...: .direct
            case 256...: .colors256
            case 8...: .colors16
            default: .mono
            }
    }

    /// The lower of two depths.
    package func limited(to other: ColorDepth) -> ColorDepth { rank < other.rank ? self : other }

    private var rank: Int {
        switch self {
        case .mono: 0
        case .colors16: 1
        case .colors256: 2
        case .direct: 3
        }
    }
}
