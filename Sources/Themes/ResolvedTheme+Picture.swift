import Frames

extension ResolvedTheme {
    /// The paints of a picture, on the terminal colours that the theme assumes.
    public func picturePalette(foreground: RGB, background: RGB) -> PicturePalette {
        PicturePalette(page: background) { style in
            let colors = colors(for: style)
            let front = colors.foreground.painted(default: foreground)
            let back = colors.background.painted(default: background)
            let isReversed = colors.emphasis.contains(.reverse)
            return CellPaint(
                foreground: isReversed ? back : front, background: isReversed ? front : back,
                isBold: colors.emphasis.contains(.bold), isDim: colors.emphasis.contains(.dim),
                isUnderlined: colors.emphasis.contains(.underline))
        }
    }
}

extension Theme {
    /// The paints of a picture in full colour.
    ///
    ///     frame.svg(palette: theme.picturePalette, title: "Pare")
    public var picturePalette: PicturePalette {
        resolved(depth: .direct).picturePalette(foreground: assumedForeground, background: assumedBackground)
    }
}

extension TerminalColor {
    /// The colour in a picture; palette numbers as xterm has them.
    func painted(default fallback: RGB) -> RGB {
        switch self {
        case .terminalDefault: fallback
        case .palette(let index): Palette256.rgb(index)
        case .rgb(let color): color
        }
    }
}
