extension Frame {
    /// Writes `text` from `point` to the right, clipped to `clip` (the whole frame where nil) by cell width; returns the cells used.
    ///
    /// Control characters appear as `·`, combining marks are dropped, a wide character that does not fit becomes a blank.
    @discardableResult
    public mutating func draw(_ text: String, at point: Point, style: Style = .plain, clip: Rect? = nil) -> Int {
        let area = clip.map { $0.intersection(bounds) } ?? bounds
        guard point.y >= area.y, point.y < area.maxY else { return 0 }
        var x = point.x
        for scalar in text.unicodeScalars {
            let shown = scalar.isShowable ? scalar : "·"
            let width = shown.cellWidth
            if width == 0 { continue }
            if x >= area.maxX { break }
            if x + width > area.maxX {
                self[x, point.y] = Cell(" ", style: style)
                x += 1
                break
            }
            if x >= area.x {
                self[x, point.y] = Cell(shown, style: style)
                if width == 2 { self[x + 1, point.y] = .continuation(style: style) }
            }
            x += width
        }
        return x - point.x
    }

    /// Writes `text` so that it ends before column `end`; keeps its end where it is too long.
    public mutating func drawRight(_ text: String, endingAt end: Int, row: Int, style: Style = .plain, clip: Rect? = nil) {
        draw(text, at: Point(x: end - text.cellWidth, y: row), style: style, clip: clip)
    }

    /// Fills a rectangle with one cell.
    public mutating func fill(_ rect: Rect, with cell: Cell = .blank) {
        let area = rect.intersection(bounds)
        for y in area.y..<max(area.y, area.maxY) {
            for x in area.x..<max(area.x, area.maxX) { self[x, y] = cell }
        }
    }

    /// Changes the style of what stands in a rectangle.
    public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
        let area = rect.intersection(bounds)
        for y in area.y..<max(area.y, area.maxY) {
            for x in area.x..<max(area.x, area.maxX) {
                var cell = self[x, y]
                change(&cell.style)
                self[x, y] = cell
            }
        }
    }
}
