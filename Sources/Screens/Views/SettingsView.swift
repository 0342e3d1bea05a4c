import Frames

/// Every setting of the plan as a table: a row for each layer, a column for each knob and for what no knob turns.
///
/// Defaults are muted, and a cell is empty where the setting changes nothing. Row and column of the cursor have backgrounds, and where they
/// meet the value stands in brackets. The cursor is the selection with its knob, so that the keys of knobs turn what it stands on.
package struct SettingsView: ScreenView {
    package static var place: Place { .settings }

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String {
        "Settings \(explorer.glyphs.dot) \(explorer.numbers.count(explorer.layers.count, "layer"))"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard !explorer.layers.isEmpty else {
            return ViewText.hint("this network has no layer with weights", explorer, in: area, on: &frame)
        }
        SettingsTable(explorer, in: area).draw(on: &frame)
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? { SettingsTable(explorer, in: area).row(at: point) }

    package func focusPoint(_ explorer: Explorer, in area: Rect) -> Point? { SettingsTable(explorer, in: area).cursor }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) {
        let place = min(max(0, explorer.selection + offset), explorer.layers.count - 1)
        if explorer.layers.indices.contains(place) { explorer.select(weight: explorer.layers[place].weight) }
    }

    package func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        let table = SettingsTable(explorer, in: area)
        guard let row = table.row(at: mouse.point) else { return }
        let layer = explorer.layers[row]
        explorer.select(weight: layer.weight)
        if let knob = table.knob(at: mouse.point), knob.applies(to: explorer.plan(of: layer), of: layer) { explorer.knob = knob }
    }

    package static let commands: [Command] = [
        Command(
            "show-settings", "Show all settings", "Every knob of every layer as a table, to turn there too; what is muted is as it came.",
            keys: [.character("V")], in: Place.panes.subtracting([.example]), .views, unless: CommandTable.noLayer
        ) { explorer, _ in
            explorer.select(nil)
            explorer.open(SettingsView.self)
        }
    ]
}

extension Place {
    public static let settings = Place("settings", .screen)
}
