/// Rows of styled cells under headings; low-priority columns give way when it is narrow.
///
/// The first cell of each row is a gutter for the selection mark `▸`, so that the selection is seen without colour.
public struct Table: Widget, Hashable {
    /// A column's heading and how it takes part in a narrow screen.
    public struct Column: Hashable, Sendable {
        public var title: String
        public var alignment: TextAlignment
        /// Cells below which the column is dropped rather than cut.
        public var minimumWidth: Int
        /// Columns of lower priority are dropped first; of equal ones, the rightmost.
        public var priority: Int
        /// True where cells that are too long lose their beginning: names that differ at their end.
        public var keepsEnd: Bool

        public init(
            _ title: String, alignment: TextAlignment = .right, minimumWidth: Int = 1, priority: Int = 1, keepsEnd: Bool = false
        ) {
            self.title = title
            self.alignment = alignment
            self.minimumWidth = max(1, minimumWidth)
            self.priority = priority
            self.keepsEnd = keepsEnd
        }
    }

    /// A row's cells, one a column; missing ones are blank.
    public struct Row: Hashable, Sendable {
        public var cells: [StyledText]

        public init(_ cells: [StyledText]) { self.cells = cells }
    }

    public var columns: [Column]
    public var rows: [Row]
    public var selected: Int?
    /// True where the keys go: the selection is then `selection`, else `selectionInactive`.
    public var isFocused: Bool
    /// The first row wished for; the selection is kept in sight whatever it is.
    public var offset: Int
    public var showsHeader: Bool
    /// A row below the last one that can't be selected; drawn where there is room for it and the column of its last cell is shown. Of rows that
    /// scroll it takes a line only where there are ``footerHeight`` or more.
    public var footer: Row?

    /// Lines of a table from which on its footer stays in sight while rows scroll.
    public static let footerHeight = 12

    public init(
        columns: [Column], rows: [Row], selected: Int? = nil, isFocused: Bool = false, offset: Int = 0,
        showsHeader: Bool = true, footer: Row? = nil
    ) {
        self.columns = columns
        self.rows = rows
        self.selected = selected
        self.isFocused = isFocused
        self.offset = offset
        self.showsHeader = showsHeader
        self.footer = footer
    }

    private var headerHeight: Int { showsHeader ? 1 : 0 }

    /// The rows that are seen in `rect`.
    public func window(in rect: Rect) -> ScrollWindow {
        let keepsFooter = footer != nil && rect.height >= Self.footerHeight
        return ScrollWindow(
            count: rows.count, height: rect.height - headerHeight - (keepsFooter ? 1 : 0), offset: offset, selected: selected)
    }

    /// The row under a point, for the mouse.
    public func row(at point: Point, in rect: Rect) -> Int? {
        guard rect.contains(point), point.y >= rect.y + headerHeight else { return nil }
        let window = window(in: rect)
        let row = window.offset + point.y - rect.y - headerHeight
        return window.rows.contains(row) ? row : nil
    }

    /// The column whose head is under a point, for the mouse; a blank between two belongs to the one before it.
    public func column(at point: Point, in rect: Rect) -> Int? {
        guard showsHeader, rect.contains(point), point.y == rect.y else { return nil }
        let width = rect.width - (window(in: rect).isScrollable ? 1 : 0) - 1
        return layout(width: width).last { rect.x + 1 + $0.x <= point.x }?.column
    }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard rect.width > 1, rect.height > 0 else { return }
        let window = window(in: rect)
        let body = Rect(x: rect.x, y: rect.y, width: rect.width - (window.isScrollable ? 1 : 0), height: rect.height)
        let places = layout(width: body.width - 1)
        if showsHeader { drawHeader(places, in: body, on: &frame, glyphs: glyphs) }
        for row in window.rows {
            let y = rect.y + headerHeight + row - window.offset
            draw(row: row, places, in: Rect(x: body.x, y: y, width: body.width, height: 1), on: &frame, glyphs: glyphs)
        }
        if let footer, places.contains(where: { $0.column == footer.cells.count - 1 }) {
            let line = Rect(x: body.x, y: rect.y + headerHeight + window.rows.count, width: body.width, height: 1)
            if line.y < rect.maxY { draw(footer, widened(places, footer), keepsEnds: false, in: line, on: &frame, glyphs: glyphs) }
        }
        window.drawMark(x: rect.maxX - 1, y: rect.y + headerHeight, on: &frame, glyphs: glyphs)
    }

    /// The footer's word goes on over the blank cells behind it.
    private func widened(_ places: [Place], _ footer: Row) -> [Place] {
        let next = places.dropFirst().first { !footer.cells[$0.column].isEmpty }
        guard let next, var first = places.first else { return places }
        first.width = next.x - 1 - first.x
        return [first] + places.filter { $0.x >= next.x }
    }

    private func drawHeader(_ places: [Place], in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        for place in places {
            let column = columns[place.column]
            frame.draw(
                StyledText(column.title, .muted), at: Point(x: rect.x + 1 + place.x, y: rect.y), width: place.width,
                alignment: column.alignment, glyphs: glyphs, clip: rect)
        }
    }

    private func draw(row: Int, _ places: [Place], in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        let isSelected = row == selected
        if isSelected {
            frame.draw(String(glyphs.mark), at: Point(x: rect.x, y: rect.y), style: Style(.title, .bold), clip: rect)
        }
        draw(rows[row], places, in: rect, on: &frame, glyphs: glyphs)
        if isSelected { frame.setBackground(isFocused ? .selection : .selectionInactive, in: rect) }
    }

    /// Names of rows keep their ends; the footer's is a word.
    private func draw(
        _ row: Row, _ places: [Place], keepsEnds: Bool = true, in rect: Rect, on frame: inout Frame, glyphs: Glyphs
    ) {
        for place in places where place.column < row.cells.count {
            let cell = row.cells[place.column]
            let isCut = keepsEnds && columns[place.column].keepsEnd && cell.cellWidth > place.width
            frame.draw(
                isCut ? cell.truncatedAtStart(to: place.width, ellipsis: String(glyphs.ellipsis)) : cell,
                at: Point(x: rect.x + 1 + place.x, y: rect.y), width: place.width,
                alignment: columns[place.column].alignment, glyphs: glyphs, clip: rect)
        }
    }
}
