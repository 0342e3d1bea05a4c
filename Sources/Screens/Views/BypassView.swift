import Compression
import Engine
import Frames
import Reports
import Sessions

/// What each layer of the plan would give back if it were left alone: accuracy and bytes of its bypass, the highest gain for a byte first.
package struct BypassView: ScreenView {
    package static var place: Place { .bypass }

    /// The first row shown.
    private var scroll = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Bypass of each layer" }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let table = explorer.bypassTable
        let waiting = table.weights.filter { table.row($0) == nil }
        let rows = (table.ranked + waiting).map { Self.row($0, table, explorer) }
        ViewText.draw(
            Table(columns: Self.columns, rows: rows, offset: scroll), below: Self.heading(explorer, table), explorer, in: area, on: &frame)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        scroll = min(max(0, scroll + offset), max(0, explorer.bypassTable.weights.count - 1))
    }

    private static let columns: [Table.Column] = [
        .init("layer", alignment: .left, minimumWidth: 8, priority: 9), .init("gives back", minimumWidth: 10, priority: 8),
        .init("costs", minimumWidth: 9, priority: 7), .init("points per KB", minimumWidth: 13, priority: 6),
        .init("accuracy then", minimumWidth: 13, priority: 5),
    ]

    private static func heading(_ explorer: Explorer, _ table: BypassTable) -> [StyledText] {
        let isOwn = explorer.isBypassOfPlan(table)
        let state = explorer.tasks.isRunning(.bypass) ? "running" : table.next == nil ? "finished" : "Enter starts"
        var parts = [
            StyledText("\(max(0, table.rows.count - 1)) of \(explorer.numbers.count(table.weights.count, "layer"))", .title)
                + StyledText(", \(state)", .text)
        ]
        if let own = table.row("") {
            parts.append(StyledText("plan ", .muted) + StyledText(explorer.numbers.percentFigure(own.accuracy), .value))
        }
        parts.append(StyledText("points of accuracy, bytes as the accounting \"han\" estimates them", .muted))
        if !isOwn { parts.append(StyledText("of an earlier plan; Enter measures the one in force", .warning)) }
        return parts
    }

    private static func row(_ weight: String, _ table: BypassTable, _ explorer: Explorer) -> Table.Row {
        let numbers = explorer.numbers
        let name = explorer.layers.first { $0.weight == weight }?.name ?? weight
        guard let gain = table.gain(weight), let row = table.row(weight) else {
            return Table.Row([StyledText(name, .text), StyledText(numbers.missing, .muted)])
        }
        let cost = table.cost(weight)
        let worth = cost.flatMap { $0 > 0 ? 100 * gain / (Double($0) / 1_000) : nil }
        return Table.Row([
            StyledText(name, .title), StyledText(numbers.signed(100 * gain, digits: 2), gain > 0 ? .good : .text),
            StyledText(cost.map { numbers.bytes($0) } ?? numbers.missing, .text), StyledText(numbers.decimal(worth, digits: 3), .value),
            StyledText(numbers.percentFigure(row.accuracy), .text),
        ])
    }
}

extension Place {
    public static let bypass = Place("bypass", title: "bypasses", .screen)
}
