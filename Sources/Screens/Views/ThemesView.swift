import Frames

/// The list of themes; the selected one is already in force, and its row shows the colours of the chart's parts.
enum ThemesView: ExplorerView {
    static func title(_ explorer: Explorer) -> String { "Themes \(NumberFormat(glyphs: explorer.glyphs).integer(explorer.themes.count))" }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard !explorer.themes.isEmpty else { return ViewText.hint("no themes were found", explorer, in: area, on: &frame) }
        let list = list(explorer)
        list.draw(in: area, on: &frame, glyphs: explorer.glyphs)
        // Below the list there may be room for the roles by name.
        let rest = area.splitTop(explorer.themes.count + 1).rest
        ViewText.draw(ViewText.flow(sample(explorer.glyphs), width: rest.width), explorer, in: rest, on: &frame)
    }

    static func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? { list(explorer).item(at: point, in: area) }

    private static func list(_ explorer: Explorer) -> ListView {
        let selection = selection(explorer)
        let items = explorer.themes.enumerated().map { index, name in
            ListView.Item(StyledText(name), note: index == selection ? swatch(explorer.glyphs) : "")
        }
        return ListView(items: items, selected: selection)
    }

    private static func selection(_ explorer: Explorer) -> Int? {
        for case .themes(let selection, _) in explorer.overlays.reversed() { return selection }
        return explorer.themes.firstIndex(of: explorer.theme)
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
