import Frames
import Networks
import Sessions

/// The sessions that were found, each with its snapshots beneath.
///
/// Where there is little room, columns go in the order remarks, zeros, bytes, accuracy, date.
package struct SessionsView: ScreenView {
    package static var place: Place { .sessions }

    /// One row: a session, or a snapshot below it.
    struct Row {
        var session: SessionSummary
        /// Nil on the session's own row.
        var snapshot: SnapshotSummary?
    }

    /// Nil until the list was read.
    private(set) var rows: [Row]?
    private(set) var selection = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String {
        guard let rows else { return "Sessions" }
        return "Sessions \(explorer.numbers.integer(rows.count { $0.snapshot == nil }))"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let rows else { return ViewText.hint("the sessions are being read", explorer, in: area, on: &frame) }
        guard !rows.isEmpty else {
            return ViewText.hint("there are no sessions yet; n creates one", explorer, in: area, on: &frame)
        }
        table(explorer, rows).draw(in: area, on: &frame, glyphs: explorer.glyphs)
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        rows.flatMap { table(explorer, $0).row(at: point, in: area) }
    }

    /// Takes the list in, with the session that is open selected.
    mutating func take(_ list: [SessionSummary], open name: String) {
        let read = list.flatMap { session in [Row(session: session)] + session.snapshots.map { Row(session: session, snapshot: $0) } }
        rows = read
        selection = read.firstIndex { $0.session.name == name } ?? 0
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        selection = min(max(0, selection + offset), max(0, (rows?.count ?? 0) - 1))
    }

    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        guard let row = row(at: mouse.point, explorer, in: area) else { return }
        if row == selection, mouse.action == .doubleClick { return explorer.openSession(of: selected, time: time) }
        move(by: row - selection, &explorer)
    }

    /// The selected row.
    var selected: Row? { rows.flatMap { $0.indices.contains(selection) ? $0[selection] : nil } }

    private func table(_ explorer: Explorer, _ rows: [Row]) -> Table {
        Table(
            columns: Self.columns, rows: rows.map { $0.snapshot == nil ? Self.session($0.session, explorer) : Self.snapshot($0, explorer) },
            selected: selection, isFocused: true)
    }

    private static let columns: [Table.Column] = [
        .init("session", alignment: .left, minimumWidth: 10, priority: 9),
        .init("date", alignment: .left, minimumWidth: 16, priority: 6),
        .init("accuracy", minimumWidth: 8, priority: 5), .init("bytes", minimumWidth: 9, priority: 4),
        .init("zeros", minimumWidth: 6, priority: 3),
        .init("remarks", alignment: .left, minimumWidth: 12, priority: 1),
    ]

    private static func session(_ session: SessionSummary, _ explorer: Explorer) -> Table.Row {
        Table.Row([
            StyledText(session.name, .title), StyledText(DateText.minutes(session.modified), .muted), "", "", "",
            remarks(session, explorer),
        ])
    }

    private static func remarks(_ session: SessionSummary, _ explorer: Explorer) -> StyledText {
        var parts: [StyledText] = []
        if session.name == explorer.session.name { parts.append(StyledText("open", .good)) }
        if session.isReadOnly { parts.append(StyledText("read-only, copied on the first change", .warning)) }
        if let hash = session.networkSHA256, let own = explorer.desk.opened.source?.sha256, hash != own {
            parts.append(StyledText("another network: \(session.networkName)", .warning))
        } else {
            parts.append(StyledText(session.networkName, .muted))
        }
        return parts.joined(separator: StyledText(", ", .muted))
    }

    private static func snapshot(_ row: Row, _ explorer: Explorer) -> Table.Row {
        guard let snapshot = row.snapshot else { return Table.Row([]) }
        let isLast = row.session.snapshots.last == snapshot
        let glyphs = explorer.glyphs
        let branch = "\(isLast ? glyphs.bottomLeft : glyphs.teeLeft)\(glyphs.horizontal) "
        return Table.Row([
            StyledText(branch, .muted) + StyledText(snapshot.name), StyledText(DateText.minutes(snapshot.created), .muted),
            StyledText(explorer.numbers.accuracy(snapshot), .value),
            StyledText(explorer.numbers.integer(snapshot.size)),
            StyledText(explorer.numbers.percent(snapshot.sparsity)), StyledText(snapshot.note, .muted),
        ])
    }
}

extension Place {
    public static let sessions = Place("sessions", .screen)
}
