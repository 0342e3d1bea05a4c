import Compression
import Frames
import Reports

/// Every plan of the session that was measured exactly: its figure against the bytes of its file, those that no other beats in front.
///
/// Where there is little room the chart goes first, then the columns interval, factor, date.
package struct FrontView: ScreenView {
    package static var place: Place { .front }

    /// The id of the selected point; nil for the first.
    private(set) var selected: String?
    /// The point that others are held against.
    private(set) var marked: String?

    package init?(_ explorer: Explorer) { selected = explorer.presentPoint }

    package func title(_ explorer: Explorer) -> String {
        guard let group = explorer.pointGroup else { return "Front" }
        return "Front \(explorer.glyphs.dot) \(group.measure) on \(group.words), "
            + explorer.numbers.count(explorer.points.points(of: group).count, "measured plan")
    }

    /// The points of the examples in force, the largest file first.
    func rows(_ explorer: Explorer) -> [FrontPoint] {
        guard let group = explorer.pointGroup else { return [] }
        return explorer.points.points(of: group).sorted { ($0.bytes, $0.value, $0.created) > ($1.bytes, $1.value, $1.created) }
    }

    func selection(_ rows: [FrontPoint]) -> Int { rows.firstIndex { $0.id == selected } ?? 0 }

    func selectedPoint(_ explorer: Explorer) -> FrontPoint? {
        let rows = rows(explorer)
        return rows.isEmpty ? nil : rows[selection(rows)]
    }

    package var rowWord: String { "point" }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let rows = rows(explorer)
        guard !rows.isEmpty else {
            return ViewText.hint("a plan is a point once every example and the bytes of its file are exact", explorer, in: area, on: &frame)
        }
        let front = Front(rows)
        let lines = ViewText.flow(heading(explorer, rows), width: area.width)
        let rest = ViewText.draw(Array(lines.prefix(max(1, area.height / 4))), explorer, in: area, on: &frame)
        let height = rest.height >= 12 ? max(8, rest.height / 2) : 0
        let (chart, table) = rest.splitTop(height)
        if height > 0 { self.chart(explorer, rows, front).draw(in: chart, on: &frame, glyphs: explorer.glyphs) }
        self.table(explorer, rows, front).draw(in: table, on: &frame, glyphs: explorer.glyphs)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        let rows = rows(explorer)
        guard !rows.isEmpty else { return }
        selected = rows[min(max(0, selection(rows) + offset), rows.count - 1)].id
    }

    /// Marks the selected point, or takes its mark away.
    mutating func mark(_ explorer: Explorer) {
        let id = selectedPoint(explorer)?.id
        marked = marked == id ? nil : id
    }

    /// What the selected point is beside the marked one, else beside the original.
    private func heading(_ explorer: Explorer, _ rows: [FrontPoint]) -> [StyledText] {
        let (numbers, point) = (explorer.numbers, rows[selection(rows)])
        let name = FrontText(explorer, point).name
        guard let other = marked.flatMap({ explorer.points[$0] }), other.id != point.id, other.group == point.group else {
            var parts = [StyledText("\(name) beside the original ", .muted) + FrontText(explorer, point).difference(to: nil)]
            parts.append(StyledText(numbers.ratio(point.factor) + " smaller", .value))
            if let among = point.chosenAmong {
                parts.append(StyledText("chosen among \(numbers.integer(among)) on these examples", .warning))
            }
            return parts
        }
        let differing = FrontText.differing(point.plan, other.plan)
        return [
            StyledText("\(name) beside \(FrontText(explorer, other).name) ", .muted) + FrontText(explorer, point).difference(to: other),
            StyledText("\(numbers.signed(point.bytes - other.bytes)) B", .value),
            StyledText(point.isSeparable(from: other) ? "told apart" : "not told apart for certain", .muted),
            StyledText(point.state == other.state ? differing : "another trained state; " + differing, .muted),
        ]
    }

    private func chart(_ explorer: Explorer, _ rows: [FrontPoint], _ front: Front) -> ScatterChart {
        let (present, chosen) = (explorer.presentPoint, rows[selection(rows)].id)
        let isShare = FrontText.isShare(rows[0].group)
        var points = rows.map { point in
            ScatterChart.Point(
                x: Double(point.bytes), y: point.value,
                role: point.id == present ? .knob : point.id == marked ? .warning : front.contains(point.id) ? .series : .muted,
                isMarked: point.id == chosen,
                interval: point.id == chosen ? point.beyond.map { point.original + $0.low...point.original + $0.high } : nil)
        }
        if present == nil, let report = explorer.accuracy?.value, let size = explorer.fileSize, size.count > 0 {
            points.append(
                ScatterChart.Point(
                    x: Double(size.count), y: report.current, role: .knob, isHollow: true,
                    interval: report.isExact ? nil : report.interval.low...report.interval.high))
        }
        return ScatterChart(points: points, line: rows[0].original, labelFactor: isShare ? 100 : 1)
    }

    private func table(_ explorer: Explorer, _ rows: [FrontPoint], _ front: Front) -> Table {
        let present = explorer.presentPoint
        return Table(
            columns: Self.columns,
            rows: rows.map { point in
                FrontText(explorer, point).row(
                    isPresent: point.id == present, isMarked: point.id == marked, isOnFront: front.contains(point.id))
            }, selected: selection(rows), isFocused: true)
    }

    private static let columns: [Table.Column] = [
        .init("", alignment: .left, minimumWidth: 2, priority: 9), .init("point", alignment: .left, minimumWidth: 8, priority: 9),
        .init("bytes", minimumWidth: 9, priority: 8), .init("factor", minimumWidth: 7, priority: 4),
        .init("figure", minimumWidth: 7, priority: 8), .init("difference", minimumWidth: 10, priority: 6),
        .init("95 % beyond", minimumWidth: 15, priority: 3), .init("measured", alignment: .left, minimumWidth: 16, priority: 2),
    ]
}

extension Place {
    public static let front = Place("front", .screen)
}
