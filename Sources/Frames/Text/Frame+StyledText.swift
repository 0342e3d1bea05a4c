extension Frame {
    /// Writes styled text from `point` to the right, clipped to `clip`; returns the cells used.
    @discardableResult
    public mutating func draw(_ text: StyledText, at point: Point, clip: Rect? = nil) -> Int {
        var x = point.x
        for run in text.runs { x += draw(run.text, at: Point(x: x, y: point.y), style: run.style, clip: clip) }
        return x - point.x
    }

    /// Writes styled text so that it ends before column `end`.
    public mutating func drawRight(_ text: StyledText, endingAt end: Int, row: Int, clip: Rect? = nil) {
        draw(text, at: Point(x: end - text.cellWidth, y: row), clip: clip)
    }

    /// Writes styled text into a row of `width` cells: cut with an ellipsis where it is too long, aligned where it is shorter.
    public mutating func draw(
        _ text: StyledText, at point: Point, width: Int, alignment: TextAlignment, glyphs: Glyphs, clip: Rect? = nil
    ) {
        guard width > 0 else { return }
        let cell = Rect(x: point.x, y: point.y, width: width, height: 1)
        let area = clip.map { $0.intersection(cell) } ?? cell
        let shown = text.truncated(to: width, ellipsis: String(glyphs.ellipsis))
        if alignment == .left {
            draw(shown, at: point, clip: area)
        } else {
            drawRight(shown, endingAt: point.x + width, row: point.y, clip: area)
        }
    }

    /// Puts what stands in a rectangle on the background of `role`; cells that already have a background of their own keep it
    /// unless `replacing` is true.
    public mutating func setBackground(_ role: Role, in rect: Rect, replacing: Bool = false) {
        restyle(rect) { style in
            if replacing || style.background == nil { style.background = role }
        }
    }
}
