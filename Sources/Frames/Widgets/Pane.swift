/// A bordered box with a number and a title in its upper border; the focused one has heavy lines, not only another colour.
///
///     ┌1 Layers────────────────70.1 %┐
public struct Pane: Hashable, Sendable {
    /// The digit that jumps here.
    public var number: Int?
    public var title: StyledText
    /// Right-aligned in the upper border.
    public var note: StyledText?
    public var isFocused: Bool

    public init(number: Int? = nil, title: StyledText, note: StyledText? = nil, isFocused: Bool = false) {
        self.number = number
        self.title = title
        self.note = note
        self.isFocused = isFocused
    }

    /// Draws the border and returns the rectangle inside; a rectangle too small for a border is returned empty.
    @discardableResult
    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) -> Rect {
        guard rect.width >= 2, rect.height >= 2 else { return Rect(x: rect.x, y: rect.y, width: 0, height: 0) }
        drawBorder(in: rect, on: &frame, lines: BorderLines(glyphs: glyphs, isHeavy: isFocused))
        drawTitle(in: rect, on: &frame, glyphs: glyphs)
        return rect.inset(by: 1)
    }

    private var borderStyle: Style { isFocused ? Style(.borderFocused, .bold) : Style(.border) }

    private func drawBorder(in rect: Rect, on frame: inout Frame, lines: BorderLines) {
        let style = borderStyle
        let right = rect.maxX - 1
        let bottom = rect.maxY - 1
        for x in rect.x...right {
            frame[x, rect.y] = Cell(lines.horizontal, style: style)
            frame[x, bottom] = Cell(lines.horizontal, style: style)
        }
        for y in rect.y...bottom {
            frame[rect.x, y] = Cell(lines.vertical, style: style)
            frame[right, y] = Cell(lines.vertical, style: style)
        }
        frame[rect.x, rect.y] = Cell(lines.topLeft, style: style)
        frame[right, rect.y] = Cell(lines.topRight, style: style)
        frame[rect.x, bottom] = Cell(lines.bottomLeft, style: style)
        frame[right, bottom] = Cell(lines.bottomRight, style: style)
    }

    private func drawTitle(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let room = Rect(x: rect.x + 1, y: rect.y, width: rect.width - 2, height: 1)
        let ellipsis = String(glyphs.ellipsis)
        var heading = StyledText(runs: [])
        if let number { heading += StyledText("\(number) ", .key, isFocused ? .bold : []) }
        heading += isFocused ? title.restyled { $0.emphasis.insert(.bold) } : title
        let shown = heading.truncated(to: room.width, ellipsis: ellipsis)
        let used = frame.draw(shown, at: Point(x: room.x, y: room.y), clip: room)
        // The note gives way to the title, with a bit of border between them.
        guard let note, !note.isEmpty, note.cellWidth + used + 1 <= room.width else { return }
        frame.drawRight(note, endingAt: room.maxX, row: room.y, clip: room)
    }
}

/// The six characters of a border.
struct BorderLines {
    let horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight: Unicode.Scalar

    init(glyphs: Glyphs, isHeavy: Bool) {
        horizontal = isHeavy ? glyphs.heavyHorizontal : glyphs.horizontal
        vertical = isHeavy ? glyphs.heavyVertical : glyphs.vertical
        topLeft = isHeavy ? glyphs.heavyTopLeft : glyphs.topLeft
        topRight = isHeavy ? glyphs.heavyTopRight : glyphs.topRight
        bottomLeft = isHeavy ? glyphs.heavyBottomLeft : glyphs.bottomLeft
        bottomRight = isHeavy ? glyphs.heavyBottomRight : glyphs.bottomRight
    }
}
