import Compression
import Engine
import Frames
import Reports

/// What each layer of the plan would give back if it were left alone: figures and bytes of its bypass, the highest gain for a byte first.
package struct BypassView: ScreenView {
    package static var place: Place { .bypass }

    /// The first row shown.
    private var scroll = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Bypass of each layer" }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard let table = explorer.sensitivities.table(.leaveOneOut) else {
            return ViewText.hint(explorer.sensitivityHint, explorer, in: area, on: &frame)
        }
        let waiting = table.options.filter { table.figure($0.key) == nil }.map(\.weight)
        let rows = table.givingBack.map { Self.row($0, explorer) } + waiting.map { Self.row(of: $0, explorer) }
        ViewText.draw(
            Table(columns: Self.columns(table), rows: rows, offset: scroll), below: Self.heading(explorer, table), explorer, in: area,
            on: &frame)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        let count = explorer.sensitivities.table(.leaveOneOut)?.options.count ?? 0
        scroll = min(max(0, scroll + offset), max(0, count - 1))
    }

    private static func columns(_ table: SensitivityTable) -> [Table.Column] {
        [
            .init("layer", alignment: .left, minimumWidth: 8, priority: 9), .init("gives back", minimumWidth: 10, priority: 8),
            .init("costs", minimumWidth: 9, priority: 7), .init("points per KB", minimumWidth: 13, priority: 6),
            .init("KL", minimumWidth: 8, priority: 4), .init("examples", minimumWidth: 8, priority: 5),
        ]
    }

    private static func heading(_ explorer: Explorer, _ table: SensitivityTable) -> [StyledText] {
        let numbers = explorer.numbers
        let parts = [
            StyledText("\(table.measured.count) of \(numbers.count(table.options.count, "layer"))", .title)
                + StyledText(", \(table.doneCount) as far as needed", .text),
            StyledText("points of \(table.figureName), bytes as the file has them", .muted),
        ]
        return explorer.isOfPlan(table) ? parts : parts + [StyledText("of an earlier plan; those of the one in force follow", .warning)]
    }

    private static func name(_ weight: String, _ explorer: Explorer) -> String {
        explorer.layers.first { $0.weight == weight }?.name ?? weight
    }

    private static func row(of weight: String, _ explorer: Explorer) -> Table.Row {
        Table.Row([StyledText(name(weight, explorer), .text), StyledText(explorer.numbers.missing, .muted)])
    }

    private static func row(_ figure: OptionFigure, _ explorer: Explorer) -> Table.Row {
        let numbers = explorer.numbers
        let gain = figure.figure?.value
        let cost = -figure.bytesWon
        let worth = gain.flatMap { cost > 0 ? 100 * $0 / (Double(cost) / 1_000) : nil }
        let error = figure.change(of: .divergence) ?? figure.change(of: .squaredError)
        return Table.Row([
            StyledText(name(figure.option.weight, explorer), .title),
            StyledText(
                gain.map { (figure.isExact ? "" : "~") + numbers.signed(100 * $0, digits: 2) } ?? numbers.missing,
                gain ?? 0 > 0 ? .good : .text),
            StyledText(numbers.bytes(cost), .text), StyledText(numbers.decimal(worth, digits: 3), .value),
            StyledText(error.map { numbers.signed($0, digits: 4) } ?? numbers.missing, .muted),
            StyledText(numbers.integer(figure.evaluated), .muted),
        ])
    }
}

extension Place {
    public static let bypass = Place("bypass", title: "bypasses", .screen)
}
