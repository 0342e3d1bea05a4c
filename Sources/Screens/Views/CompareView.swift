import Frames

/// Two states side by side: for each layer and factor, and for the network as a whole, `left → right` and the difference with its sign.
///
/// Where there is little room, columns go in the order dB, stored, ratio, bytes; the totals go below six rows.
package struct CompareView: ScreenView {
    package static var place: Place { .compare }

    var left: ComparedState.Side
    var right: ComparedState.Side
    /// Whether the arrow keys choose the right side.
    var choosesRight = false
    /// The first layer row shown.
    var scroll = 0

    package init?(_ explorer: Explorer) {
        left = explorer.snapshots.last.map { .snapshot($0.id) } ?? .original
        right = .current
    }

    package func title(_ explorer: Explorer) -> String {
        let names = [left, right].map { ComparedState($0, explorer).name }
        return "Compare \(explorer.glyphs.dot) \(names[0]) \(explorer.glyphs.arrow) \(names[1])"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        let rows = ComparisonRows(left: ComparedState(left, explorer), right: ComparedState(right, explorer), explorer: explorer)
        let totals = area.height >= 6 ? ViewText.flow(rows.totals, width: area.width) : []
        let (heading, rest) = area.splitTop(area.height >= 3 ? 1 : 0)
        ViewText.draw([rows.heading(choosesRight: choosesRight)], explorer, in: heading, on: &frame)
        let footHeight = min(totals.count, max(0, rest.height - 3))
        let (body, foot) = rest.splitTop(rest.height - footHeight)
        Table(columns: ComparisonRows.columns, rows: rows.all, offset: scroll, footer: rows.rest)
            .draw(in: body, on: &frame, glyphs: explorer.glyphs)
        ViewText.draw(totals, explorer, in: foot, on: &frame)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        let rows = ComparisonRows(left: ComparedState(left, explorer), right: ComparedState(right, explorer), explorer: explorer)
        scroll = min(max(0, scroll + offset), max(0, rows.all.count - 1))
    }

    /// Puts the next state, or the one before, on the side that the arrow keys choose.
    private mutating func choose(by offset: Int, _ explorer: Explorer) {
        let sides: [ComparedState.Side] = [.original, .current] + explorer.snapshots.map { .snapshot($0.id) }
        let index = sides.firstIndex(of: choosesRight ? right : left) ?? 0
        let next = sides[(index + offset + sides.count) % sides.count]
        if choosesRight { right = next } else { left = next }
    }

    package static let commands: [Command] = [
        Command(
            "choose-side", "Choose the other side", "The arrow keys then choose what stands on that side.",
            keys: [.tab, .backTab], in: [.compare], .views
        ) { explorer, _ in explorer.changeTop(CompareView.self) { view, _ in view.choosesRight.toggle() } }.hinted(1, "other side"),
        Command(
            "choose-previous-side", "Choose the state before", "The original, the plan as it stands, or a snapshot.",
            keys: [.left, .character("h")], in: [.compare], .views
        ) { explorer, _ in explorer.changeTop(CompareView.self) { $0.choose(by: -1, $1) } },
        Command(
            "choose-next-side", "Choose the next state", "The original, the plan as it stands, or a snapshot.",
            keys: [.right, .character("l")], in: [.compare], .views
        ) { explorer, _ in explorer.changeTop(CompareView.self) { $0.choose(by: 1, $1) } }.hinted(0, "choose", keys: "←→"),
    ]
}

extension Place {
    public static let compare = Place("compare", .screen)
}
