/// A scrolling list of choices; the letters that match the filter are underlined.
public struct ListView: Widget, Hashable {
    /// One choice.
    public struct Item: Hashable, Sendable {
        public var text: StyledText
        /// Right-aligned, such as the key of a command; gives way to the text.
        public var note: StyledText
        /// A choice that can't be taken now is dim but stays in its place.
        public var isEnabled: Bool

        public init(_ text: StyledText, note: StyledText = "", isEnabled: Bool = true) {
            self.text = text
            self.note = note
            self.isEnabled = isEnabled
        }
    }

    public var items: [Item]
    public var selected: Int?
    public var isFocused: Bool
    public var offset: Int
    /// What was typed to filter; only highlighted here, the caller leaves out what does not match.
    public var filter: String

    public init(items: [Item], selected: Int? = nil, isFocused: Bool = true, offset: Int = 0, filter: String = "") {
        self.items = items
        self.selected = selected
        self.isFocused = isFocused
        self.offset = offset
        self.filter = filter
    }

    public func window(in rect: Rect) -> ScrollWindow {
        ScrollWindow(count: items.count, height: rect.height, offset: offset, selected: selected)
    }

    /// The item under a point, for the mouse.
    public func item(at point: Point, in rect: Rect) -> Int? {
        guard rect.contains(point) else { return nil }
        let window = window(in: rect)
        let row = window.offset + point.y - rect.y
        return window.rows.contains(row) ? row : nil
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard rect.width > 1, rect.height > 0 else { return }
        let window = window(in: rect)
        let width = rect.width - (window.isScrollable ? 1 : 0)
        for row in window.rows {
            let line = Rect(x: rect.x, y: rect.y + row - window.offset, width: width, height: 1)
            draw(items[row], isSelected: row == selected, in: line, on: &frame, glyphs: glyphs)
        }
        window.drawMark(x: rect.maxX - 1, y: rect.y, on: &frame, glyphs: glyphs)
    }

    private func draw(_ item: Item, isSelected: Bool, in line: Rect, on frame: inout Frame, glyphs: Glyphs) {
        if isSelected {
            frame.draw(String(glyphs.mark), at: Point(x: line.x, y: line.y), style: Style(.title, .bold), clip: line)
        }
        var text = item.text.highlighting(filter)
        if !item.isEnabled { text = text.restyled { $0 = Style(.muted, on: $0.background, [.dim]) } }
        let room = line.splitLeft(1).rest
        frame.draw(text, at: Point(x: room.x, y: room.y), width: room.width, alignment: .left, glyphs: glyphs, clip: room)
        if !item.note.isEmpty, text.cellWidth + 1 + item.note.cellWidth <= room.width {
            frame.drawRight(item.note, endingAt: room.maxX, row: room.y, clip: room)
        }
        if isSelected { frame.setBackground(isFocused ? .selection : .selectionInactive, in: line) }
    }
}
