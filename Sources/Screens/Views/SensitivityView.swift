import Compression
import Engine
import Frames
import Networks
import Reports

/// What the options of the selected layer cost, family by family: raw points with nothing between them, the monotone envelope, and where the layer stands.
package struct SensitivityView: ScreenView {
    package static var place: Place { .sensitivity }

    /// Which family of the layer is shown.
    private var family = 0
    /// Whether each layer alone is shown, and not what comes after the plan in force.
    private var isIsolated = false

    /// Losses beyond ten points stand at the foot: nobody goes there.
    private static let lowest = -0.1

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String {
        explorer.selectedWhole.map { "Sensitivity of \($0.shownWeight)" } ?? "Sensitivity"
    }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) { explorer.moveSelection(by: offset) }

    mutating func turnFamily(by offset: Int) { family += offset }

    mutating func switchKind() { isIsolated.toggle() }

    private func kind(_ explorer: Explorer) -> ShownSteps? {
        if isIsolated, explorer.sensitivities.table(.isolated) != nil {
            return ShownSteps(kind: .isolated, isFresh: true)
        }
        return explorer.shownStepKind
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard let layer = explorer.selectedWhole, let shown = kind(explorer), let table = explorer.sensitivities.table(shown.kind) else {
            return ViewText.hint(explorer.sensitivityHint, explorer, in: area, on: &frame)
        }
        let families = table.families(of: layer.weight)
        guard !families.isEmpty, let row = OptionFamily.named(families[place(among: families)]) else {
            return ViewText.hint("\(layer.name) has no options", explorer, in: area, on: &frame)
        }
        let curve = table.curve(of: layer.weight, row.name)
        let head = ViewText.flow(heading(explorer, layer, table, row, isFresh: shown.isFresh), width: area.width)
        let rest = ViewText.draw(Array(head.prefix(max(1, area.height / 2))), explorer, in: area, on: &frame)
        guard rest.height >= 3 else { return }
        let (plot, axis) = rest.splitTop(rest.height - 1)
        chart(curve, present(explorer, layer, row, curve)).draw(in: plot, on: &frame, glyphs: explorer.glyphs)
        let ends = [curve.first, curve.last].compactMap { $0?.option.label }
        guard ends.count == 2 else { return }
        frame.draw(StyledText(ends[0], .muted), at: Point(x: axis.x, y: axis.y), clip: axis)
        guard ends[0].cellWidth + ends[1].cellWidth + 1 < axis.width else { return }
        frame.draw(StyledText(ends[1], .muted), at: Point(x: axis.maxX - ends[1].cellWidth, y: axis.y), clip: axis)
    }

    private func place(among families: [String]) -> Int { ((family % families.count) + families.count) % families.count }

    /// The option that the layer as it was made is nearest to; nil where it is made in another way.
    private func present(
        _ explorer: Explorer, _ layer: Layer, _ family: OptionFamily, _ curve: [(option: LayerOption, figure: OptionFigure?)]
    ) -> Int? {
        guard let summary = explorer.summary(of: layer), let value = family.place(of: summary) else { return nil }
        return curve.indices.min { abs(curve[$0].option.value - value) < abs(curve[$1].option.value - value) }
    }

    private func heading(
        _ explorer: Explorer, _ layer: Layer, _ table: SensitivityTable, _ family: OptionFamily, isFresh: Bool
    ) -> [StyledText] {
        let numbers = explorer.numbers
        let known = table.curve(of: layer.weight, family.name).compactMap(\.figure)
        let hasFigure = known.contains { $0.figure != nil }
        var parts = [
            StyledText(family.name, .title) + StyledText(" (\(family.summary))", .muted),
            StyledText(table.kind == .isolated ? "this layer alone" : "from the plan on", isFresh ? .text : .muted)
                + StyledText(isFresh ? "" : ", of an earlier plan", .warning),
            StyledText(hasFigure ? "change of \(table.figureName) in points" : "change of the \(table.measure.rawValue)", .muted),
            StyledText("\(known.count) of \(numbers.count(table.curve(of: layer.weight, family.name).count, "option"))", .muted)
                + StyledText(", \(known.count(where: \.isExact)) exact on \(numbers.integer(table.count))", .muted),
        ]
        if let best = explorer.sensitivities.best(table.kind, of: layer.weight) {
            parts.append(StyledText("next: \(best.option.label) ", .text) + explorer.words(of: best, isFresh: isFresh))
        }
        return parts
    }

    /// Each point is a dash, so that it is seen, with a gap behind it, so that no line joins two; the envelope goes on through the gaps.
    private func chart(_ curve: [(option: LayerOption, figure: OptionFigure?)], _ present: Int?) -> LineChart {
        let hasFigure = curve.contains { $0.figure?.figure != nil }
        let costs = curve.map { point in
            hasFigure
                ? point.figure?.figure?.value
                : point.figure.flatMap { ($0.change(of: .divergence) ?? $0.change(of: .squaredError)).map { -$0 } }
        }
        var (raw, envelope): ([Double?], [Double?]) = ([], [])
        var least: Double?
        for cost in costs {
            if let cost, cost.isFinite { least = min(least ?? cost, cost) }
            raw += [cost, cost, nil]
            envelope += [least, least, least]
        }
        let finite = costs.compactMap { $0 }.filter(\.isFinite)
        let (low, high) = (max(hasFigure ? Self.lowest : -.infinity, finite.min() ?? 0), max(finite.max() ?? 0, 0))
        let range = low < high ? low...high : (high - 0.01)...high
        return LineChart(
            series: [LineChart.Series(envelope, role: .muted), LineChart.Series(raw, role: .series)], range: range,
            labelFactor: hasFigure ? 100 : 1, stepCount: max(1, raw.count - 1), mark: present.map { 3 * $0 })
    }
}

extension Explorer {
    /// Why no curve is there.
    var sensitivityHint: String {
        if let reason = sensitivities.reason { return "nothing is measured: \(reason)" }
        if sensitivities.isPaused { return "measuring is paused; the command 'pause-sensitivity' goes on with it" }
        return "options are measured whenever nothing else is done; nothing is known yet"
    }

    /// `−0.32 points, 12,345 bytes won`: what a step costs and wins, with ~ while it is not measured on all examples.
    func words(of step: OptionFigure, isFresh: Bool) -> StyledText {
        let mark = step.isExact ? "" : "~"
        let cost = step.figure.map { "\(mark)\(numbers.signed(100 * $0.value, digits: 2)) points" }
        let error = step.change(of: .divergence) ?? step.change(of: .squaredError)
        let text = cost ?? error.map { "\(mark)\(numbers.signed($0, digits: 4))" } ?? ""
        return ViewText.figure("\(text), \(numbers.bytes(step.bytesWon)) won", isFresh: isFresh)
    }
}

extension Place {
    public static let sensitivity = Place("sensitivity", .screen)
    public static let nextSteps = Place("nextSteps", title: "next steps", .screen)
}

extension SensitivityView {
    package static let commands: [Command] = [
        Command(
            "show-curves", "Show the layer's curves",
            "What each option of the layer would cost, from mild to coarse: measured points, the envelope over them, and where the layer stands.",
            keys: [.character("I")], in: Place.panes, .views, unless: CommandTable.noLayer
        ) { explorer, _ in explorer.open(SensitivityView.self) },
        Command(
            "next-option-family", "The next family of options", "Pruning levels, patterns, bits, centroids, ranks.",
            keys: [.tab, .right], in: [.sensitivity], .views
        ) { explorer, _ in explorer.changeTop(SensitivityView.self) { view, _ in view.turnFamily(by: 1) } }
        .hinted(0, "family"),
        Command(
            "previous-option-family", "The family of options before", "The other way round.",
            keys: [.backTab, .left], in: [.sensitivity], .views
        ) { explorer, _ in explorer.changeTop(SensitivityView.self) { view, _ in view.turnFamily(by: -1) } },
        Command(
            "switch-sensitivity", "From the plan, or alone",
            "Options after the plan in force, or each layer alone with all others as they came.",
            keys: [.character("i")], in: [.sensitivity], .views
        ) { explorer, _ in explorer.changeTop(SensitivityView.self) { view, _ in view.switchKind() } }
        .hinted(1, "alone"),
        Command(
            "pause-sensitivity", "Pause or go on with the options",
            "Options are measured whenever nothing else is done; where that disturbs, it can wait.",
            keys: [], in: Place.panes.union([.sensitivity, .nextSteps]), .views
        ) { explorer, _ in explorer.toggleSensitivity() },
    ]
}
