import Frames

/// A list that typing narrows; Enter does what the selected entry names.
package protocol SearchView: ScreenView {
    var list: SearchList { get set }
    func entries(_ explorer: Explorer) -> [ListEntry]
}

/// The commands of the place below.
package struct PaletteView: SearchView {
    package static var place: Place { .palette }
    package var list = SearchList(placeholder: "a command")

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Commands" }
    package func entries(_ explorer: Explorer) -> [ListEntry] { explorer.paletteEntries(list) }
}

/// All keys and numbers, those of the place below first.
package struct HelpView: SearchView {
    package static var place: Place { .help }
    package var list: SearchList

    init(query: String) { list = SearchList(placeholder: "search keys and numbers", query: query) }

    package init?(_ explorer: Explorer) { self.init(query: "") }

    package func title(_ explorer: Explorer) -> String { "Help" }
    package func entries(_ explorer: Explorer) -> [ListEntry] { explorer.helpEntries(list) }
}

extension Place {
    public static let help = Place("help", .box, letters: .text)
    public static let palette = Place("palette", .box, letters: .text)
}

extension SearchView {
    package func size(_ explorer: Explorer, in area: Rect) -> Size { Size(width: 96, height: 36) }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let entries = entries(explorer)
        list.field.draw(in: area.splitTop(1).top, on: &frame, glyphs: explorer.glyphs)
        let rows = rows(in: area)
        listView(entries).draw(in: rows, on: &frame, glyphs: explorer.glyphs)
        guard entries.indices.contains(list.selection), rows.maxY < area.maxY else { return }
        let entry = entries[list.selection]
        let text = StyledText(entry.detail, .muted) + StyledText(entry.obstacle.map { " (\($0))" } ?? "", .warning)
        let below = Rect(x: area.x + 1, y: rows.maxY, width: area.width - 2, height: area.maxY - rows.maxY)
        Paragraph(text).draw(in: below, on: &frame, glyphs: explorer.glyphs)
    }

    /// Below the field, above the sentence of the selected entry.
    private func rows(in area: Rect) -> Rect {
        let below = area.splitTop(1).rest
        return below.splitTop(below.height - (below.height >= 6 ? 2 : 0)).top
    }

    private func listView(_ entries: [ListEntry]) -> ListView {
        ListView(
            items: entries.map { entry in
                ListView.Item(
                    StyledText(entry.title, .text), note: StyledText(entry.keys + " ", .key), isEnabled: entry.obstacle == nil)
            }, selected: entries.isEmpty ? nil : list.selection, filter: list.field.text)
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        listView(entries(explorer)).item(at: point, in: rows(in: area))
    }

    /// Where the selected entry begins.
    package func focusPoint(_ explorer: Explorer, in area: Rect) -> Point? {
        let rows = rows(in: area)
        let window = listView(entries(explorer)).window(in: rows)
        return Point(x: rows.x, y: rows.y + max(0, list.selection - window.offset))
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        list.selection = min(max(0, list.selection + offset), max(0, entries(explorer).count - 1))
    }

    /// A click chooses an entry; one on the chosen entry takes it.
    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        guard let row = row(at: mouse.point, explorer, in: area) else { return }
        if row == list.selection { return explorer.runSelectedEntry(time: time) }
        list.selection = row
    }

    package mutating func take(_ key: Key, _ explorer: inout Explorer) -> Bool {
        if list.field.handle(key) { list.selection = 0 }
        return true
    }

    package mutating func paste(_ text: String, _ explorer: inout Explorer) -> Bool {
        list.field.insert(text)
        list.selection = 0
        return true
    }
}
