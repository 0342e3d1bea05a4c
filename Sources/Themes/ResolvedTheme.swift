import Frames

/// A theme at a terminal's depth: what to tell the terminal for each style.
public struct ResolvedTheme: Sendable, Equatable {
    public let name: String
    public let depth: ColorDepth
    private let colors: [Role: CellColors]
    /// Roles whose foreground replaces that of what stands on them.
    private let covering: Set<Role>

    init(name: String, depth: ColorDepth, colors: [Role: CellColors], covering: Set<Role>) {
        self.name = name
        self.depth = depth
        self.colors = colors
        self.covering = covering
    }

    /// The colours and attributes of a style; reversing twice is not reversing.
    ///
    ///     let resolved = Theme.builtIn.resolved(depth: .colors256)
    ///     resolved.colors(for: Style(.value, on: .selection))
    public func colors(for style: Style) -> CellColors {
        var cell = colors[style.role] ?? CellColors()
        if let role = style.background, role != style.role, let ground = colors[role] {
            if cell.background == .terminalDefault {
                cell.background = ground.background
                if covering.contains(role) { cell.foreground = ground.foreground }
            }
            cell.emphasis = cell.emphasis.combined(with: ground.emphasis)
        }
        cell.emphasis = cell.emphasis.combined(with: style.emphasis)
        return cell
    }
}

extension Emphasis {
    /// Both together, but reverse and reverse cancel out: a reversed knob is still seen in a reversed row.
    func combined(with other: Emphasis) -> Emphasis {
        var result = union(other)
        if contains(.reverse), other.contains(.reverse) { result.remove(.reverse) }
        return result
    }
}

extension Theme {
    /// The theme at a depth.
    ///
    /// - 256: the nearest colours of the cube and the greys.
    /// - 16: nearest of the sixteen that are readable on the theme's own background; greys become the terminal's own foreground, dim where
    ///   they matter less; rows with a background become reversed.
    /// - mono: no colours, `Role.monoEmphasis` and what the theme adds.
    public func resolved(depth: ColorDepth) -> ResolvedTheme {
        let looks = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, look($0)) })
        let depth = kind == .mono ? .mono : depth
        let colors = Dictionary(uniqueKeysWithValues: looks.map { ($0, cellColors($0, $1, depth)) })
        let covering = looks.filter { role, look in
            // Glyphs of several colours, each reversed, would make a row of patches.
            let isReversed = colors[role]?.emphasis.contains(.reverse) == true
            let isBright = look.foreground != nil && colors[role]?.background != .terminalDefault
            return depth != .mono && (isReversed || isBright)
        }
        return ResolvedTheme(name: name, depth: depth, colors: colors, covering: Set(covering.keys))
    }

    private func cellColors(_ role: Role, _ look: Look, _ depth: ColorDepth) -> CellColors {
        switch depth {
        case .mono: return CellColors(emphasis: look.emphasis.union(role.monoEmphasis))
        case .colors16 where kind != .ansi16: return sixteenColors(role, look)
        default:
            return CellColors(
                foreground: (look.foreground ?? .terminalDefault).reduced(to: depth),
                background: (look.background ?? .terminalDefault).reduced(to: depth), emphasis: look.emphasis)
        }
    }

    /// A tint can't be had among sixteen colours: what has a background is reversed, or left alone where it is a whole box.
    private func sixteenColors(_ role: Role, _ look: Look) -> CellColors {
        if look.hasOwnBackground {
            return CellColors(emphasis: role == .popup ? [] : look.emphasis.union(role.monoEmphasis))
        }
        guard case .rgb(let color) = (look.foreground ?? .terminalDefault).exact else {
            return CellColors(emphasis: look.emphasis)
        }
        if color.isGrey {
            let isFaint = !role.isText && pages.contains { color.contrast(with: $0) < Self.faintContrast }
            return CellColors(emphasis: isFaint ? look.emphasis.union(.dim) : look.emphasis)
        }
        let wanted = role.isText ? Role.textContrast : Role.graphicsContrast
        let index = Palette256.nearestOfSixteen(to: color, on: pages, contrast: wanted)
        return CellColors(foreground: index.map(TerminalColor.palette) ?? .terminalDefault, emphasis: look.emphasis)
    }

    /// Greys with less contrast are meant to be fainter than text.
    private static let faintContrast = 7.0
}

extension RGB {
    /// Whether all channels are about equal.
    fileprivate var isGrey: Bool {
        let channels = [red, green, blue].map(Int.init)
        return (channels.max() ?? 0) - (channels.min() ?? 0) <= 8
    }
}

extension Theme.Look {
    /// True where the role stands on something else than the terminal's background.
    var hasOwnBackground: Bool { (background ?? .terminalDefault) != .terminalDefault }
}

extension ThemeColor {
    /// The colour with palette numbers replaced by xterm's colours.
    var exact: TerminalColor {
        switch self {
        case .terminalDefault: .terminalDefault
        case .palette(let index): .rgb(Palette256.rgb(index))
        case .rgb(let color): .rgb(color)
        }
    }

    /// The colour as a terminal of 256 or more colours is told it; palette numbers stay.
    func reduced(to depth: ColorDepth) -> TerminalColor {
        switch self {
        case .terminalDefault: .terminalDefault
        case .palette(let index): .palette(index)
        case .rgb(let color): depth == .direct ? .rgb(color) : .palette(Palette256.nearest(to: color))
        }
    }
}
