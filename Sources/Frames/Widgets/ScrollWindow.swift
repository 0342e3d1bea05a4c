/// Which of `count` rows are seen in `height` rows of the screen.
public struct ScrollWindow: Hashable, Sendable {
    public let offset: Int
    public let height: Int
    public let count: Int

    /// The window nearest to the wished `offset` that shows `selected` and no emptiness below the last row.
    public init(count: Int, height: Int, offset: Int, selected: Int?) {
        self.count = max(0, count)
        self.height = max(0, height)
        var first = offset
        if let selected, height > 0 {
            if selected < first { first = selected }
            if selected - first >= height { first = selected - height + 1 }
        }
        self.offset = max(0, min(first, self.count - self.height))
    }

    /// The rows seen.
    public var rows: Range<Int> { offset..<max(offset, min(count, offset + height)) }
    public var isScrollable: Bool { count > height }

    /// Draws a scroll mark into the column `x` from `y` on: a thin line, heavier where the seen rows are.
    public func drawMark(x: Int, y: Int, on frame: inout Frame, glyphs: Glyphs) {
        guard isScrollable, height > 0 else { return }
        let length = max(1, height * height / count)
        let start = offset * (height - length) / max(1, count - height)
        for row in 0..<height {
            let isThumb = row >= start && row < start + length
            frame[x, y + row] = Cell(isThumb ? glyphs.full : glyphs.vertical, style: Style(isThumb ? .border : .muted))
        }
    }
}
