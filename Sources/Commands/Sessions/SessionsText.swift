import Compression
import Exports
import Foundation
import Frames
import Reports
import Screens
import Sessions

/// Sessions and snapshots as text for people.
enum SessionsText {
    private static let numbers = NumberFormat.unicode

    static func list(_ sessions: [SessionSummary]) -> String {
        if sessions.isEmpty { return "No sessions yet: pare explore starts one." }
        var table = TextTable([
            ("session", .left), ("network", .left), ("changed", .left), ("snapshot", .left), ("accuracy", .right),
            ("bytes", .right), ("zeros", .right),
        ])
        for session in sessions {
            let name = session.name + (session.isReadOnly ? " (read-only)" : "")
            table.rows.append([name, session.networkName, date(session.modified), "", "", "", ""])
            for snapshot in session.snapshots {
                table.rows.append([
                    "", "", date(snapshot.created), snapshot.name, numbers.accuracy(snapshot),
                    numbers.integer(snapshot.size), numbers.percent(snapshot.sparsity),
                ])
            }
        }
        return table.text
    }

    static func show(_ kept: KeptPlan) throws -> String {
        if let snapshot = kept.snapshot {
            let note = snapshot.note.isEmpty ? "" : "\n\(snapshot.note)"
            return "\(kept.session)@\(snapshot.name), \(date(snapshot.created))\(note)\n\n\(ReportText.text(snapshot.report))"
        }
        let contents = kept.contents
        let history = contents.history.changes.enumerated().map { index, change in
            "  \(index < contents.history.applied ? " " : "↶") \(date(change.time))  \(change.label)"
        }
        let tests = contents.testMeasurements == 1 ? "once" : "\(contents.testMeasurements) times"
        return """
            \(kept.session): \(contents.identity.network.name), made \(date(contents.created)), test split measured \(tests)

            \(history.isEmpty ? "no changes" : "changes (↶ undone)\n" + history.joined(separator: "\n"))

            \(list([summary(kept)]))
            \(trainings(kept))
            \(try PlanFile.text(of: contents.plan))
            """
    }

    /// How each training went, and the states that are kept of them; empty where there was none.
    private static func trainings(_ kept: KeptPlan) -> String {
        guard !kept.contents.states.isEmpty || !kept.contents.trainings.isEmpty else { return "" }
        var table = TextTable([
            ("state", .left), ("made", .left), ("epochs", .right), ("accuracy", .right), ("zeros", .right), ("bytes here", .right),
        ])
        table.rows = kept.contents.states.map { state in
            [
                (state.id == kept.contents.state ? "▸ " : "  ") + (state.note.isEmpty ? state.id : state.note), date(state.created),
                numbers.integer(state.epochs), numbers.percent(state.accuracy, digits: 2), numbers.percent(state.sparsity),
                numbers.integer(state.bytes),
            ]
        }
        let sentences = kept.contents.trainings.map { "  \(date($0.started))  \($0.sentence)" }
        let told = sentences.isEmpty ? "" : "\ntrainings\n" + sentences.joined(separator: "\n") + "\n"
        return told + "\n" + table.text + "\n"
    }

    private static func summary(_ kept: KeptPlan) -> SessionSummary {
        SessionSummary(
            name: kept.session, path: kept.path, networkName: kept.contents.identity.network.name,
            networkSHA256: kept.contents.identity.network.sha256, modified: kept.contents.changed ?? kept.contents.created,
            snapshots: kept.contents.snapshots.map(SnapshotSummary.init), isReadOnly: false)
    }

    /// Layer by layer, what differs marked with `*`.
    static func compare(_ a: Snapshot, _ first: String, _ b: Snapshot, _ second: String) -> String {
        var table = TextTable([
            ("layer", .left), ("kept", .right), ("", .right), ("values", .left), ("", .left), ("dB", .right), ("", .right),
            ("bytes", .right), ("", .right), ("", .left),
        ])
        let others = Dictionary(b.report.layers.map { ($0.weight, $0) }) { first, _ in first }
        table.rows = a.report.layers.map { layer in
            let other = others[layer.weight]
            return [
                layer.name, numbers.percent(layer.kept), numbers.percent(other?.kept), values(layer), other.map(values) ?? "–",
                numbers.decibels(layer), numbers.decibels(other),
                numbers.integer(a.report.size(of: layer)), numbers.integer(other.map { b.report.size(of: $0) }),
                differs(layer, other) ? "*" : "",
            ]
        }
        if a.report.rest != nil || b.report.rest != nil {
            let bytes = [a, b].map { numbers.integer($0.report.rest) }
            table.rows.append(["biases, graph", "", "", "", "", "", ""] + bytes + [bytes[0] == bytes[1] ? "" : "*"])
        }
        let names = [a, b].compactMap { $0.report.accuracy?.figureName }
        let word = (names.first { $0 != "accuracy" } ?? "accuracy").padding(toLength: 9, withPad: " ", startingAt: 0)
        return """
            \(first) and \(second)

            \(table.text)

            \(word) \(accuracy(a.report.accuracy)) and \(accuracy(b.report.accuracy))
            size      \(numbers.integer(a.report.size)) and \(numbers.bytes(b.report.size))
            zeros     \(numbers.percent(a.report.sparsity, digits: 2)) and \(numbers.percent(b.report.sparsity, digits: 2))
            """
    }

    /// `90.71%`, with half of its 95 % interval where not every example was measured.
    private static func accuracy(_ report: AccuracyReport?) -> String {
        let name = report?.figureName ?? ""
        let width = report.map { $0.isExact ? "" : " " + numbers.qualityWidth($0.interval.halfWidth, name) } ?? ""
        return numbers.qualityText(report?.current, name) + width
    }

    /// Whether anything but the knowledge of the file's bytes differs.
    private static func differs(_ layer: LayerSummary, _ other: LayerSummary?) -> Bool {
        guard var other else { return true }
        other.fileBytes = layer.fileBytes
        if let own = layer.parts, other.parts?.count == own.count {
            for place in own.indices { other.parts?[place].fileBytes = own[place].fileBytes }
        }
        return layer != other
    }

    private static func values(_ layer: LayerSummary) -> String {
        layer.stored.name == "float32" ? "float32" : "\(layer.stored.name) \(layer.stored.width)"
    }

    static func date(_ milliseconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }
}
