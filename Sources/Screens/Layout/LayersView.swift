import Compression
import Frames
import Networks

/// The table of layers: shape, weights, knobs and what they made of each layer.
enum LayersView: ExplorerView {
    static func title(_ explorer: Explorer) -> String { "Layers" }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !explorer.visibleLayers.isEmpty else {
            let text = explorer.layers.isEmpty ? "this network has no layer with weights" : "no layer's name has '\(explorer.filter)' in it"
            return Paragraph(StyledText(text, .muted)).draw(in: area, on: &frame, glyphs: explorer.glyphs)
        }
        table(explorer).draw(in: area, on: &frame, glyphs: explorer.glyphs)
    }

    /// The row under a point of the area that `draw` was given.
    static func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        table(explorer).row(at: point, in: area)
    }

    /// Where the selected row begins; nil while the filter hides it.
    static func selectionPoint(_ explorer: Explorer, in area: Rect) -> Point? {
        guard let row = explorer.selectedRow, !area.isEmpty else { return nil }
        let window = table(explorer).window(in: area)
        return window.rows.contains(row) ? Point(x: area.x, y: area.y + 1 + row - window.offset) : nil
    }

    private static func table(_ explorer: Explorer) -> Table {
        Table(
            columns: columns, rows: explorer.visibleLayers.map { row($0, explorer) }, selected: explorer.selectedRow,
            isFocused: explorer.focus == .layers && explorer.overlays.isEmpty, footer: rest(explorer))
    }

    /// What the file holds beside the weights, so that the column of bytes sums to the size.
    private static func rest(_ explorer: Explorer) -> Table.Row? {
        guard let file = explorer.file, explorer.filter.isEmpty else { return nil }
        let bytes = NumberFormat(glyphs: explorer.glyphs).integer(file.value.rest)
        let blank = Array(repeating: StyledText("", .muted), count: columns.count - 2)
        return Table.Row([StyledText("biases, graph", .muted)] + blank + [StyledText(bytes, .muted)])
    }

    private static func bytes(_ layer: Layer, _ explorer: Explorer, _ numbers: NumberFormat) -> StyledText {
        guard let found = explorer.byteCount(of: layer) else { return StyledText(numbers.missing, .muted) }
        return StyledText(numbers.integer(found.bytes), found.isFresh ? .text : .muted)
    }

    private static let columns: [Table.Column] = [
        .init("layer", alignment: .left, minimumWidth: 5, priority: 10),
        .init("shape", alignment: .left, minimumWidth: 9, priority: 3),
        .init("weights", minimumWidth: 7, priority: 4),
        .init("ratio", minimumWidth: 6, priority: 9),
        .init("kept", minimumWidth: 6, priority: 8),
        .init("bits", minimumWidth: 4, priority: 7),
        .init("stored", alignment: .left, minimumWidth: 8, priority: 2),
        .init("dB", minimumWidth: 5, priority: 6),
        .init("bytes", minimumWidth: 6, priority: 1),
    ]

    private static func row(_ layer: Layer, _ explorer: Explorer) -> Table.Row {
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        let plan = explorer.plan(of: layer)
        let summary = explorer.summary(of: layer)
        let isFresh = explorer.isFresh(layer)
        let isSelected = layer == explorer.selectedLayer
        let figure = isFresh ? Role.text : .muted
        let knobs = plan.bypass ? Role.muted : .text
        func knob(_ text: String, _ knob: Knob) -> StyledText {
            isSelected && explorer.activeKnob == knob ? StyledText(text, .knob, .bold) : StyledText(text, knobs)
        }
        return Table.Row([
            name(layer, explorer, summary), StyledText(layer.shape.description, .muted),
            StyledText(numbers.integer(layer.count), .text), knob(Knob.amount.text(in: plan, of: layer), .amount),
            kept(layer, explorer, numbers), knob(Knob.bits.text(in: plan, of: layer), .bits),
            knob(plan.bypass ? "bypass" : plan.weights.name, .representation),
            StyledText(decibels(summary, numbers), figure), bytes(layer, explorer, numbers),
        ])
    }

    private static func name(_ layer: Layer, _ explorer: Explorer, _ summary: LayerSummary?) -> StyledText {
        let text = StyledText(layer.name, layer == explorer.selectedLayer ? .title : .text).highlighting(explorer.filter)
        return summary?.remarks.contains(where: \.isNotable) == true ? text + StyledText("!", .warning) : text
    }

    private static func kept(_ layer: Layer, _ explorer: Explorer, _ numbers: NumberFormat) -> StyledText {
        guard let kept = explorer.kept(of: layer) else { return StyledText(numbers.missing, .muted) }
        return StyledText(numbers.percent(kept.fraction), kept.isFresh ? .value : .muted)
    }

    /// No noise at all is `exact`, no figure yet is missing.
    private static func decibels(_ summary: LayerSummary?, _ numbers: NumberFormat) -> String {
        guard let summary else { return numbers.missing }
        return numbers.decibels(summary.signalToNoise.whole ?? .infinity)
    }
}
