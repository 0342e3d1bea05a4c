import Compression
import Engine
import Frames
import Reports

/// The ten best next steps from the plan in force: what each costs, and the bytes that it wins.
package struct NextStepsView: ScreenView {
    package static var place: Place { .nextSteps }

    private var selection = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Best next steps" }

    package var rowWord: String { "step" }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        selection = min(max(0, selection + offset), max(0, explorer.nextSteps.count - 1))
    }

    /// The step under the mark.
    func selected(_ explorer: Explorer) -> OptionFigure? {
        let steps = explorer.nextSteps
        return steps.indices.contains(selection) ? steps[selection] : steps.last
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard let shown = explorer.shownStepKind, let table = explorer.sensitivities.table(shown.kind) else {
            return ViewText.hint(explorer.sensitivityHint, explorer, in: area, on: &frame)
        }
        let rows = explorer.sensitivities.steps(shown.kind).map { Self.row($0, explorer, isFresh: shown.isFresh) }
        let columns = Self.columns(table)
        ViewText.draw(
            Table(columns: columns, rows: rows, selected: rows.isEmpty ? nil : min(selection, rows.count - 1), isFocused: true),
            below: Self.heading(explorer, table, isFresh: shown.isFresh), explorer, in: area, on: &frame)
    }

    private static func columns(_ table: SensitivityTable) -> [Table.Column] {
        [
            .init("layer", alignment: .left, minimumWidth: 8, priority: 9), .init("step", alignment: .left, minimumWidth: 12, priority: 8),
            .init(table.figureName, minimumWidth: 8, priority: 7), .init("95 %", minimumWidth: 16, priority: 3),
            .init("KL", minimumWidth: 8, priority: 4), .init("won", minimumWidth: 8, priority: 6),
            .init("left", minimumWidth: 8, priority: 5), .init("examples", minimumWidth: 8, priority: 2),
        ]
    }

    private static func heading(_ explorer: Explorer, _ table: SensitivityTable, isFresh: Bool) -> [StyledText] {
        let numbers = explorer.numbers
        let measured = "\(numbers.integer(table.measured.count)) of \(numbers.count(table.options.count, "option")) measured"
        var parts = [
            StyledText("least \(table.measure.rawValue) for a byte won, the best of each family of a layer", .title),
            StyledText("\(measured), \(numbers.integer(table.doneCount)) as far as needed", .muted),
        ]
        if !isFresh { parts.append(StyledText("of an earlier plan; those of the one in force follow", .warning)) }
        return parts
    }

    private static func row(_ step: OptionFigure, _ explorer: Explorer, isFresh: Bool) -> Table.Row {
        let numbers = explorer.numbers
        let name = explorer.layers.first { $0.weight == step.option.weight }?.name ?? step.option.weight
        func points(_ value: Double) -> String { numbers.signed(100 * value, digits: 2) }
        let change = step.figure.map { (step.isExact ? "" : "~") + points($0.value) } ?? numbers.missing
        let interval = step.figure?.interval.map { "\(points($0.low)) … \(points($0.high))" } ?? ""
        let error = step.change(of: .divergence) ?? step.change(of: .squaredError)
        return Table.Row([
            StyledText(name, isFresh ? .title : .muted), StyledText(step.option.label, isFresh ? .text : .muted),
            ViewText.figure(change, isFresh: isFresh), StyledText(step.isExact ? "exact" : interval, .muted),
            StyledText(error.map { numbers.signed($0, digits: 4) } ?? numbers.missing, .muted),
            ViewText.figure(numbers.bytes(step.bytesWon), isFresh: isFresh, .good), StyledText(numbers.bytes(step.bytes), .muted),
            StyledText(numbers.integer(step.evaluated), .muted),
        ])
    }
}

extension NextStepsView {
    package static let commands: [Command] = [
        Command(
            "do-best-step", "Do the best next step",
            "Puts the option of a layer into force that costs least for the bytes that it wins; u takes it back.",
            keys: [.character("D")], in: Place.panes, .knobs, unless: { $0.stepObstacle }
        ) { explorer, time in explorer.doBestStep(time: time) },
        Command(
            "show-next-steps", "Show the best next steps",
            "The ten options of all layers that cost least for the bytes that they win; Enter does one.",
            keys: [.character("W")], in: Place.panes, .views, unless: CommandTable.noLayer
        ) { explorer, _ in explorer.open(NextStepsView.self) },
        Command(
            "do-step", "Do this step", "Puts the step into force; u takes it back.",
            keys: [.enter], in: [.nextSteps], .knobs, unless: { $0.stepObstacle }
        ) { explorer, time in
            guard let step = explorer.stack.top(as: NextStepsView.self)?.selected(explorer) else { return }
            explorer.take(step, time: time)
        }.hinted(0, "do it"),
    ]
}
