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
                if x >= area.x { put(" ", width: 1, x: x, y: point.y, style: style) }
                x += 1
                break
            }
            if x >= area.x {
                put(shown, width: width, x: x, y: point.y, style: style)
            } else if x + width > area.x {
                put(" ", width: 1, x: area.x, y: point.y, style: style)
            }
            x += width
        }
        return x - point.x
    }

    /// Puts a glyph into its cells; of a wide character that is half covered, the other half becomes a blank.
    private mutating func put(_ scalar: Unicode.Scalar, width: Int, x: Int, y: Int, style: Style) {
        if self[x, y].scalar == 0, x > 0 { self[x - 1, y].scalar = 32 }
        if self[x + width, y].scalar == 0 { self[x + width, y].scalar = 32 }
        self[x, y] = Cell(scalar, style: style)
        if width == 2 { self[x + 1, y] = .continuation(style: style) }
    }

    /// Writes `text` so that it ends before column `end`; keeps its end where it is too long.
    public mutating func drawRight(_ text: String, endingAt end: Int, row: Int, style: Style = .plain, clip: Rect? = nil) {
        draw(text, at: Point(x: end - text.cellWidth, y: row), style: style, clip: clip)
    }

    /// Fills a rectangle with one cell.
    public mutating func fill(_ rect: Rect, with cell: Cell = .blank) {
        let area = rect.intersection(bounds)
        guard !area.isEmpty else { return }
        for y in area.y..<area.maxY {
            // Half of a wide character does not stay alone at the edge.
            if self[area.x, y].scalar == 0 { self[area.x - 1, y].scalar = 32 }
            if self[area.maxX, y].scalar == 0 { self[area.maxX, y].scalar = 32 }
            for x in area.x..<area.maxX { self[x, y] = cell }
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
