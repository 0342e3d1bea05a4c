import Frames

/// The list of themes; the selected one is already in force, and its row shows the colours of the chart's parts.
package struct ThemesView: ScreenView {
    package static var place: Place { .themes }

    private var selection: Int
    /// What comes back with Esc.
    private let previous: String

    package init?(_ explorer: Explorer) {
        selection = explorer.around.themes.firstIndex(of: explorer.theme) ?? 0
        previous = explorer.theme
    }

    package func title(_ explorer: Explorer) -> String {
        "Themes \(explorer.numbers.integer(explorer.around.themes.count))"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard !explorer.around.themes.isEmpty else { return ViewText.hint("no themes were found", explorer, in: area, on: &frame) }
        let list = list(explorer)
        list.draw(in: area, on: &frame, glyphs: explorer.glyphs)
        // Below the list there may be room for the roles by name.
        let rest = area.splitTop(explorer.around.themes.count + 1).rest
        ViewText.draw(ViewText.flow(Self.sample(explorer.glyphs), width: rest.width), explorer, in: rest, on: &frame)
    }

    package func size(_ explorer: Explorer, in area: Rect) -> Size {
        Size(width: min(area.width, 44), height: min(area.height, explorer.around.themes.count + 2))
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? { list(explorer).item(at: point, in: area) }

    package var rowWord: String { "theme" }

    /// Shows the theme under the selection at once.
    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        guard !explorer.around.themes.isEmpty else { return }
        selection = min(max(0, selection + offset), explorer.around.themes.count - 1)
        explorer.use(theme: explorer.around.themes[selection])
    }

    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        if let row = row(at: mouse.point, explorer, in: area) { move(by: row - selection, &explorer) }
    }

    package func leave(_ explorer: inout Explorer) { explorer.use(theme: previous) }

    package static let commands: [Command] = [
        Command(
            "keep-theme", "Keep the theme", "Keeps the theme that is shown.", keys: [.enter], in: [.themes], .views
        ) { explorer, _ in
            explorer.stack.close()
            explorer.say("theme \(explorer.theme)", .success)
        }.hinted(0, "keep")
    ]

    private func list(_ explorer: Explorer) -> ListView {
        let items = explorer.around.themes.enumerated().map { index, name in
            ListView.Item(StyledText(name), note: index == selection ? Self.swatch(explorer.glyphs) : "")
        }
        return ListView(items: items, selected: selection)
    }

    /// A small histogram with a threshold and a centroid, and figures that got better and worse.
    private static func swatch(_ glyphs: Glyphs) -> StyledText {
        let bars = [2, 5, 7].map { String(glyphs.eighths[$0]) }.joined()
        return StyledText(bars, .kept) + StyledText(String(glyphs.vertical), .threshold)
            + StyledText(String(repeating: String(glyphs.shade), count: 2), .pruned) + StyledText(String(glyphs.centroid), .centroid)
            + StyledText(" +1", .good) + StyledText(" \(glyphs.minus)2", .bad) + StyledText(" ! ", .warning)
    }

    private static func sample(_ glyphs: Glyphs) -> [StyledText] {
        [
            StyledText("text"), StyledText("muted", .muted), StyledText("title", .title, .bold), StyledText("value", .value),
            StyledText("\(glyphs.full) kept", .kept), StyledText("\(glyphs.shade) pruned", .pruned),
            StyledText("\(glyphs.vertical) threshold", .threshold), StyledText("\(glyphs.centroid) centroid", .centroid),
            StyledText("\(glyphs.horizontal) overlay", .overlay), StyledText("current", .series), StyledText("original", .seriesOriginal),
            StyledText("+ better", .good), StyledText("\(glyphs.minus) worse", .bad), StyledText("! warning", .warning),
            StyledText("error", .error), StyledText("knob", .knob), StyledText("key", .key), StyledText("badge", .badge),
        ]
    }
}

extension Place {
    public static let themes = Place("themes", .box)
}
