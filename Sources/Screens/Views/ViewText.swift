import Frames

/// Pieces of text that several views share.
enum ViewText {
    /// A sentence in place of what can't be shown, wrapped to the area.
    static func hint(_ text: String, _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        Paragraph(StyledText(text, .muted)).draw(in: area, on: &frame, glyphs: explorer.glyphs)
    }

    /// Parts joined by `separator` into lines of at most `width` cells; the most important stands first. A part that is wider alone is wrapped
    /// at its words, any other is never broken.
    static func flow(_ parts: [StyledText], width: Int, separator: String = "  ") -> [StyledText] {
        var lines: [StyledText] = []
        for part in parts where !part.isEmpty {
            if part.cellWidth > width {
                lines += Paragraph(part).lines(width: width)
            } else if let last = lines.last, last.cellWidth + separator.cellWidth + part.cellWidth <= width {
                lines[lines.count - 1] = last + StyledText(separator) + part
            } else {
                lines.append(part)
            }
        }
        return lines
    }

    /// Draws lines from the top, those that are too long cut with an ellipsis; returns the area below them.
    @discardableResult
    static func draw(_ lines: [StyledText], _ explorer: Explorer, in area: Rect, on frame: inout Frame) -> Rect {
        let shown = lines.prefix(area.height)
        for (row, line) in shown.enumerated() {
            frame.draw(
                line, at: Point(x: area.x, y: area.y + row), width: area.width, alignment: .left, glyphs: explorer.glyphs,
                clip: area)
        }
        return area.splitTop(shown.count).rest
    }

    /// Draws a table below what is said of it, which takes at most a third of the height.
    static func draw(_ table: Table, below heading: [StyledText], _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let lines = flow(heading, width: area.width)
        let shown = area.height >= 8 ? min(lines.count, area.height / 3) : min(1, lines.count)
        let rest = draw(Array(lines.prefix(shown)), explorer, in: area, on: &frame)
        table.draw(in: rest, on: &frame, glyphs: explorer.glyphs)
    }

    /// The text, muted where it belongs to an older plan.
    static func figure(_ text: String, isFresh: Bool, _ role: Role = .value) -> StyledText {
        StyledText(text, isFresh ? role : .muted)
    }

    /// How a change looks: better, worse, or none.
    static func role(change: Double, isBetterWhenLarger: Bool) -> Role {
        if change == 0 || change.isNaN { return .muted }
        return (change > 0) == isBetterWhenLarger ? .good : .bad
    }
}
