/// The characters that drawings are made of: Unicode, or ASCII where the locale has no UTF-8.
public struct Glyphs: Hashable, Sendable {
    /// How graphs are drawn.
    public enum Graph: String, Hashable, Sendable, CaseIterable { case braille, block, ascii }

    public var graph: Graph
    /// ─ │ ┌ ┐ └ ┘ ├ ┤
    public var horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight, teeLeft, teeRight: Unicode.Scalar
    /// Horizontal and vertical line of a focused pane.
    public var heavyHorizontal, heavyVertical: Unicode.Scalar
    public var heavyTopLeft, heavyTopRight, heavyBottomLeft, heavyBottomRight: Unicode.Scalar
    /// One eighth to eight eighths of a cell, from below: ▁…█.
    public var eighths: [Unicode.Scalar]
    /// Pruned weights in the histogram: ░.
    public var shade: Unicode.Scalar
    /// Halves of a cell for maps: ▀ ▄ █.
    public var upperHalf, lowerHalf, full: Unicode.Scalar
    /// ▸ selection mark, ▲ centroid, ▓ and ░ progress, … ellipsis, → change, · separator, • what the user marked.
    public var mark, centroid, progressDone, progressRest, ellipsis, arrow, dot, tag: Unicode.Scalar
    /// σ, ±, ×, − where they can be shown; else words and ASCII.
    public var sigma, plusMinus, times, minus: String
    /// One eighth to eight eighths of a cell, from the left: ▏…█.
    public var leftEighths: [Unicode.Scalar]
    /// Empty to full: blank ░ ▒ ▓ █.
    public var shades: [Unicode.Scalar]
    /// ╵ a grid point under a histogram; ▁ ─ ▔ an outline low, midway and high in its cell.
    public var tick, outlineLow, outlineMiddle, outlineHigh: Unicode.Scalar
    /// ● a measured point, ○ an estimated one.
    public var point, hollowPoint: Unicode.Scalar

    public static let unicode = Glyphs(
        graph: .braille, horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
        bottomRight: "┘", teeLeft: "├", teeRight: "┤", heavyHorizontal: "━", heavyVertical: "┃", heavyTopLeft: "┏",
        heavyTopRight: "┓", heavyBottomLeft: "┗", heavyBottomRight: "┛",
        eighths: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], shade: "░", upperHalf: "▀", lowerHalf: "▄", full: "█",
        mark: "▸", centroid: "▲", progressDone: "▓", progressRest: "░", ellipsis: "…", arrow: "→", dot: "·", tag: "•",
        sigma: "σ", plusMinus: "±", times: "×", minus: "−",
        leftEighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], shades: [" ", "░", "▒", "▓", "█"], tick: "╵",
        outlineLow: "▁", outlineMiddle: "─", outlineHigh: "▔", point: "●", hollowPoint: "○")

    public static let ascii = Glyphs(
        graph: .ascii, horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
        bottomRight: "+", teeLeft: "+", teeRight: "+", heavyHorizontal: "=", heavyVertical: "#", heavyTopLeft: "#",
        heavyTopRight: "#", heavyBottomLeft: "#", heavyBottomRight: "#",
        eighths: [".", ".", "o", "o", "O", "O", "#", "#"], shade: ":", upperHalf: "\"", lowerHalf: "_", full: "#",
        mark: ">", centroid: "^", progressDone: "#", progressRest: ".", ellipsis: "~", arrow: ">", dot: "-", tag: "*",
        sigma: "s", plusMinus: "+-", times: "x", minus: "-",
        leftEighths: [".", ".", "-", "-", "=", "=", "#", "#"], shades: [" ", ".", ":", "*", "#"], tick: "'",
        outlineLow: "_", outlineMiddle: "-", outlineHigh: "~", point: "*", hollowPoint: "o")
}
