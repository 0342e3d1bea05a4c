import Compression
import Engine
import Frames
import Reports
import Screens
import Sessions
import Testing

@Suite("The bypasses on the screen")
struct BypassViewTests {
    private static let first = "conv2.weight"

    /// The view over a plan that changes two layers, begun.
    private static func desk() -> Desk {
        var desk = Desk()
        desk.press(.down)
        desk.press(.right)
        desk.press(.down)
        desk.press(.right)
        desk.type(":show-bypasses")
        desk.press([.enter, .enter])
        return desk
    }

    private static func order(_ desk: Desk) throws -> BypassOrder {
        let starts = desk.effects.compactMap { if case .start(let start) = $0 { start.request as? BypassOrder } else { nil } }
        return try #require(starts.last)
    }

    private static func table(_ desk: Desk, rows: Int) throws -> BypassTable {
        var table = try order(desk).table
        let figures = [("", 0.80, 1_000), (first, 0.85, 3_000), ("fc1.weight", 0.86, 2_000)]
        for (weight, accuracy, bytes) in figures.prefix(rows) {
            table.add(BypassTable.Row(weight: weight, accuracy: accuracy, bytes: bytes))
        }
        return table
    }

    @Test("layers that the plan changes are measured, the highest gain for a byte stands first, and another plan is told apart")
    func shows() throws {
        var desk = Self.desk()
        #expect(try Self.order(desk).table.weights == [Self.first, "fc1.weight"])
        let id = TaskID(.bypass)
        desk.send(.engine(.task(id, .report(BypassReport(try Self.table(desk, rows: 2))))))
        #expect(desk.screen.contains("1 of 2 layers") && desk.screen.contains("+5.00") && desk.screen.contains("running"))
        desk.send(.engine(.task(id, .ended(BypassReport(try Self.table(desk, rows: 3))))))
        let lines = desk.screen.split(separator: "\n")
        let places = ["fc1", "conv2"].map { name in lines.firstIndex { $0.contains(name) && $0.contains("+") } ?? -1 }
        #expect(places[0] >= 0 && places[0] < places[1])
        #expect(desk.screen.contains("finished") && !desk.screen.contains("of an earlier plan"))
        for size in [Size(width: 80, height: 24), Size(width: 200, height: 60), Size(width: 1, height: 1)] {
            _ = desk.explorer.frame(size: size)
        }
        desk.press(.escape)
        desk.press(.right)
        desk.type(":show-bypasses")
        desk.press(.enter)
        #expect(desk.screen.contains("of an earlier plan"))
    }
}
