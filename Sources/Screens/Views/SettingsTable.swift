import Compression
import Frames
import Networks

/// The table of settings in an area: which rows and columns are seen, and where they stand. Cost: O(cells in sight).
struct SettingsTable {
    /// A column on the screen.
    private struct Item {
        let column: SettingColumn
        let x: Int
        let isActive: Bool
    }

    private let explorer: Explorer
    private let area: Rect
    private let heading: Rect
    private let window: ScrollWindow
    private let columns: [SettingColumn]
    private let items: [Item]
    private let nameWidth: Int
    /// Leaves of the tree that turn together with the selected layer.
    private let group: Range<Int>?

    init(_ explorer: Explorer, in area: Rect) {
        (self.explorer, self.area) = (explorer, area)
        heading = area.splitTop(area.height > 1 ? 1 : 0).top
        let height = area.height - heading.height
        // The selected row stands in the middle while there are more above and below.
        window = ScrollWindow(
            count: explorer.layers.count, height: height, offset: explorer.selection - height / 2, selected: explorer.selection)
        nameWidth = Self.nameWidth(explorer, area)
        columns = Self.columns(explorer, window.rows)
        items = Self.items(columns, explorer, in: area.splitLeft(nameWidth).rest.splitLeft(area.width - nameWidth - 1).left)
        group = explorer.selectedGroup.map { explorer.tree.groups[$0].members }
    }

    /// Up to this many layers the longest name gives the width.
    private static let namesRead = 64

    private static func nameWidth(_ explorer: Explorer, _ area: Rect) -> Int {
        let most = min(max(8, area.width / 4), 40)
        guard explorer.layers.count <= namesRead else { return most }
        return min(most, 2 + (explorer.layers.map(\.name.cellWidth).max() ?? 0))
    }

    /// First those that some layer in sight has a value in.
    private static func columns(_ explorer: Explorer, _ rows: Range<Int>) -> [SettingColumn] {
        let layers = explorer.layers[rows]
        let used = SettingColumn.all.map { column in layers.contains { column.applies(to: explorer.plan(of: $0), of: $0) } }
        return [true, false].flatMap { isUsed in zip(SettingColumn.all, used).filter { $1 == isUsed }.map(\.0) }
    }

    /// As many columns as fit; so many are left out at the left that the active one is seen whole.
    private static func items(_ columns: [SettingColumn], _ explorer: Explorer, in room: Rect) -> [Item] {
        let knob = explorer.activeKnob
        let active = columns.firstIndex { $0.knob == knob } ?? 0
        var (first, width) = (active, columns[active].width)
        while first > 0, width + columns[first - 1].width <= room.width {
            first -= 1
            width += columns[first].width
        }
        var items: [Item] = []
        var x = room.x
        for column in columns[first...] where x == room.x || x + column.width <= room.maxX {
            items.append(Item(column: column, x: x, isActive: column.knob == knob))
            x += column.width
        }
        return items
    }

    // MARK: Places

    private func y(of row: Int) -> Int { heading.maxY + row - window.offset }

    /// The layer under a point.
    func row(at point: Point) -> Int? {
        guard area.contains(point), point.y >= heading.maxY else { return nil }
        let row = window.offset + point.y - heading.maxY
        return window.rows.contains(row) ? row : nil
    }

    /// The knob whose column is under a point.
    func knob(at point: Point) -> Knob? { items.first { ($0.x..<$0.x + $0.column.width).contains(point.x) }?.column.knob }

    /// The selected row in the column of the active knob.
    var cursor: Point? {
        guard window.rows.contains(explorer.selection) else { return nil }
        return Point(x: min(items.first(where: \.isActive)?.x ?? area.x, area.maxX - 1), y: y(of: explorer.selection))
    }

    // MARK: Drawing

    func draw(on frame: inout Frame) {
        drawHeading(on: &frame)
        for row in window.rows {
            draw(explorer.layers[row], in: Rect(x: area.x, y: y(of: row), width: area.width - 1, height: 1), row, on: &frame)
        }
        for item in items where item.isActive {
            let column = Rect(x: item.x, y: heading.y, width: item.column.width, height: heading.height + window.rows.count)
            frame.setBackground(.selectionInactive, in: column.intersection(area))
        }
        window.drawMark(x: area.maxX - 1, y: heading.maxY, on: &frame, glyphs: explorer.glyphs)
    }

    /// The words of the columns, with marks where some are left out.
    private func drawHeading(on frame: inout Frame) {
        let plan = explorer.selectedPlan
        for item in items {
            let title = StyledText(item.column.title(in: plan), item.isActive ? .knob : .muted, item.isActive ? .bold : [])
            frame.drawRight(title, endingAt: item.x + item.column.width - 1, row: heading.y, clip: heading)
        }
        let ellipsis = StyledText(String(explorer.glyphs.ellipsis), .muted)
        if items.first?.column.knob != columns.first?.knob {
            frame.draw(ellipsis, at: Point(x: area.x + nameWidth - 1, y: heading.y), clip: heading)
        }
        if items.count < columns.count, items.last?.column.knob != columns.last?.knob {
            frame.draw(ellipsis, at: Point(x: area.maxX - 1, y: heading.y), clip: heading)
        }
    }

    private func draw(_ layer: Layer, in line: Rect, _ row: Int, on frame: inout Frame) {
        let isSelected = row == explorer.selection
        let plan = explorer.plan(of: layer)
        if isSelected { frame.draw(StyledText(String(explorer.glyphs.mark), .title, .bold), at: Point(x: line.x, y: line.y), clip: line) }
        let name = StyledText(layer.name, isSelected ? .title : .text)
            .truncatedAtStart(to: nameWidth - 2, ellipsis: String(explorer.glyphs.ellipsis))
        frame.draw(name, at: Point(x: line.x + 1, y: line.y), clip: line)
        for item in items { draw(item, plan, layer, isCursor: isSelected && item.isActive, in: line, on: &frame) }
        let isTurned = group?.contains(explorer.tree.positions[row]) == true
        if isSelected || isTurned { frame.setBackground(isSelected ? .selection : .selectionInactive, in: line) }
    }

    private func draw(_ item: Item, _ plan: LayerPlan, _ layer: Layer, isCursor: Bool, in line: Rect, on frame: inout Frame) {
        let cell = Rect(x: item.x, y: line.y, width: item.column.width, height: 1)
        var text = item.column.text(in: plan, of: layer).truncated(to: cell.width - 2, ellipsis: String(explorer.glyphs.ellipsis))
        if plan.bypass, item.column.knob != nil { text = text.restyled { $0.role = .muted } }
        // Brackets say it where there is no colour.
        if isCursor { text = StyledText("[\(text.plain)]", .knob, .bold) }
        frame.drawRight(text, endingAt: cell.maxX - (isCursor ? 0 : 1), row: line.y, clip: cell.intersection(line))
    }
}
