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

    /// A plan that changes two layers.
    private static func desk() -> Desk {
        var desk = Desk()
        desk.press([.down, .right, .down, .right])
        return desk
    }

    private static func report(_ desk: Desk, layers: Int) -> SensitivityReport {
        let plan = (try? desk.explorer.plan.resolved(for: desk.explorer.layers)) ?? .unchanged
        let context = SensitivityContext(
            network: nil, base: nil, data: DataIdentity(name: "points", split: .validation, count: 500, sha256: nil), part: .all, seed: 1,
            plan: SensitivityContext.plan(of: plan),
            environment: Environment(pareVersion: "1", kernels: "k", instructionSet: "i", threads: 1))
        let options = OptionFamily.bypasses(of: desk.explorer.layers, in: plan)
        var table = SensitivityTable(.leaveOneOut, context, options: options, figureName: "accuracy", count: 500)
        for (option, (gain, cost)) in zip(options, [(0.05, 2_000), (0.06, 1_000)]).prefix(layers) {
            var figure = OptionFigure(option, evaluated: 500, count: 500, bytes: 500 + cost, referenceBytes: 500)
            figure.figure = OptionFigure.Change(gain, interval: Interval(gain))
            table.add(figure)
        }
        return SensitivityReport(table, isFollowing: true)
    }

    @Test("layers that the plan changes are there, the highest gain for a byte stands first, and another plan is told apart")
    func shows() {
        var none = Desk()
        none.type(":show-bypasses")
        none.press(.enter)
        #expect(none.screen.contains("the plan changes no layer"))
        var desk = Self.desk()
        #expect(Self.report(desk, layers: 0).table?.options.map(\.weight) == [Self.first, "fc1.weight"])
        let id = TaskID(.sensitivity)
        desk.send(.engine(.task(id, .report(Self.report(desk, layers: 1)))))
        desk.type(":show-bypasses")
        desk.press(.enter)
        #expect(desk.screen.contains("1 of 2 layers") && desk.screen.contains("+5.00"))
        desk.send(.engine(.task(id, .report(Self.report(desk, layers: 2)))))
        let lines = desk.screen.split(separator: "\n")
        let places = ["fc1", "conv2"].map { name in lines.firstIndex { $0.contains(name) && $0.contains("+") } ?? -1 }
        #expect(places[0] >= 0 && places[0] < places[1])
        #expect(!desk.screen.contains("of an earlier plan"))
        for size in [Size(width: 80, height: 24), Size(width: 200, height: 60), Size(width: 1, height: 1)] {
            _ = desk.explorer.frame(size: size)
        }
        desk.press([.escape, .right])
        desk.type(":show-bypasses")
        desk.press(.enter)
        #expect(desk.screen.contains("of an earlier plan"))
    }
}
