import Frames
import Networks
import Sessions

/// The sessions that were found, each with its snapshots beneath.
///
/// Where there is little room, columns go in the order remarks, zeros, bytes, accuracy, date.
enum SessionsView: ExplorerView {
    static func title(_ explorer: Explorer) -> String {
        guard let rows = browser(explorer)?.rows else { return "Sessions" }
        return "Sessions \(NumberFormat(glyphs: explorer.glyphs).integer(rows.count { $0.snapshot == nil }))"
    }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let browser = browser(explorer), let rows = browser.rows else {
            return ViewText.hint("the sessions are being read", explorer, in: area, on: &frame)
        }
        guard !rows.isEmpty else {
            return ViewText.hint("there are no sessions yet; n creates one", explorer, in: area, on: &frame)
        }
        table(explorer, browser, rows).draw(in: area, on: &frame, glyphs: explorer.glyphs)
    }

    static func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        guard let browser = browser(explorer), let rows = browser.rows else { return nil }
        return table(explorer, browser, rows).row(at: point, in: area)
    }

    private static func browser(_ explorer: Explorer) -> SessionsBrowser? {
        for case .sessions(let browser) in explorer.overlays.reversed() { return browser }
        return nil
    }

    private static func table(_ explorer: Explorer, _ browser: SessionsBrowser, _ rows: [SessionsBrowser.Row]) -> Table {
        Table(
            columns: columns, rows: rows.map { $0.snapshot == nil ? session($0.session, explorer) : snapshot($0, explorer) },
            selected: browser.selection, isFocused: true)
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
        if let hash = session.networkSHA256, let own = explorer.network.source?.sha256, hash != own {
            parts.append(StyledText("another network: \(session.networkName)", .warning))
        } else {
            parts.append(StyledText(session.networkName, .muted))
        }
        return parts.joined(separator: StyledText(", ", .muted))
    }

    private static func snapshot(_ row: SessionsBrowser.Row, _ explorer: Explorer) -> Table.Row {
        guard let snapshot = row.snapshot else { return Table.Row([]) }
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        let isLast = row.session.snapshots.last == snapshot
        let glyphs = explorer.glyphs
        let branch = "\(isLast ? glyphs.bottomLeft : glyphs.teeLeft)\(glyphs.horizontal) "
        return Table.Row([
            StyledText(branch, .muted) + StyledText(snapshot.name), StyledText(DateText.minutes(snapshot.created), .muted),
            StyledText((snapshot.isAgreement == true ? "agreement " : "") + numbers.percent(snapshot.accuracy, digits: 2), .value),
            StyledText(numbers.integer(snapshot.size)),
            StyledText(numbers.percent(snapshot.sparsity)), StyledText(snapshot.note, .muted),
        ])
    }
}
