import Compression
import Exports
import Foundation
import Frames
import Reports
import Screens

/// The points of a session, group by group, as text, CSV, JSON and SVG.
struct FrontDocument {
    let session: String
    let network: String
    let points: FrontPoints
    private let numbers = NumberFormat.unicode

    init(_ kept: KeptPlan) { self.init(session: kept.session, network: kept.contents.identity.network.name, points: kept.contents.points) }

    init(session: String, network: String, points: FrontPoints) {
        (self.session, self.network, self.points) = (session, network, points)
    }

    /// By rising bytes, with those that are on the front.
    func rows(of group: FrontGroup) -> (points: [FrontPoint], front: Reports.Front) {
        let points = points.points(of: group)
        return (points.sorted { ($0.bytes, -$0.value, $0.created) < ($1.bytes, -$1.value, $1.created) }, Front(points))
    }

    /// The point before it on the front from which it can't be told apart, so that it may be no better; nil for others.
    static func larger(than point: FrontPoint, on front: Reports.Front) -> FrontPoint? {
        guard let place = front.points.firstIndex(where: { $0.id == point.id }), place + 1 < front.points.count else { return nil }
        let next = front.points[place + 1]
        return point.isSeparable(from: next) ? nil : next
    }

    /// A title for each group: `accuracy on validation, 10,000 examples`.
    func title(_ group: FrontGroup) -> String {
        "\(group.measure) on \(group.words), \(numbers.count(group.count, "example"))"
    }

    func name(_ point: FrontPoint) -> String { point.name ?? String(point.id.prefix(8)) }

    var text: String {
        guard !points.all.isEmpty else { return "\(session) has no plan that was measured exactly, with the bytes of its file." }
        return points.groups.map(text).joined(separator: "\n\n")
    }

    private func text(_ group: FrontGroup) -> String {
        let (points, front) = rows(of: group)
        var table = TextTable([
            ("", .left), ("point", .left), ("bytes", .right), ("factor", .right), (group.measure, .right), ("difference", .right),
            ("95 % beyond", .left), ("measured", .left),
        ])
        table.rows = points.map { point in
            let mark = front.contains(point.id) ? Self.larger(than: point, on: front) == nil ? "*" : "~" : ""
            let chosen = point.chosenAmong.map { " (chosen among \(numbers.integer($0)))" } ?? ""
            return [
                mark, name(point) + chosen, numbers.integer(point.bytes), numbers.ratio(point.factor),
                numbers.qualityText(point.value, group.measure), difference(point.difference, group),
                point.beyond.map { "\(difference($0.low, group)) … \(difference($0.high, group))" } ?? numbers.missing,
                SessionsText.date(point.created),
            ]
        }
        return "\(title(group)) of \(network)\n\n\(table.text)\n\n"
            + "* no other has as few bytes and as good a figure; ~ nor this, but it can't be told from the next larger one"
    }

    /// Whether the figure is shown as per cent.
    func isShare(_ group: FrontGroup) -> Bool { !["r2", "cosine"].contains(group.measure) }

    private func difference(_ value: Double, _ group: FrontGroup) -> String {
        !isShare(group) ? numbers.signed(value, digits: 4) : numbers.signed(100 * value, digits: 2)
    }

    static let columns = [
        "measure", "split", "part", "examples", "point", "name", "onFront", "bytes", "originalBytes", "value", "original", "gains",
        "losses",
        "low", "high", "macs", "milliseconds", "state", "chosenAmong", "measured",
    ]

    var csv: String {
        func number(_ value: Double?) -> String { value.map(CSVText.number) ?? "" }
        func whole(_ value: Int?) -> String { value.map(String.init) ?? "" }
        let lines = points.groups.flatMap { group -> [[String]] in
            let (points, front) = rows(of: group)
            return points.map { point in
                [
                    group.measure, group.split.rawValue, group.part?.rawValue ?? "", String(group.count), point.id, point.name ?? "",
                    front.contains(point.id) ? "1" : "0", String(point.bytes), String(point.originalBytes), number(point.value),
                    number(point.original), String(point.gains), String(point.losses), number(point.beyond?.low),
                    number(point.beyond?.high),
                    whole(point.multiplyAdds), number(point.milliseconds), point.state ?? "", whole(point.chosenAmong),
                    String(point.created),
                ]
            }
        }
        return CSVText.text([Self.columns] + lines)
    }

    func json() throws -> Data {
        let groups = try points.groups.map { group -> JSONFigure in
            let (points, front) = rows(of: group)
            return [
                "measure": .string(group.measure), "split": .string(group.split.rawValue), "part": .text(group.part?.rawValue),
                "examples": .integer(group.count), "network": .string(group.network), "data": .string(group.data),
                "points": .list(try points.map { try json($0, front) }),
            ]
        }
        let document: JSONFigure = ["session": .string(session), "network": .string(network), "groups": .list(groups)]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(document) + Data("\n".utf8)
    }

    private func json(_ point: FrontPoint, _ front: Reports.Front) throws -> JSONFigure {
        [
            "id": .string(point.id), "name": .text(point.name), "onFront": .boolean(front.contains(point.id)),
            "bytes": .integer(point.bytes), "originalBytes": .integer(point.originalBytes), "value": .number(point.value),
            "original": .number(point.original), "gains": .integer(point.gains), "losses": .integer(point.losses),
            "low": .number(point.beyond?.low), "high": .number(point.beyond?.high), "macs": .integer(point.multiplyAdds),
            "milliseconds": .number(point.milliseconds), "state": .text(point.state), "chosenAmong": .integer(point.chosenAmong),
            "measured": .integer(Int(point.created)), "notSeparableFrom": .text(Self.larger(than: point, on: front)?.id),
            "plan": .string(try PlanFile.text(of: point.plan)),
        ]
    }
}
