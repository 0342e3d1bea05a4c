import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Sessions
import Testing

@Suite("Sensitivity on the screen")
struct SensitivityViewTests {
    private static func table(_ desk: Desk, kind: SensitivityKind = .isolated, evaluated: Int = 1_000) -> SensitivityTable {
        let plan = (try? desk.explorer.plan.resolved(for: desk.explorer.layers)) ?? .unchanged
        let context = SensitivityContext(
            network: "ab", base: nil, data: DataIdentity(name: "points", split: .validation, count: 1_000, sha256: nil), part: .all,
            seed: 1,
            plan: SensitivityContext.plan(of: plan),
            environment: Environment(pareVersion: "1", kernels: "k", instructionSet: "i", threads: 1))
        let options = OptionFamily.options(of: desk.explorer.layers, in: plan, families: ["level", "bits"])
        var table = SensitivityTable(kind, context, options: options, figureName: "accuracy", count: 1_000)
        for (place, option) in options.enumerated() {
            let layer = desk.explorer.layers.firstIndex { $0.weight == option.weight } ?? 0
            let won = option.family == "level" ? option.value : 1 - option.value / 32
            var figure = OptionFigure(option, evaluated: evaluated, count: 1_000, bytes: 1_000 - Int(900 * won), referenceBytes: 1_000)
            // Not monotone: every fifth option is better than the one before.
            let cost = won * won * Double(layer + 1) / 10 - (place % 5 == 0 ? 0.01 : 0)
            (figure.divergence, figure.referenceDivergence) = (max(0, cost), 0)
            figure.figure = OptionFigure.Change(-cost, interval: Interval(low: -cost - 0.01, high: 0.01 - cost))
            figure.crossEntropy = OptionFigure.Change(cost, interval: nil)
            figure.changesNothing = option.value == (option.family == "level" ? 0 : 32)
            table.add(figure)
        }
        return table
    }

    private static func desk(_ size: Size, isFresh: Bool = true) -> Desk {
        var opening = Samples.opening()
        opening.size = size
        var desk = Desk(opening)
        let table = table(desk)
        desk.send(.engine(.task(TaskID(.sensitivity), .report(SensitivityReport(table, isFollowing: true)))))
        if !isFresh { desk.press(.right) }
        return desk
    }

    @Test("two columns say what the next step of each layer costs and wins, where there is room; of another plan dimmed")
    func columns() throws {
        let desk = Self.desk(Size(width: 220, height: 50))
        #expect(desk.screen.contains("next") && desk.screen.contains("wins"))
        #expect(!Self.desk(Size(width: 80, height: 24)).screen.contains("wins"))
        var none = Samples.opening()
        none.size = Size(width: 220, height: 50)
        #expect(!Desk(none).screen.contains("wins"))
        for size in [Size(width: 1, height: 1), Size(width: 40, height: 8), Size(width: 300, height: 100)] {
            _ = desk.explorer.frame(size: size)
            for place in [Place.sensitivity, .nextSteps] { _ = desk.explorer.frame(of: place, size: size) }
        }
    }

    @Test("the best next step is one change that undo takes back, and only from the plan in force")
    func step() throws {
        var desk = Self.desk(Size(width: 120, height: 40))
        let best = try #require(Self.table(desk).nextSteps().first)
        desk.type("D")
        let weight = best.option.weight
        #expect(desk.explorer.resolvedPlan[weight] == best.option.plan)
        #expect(desk.screen.contains("points") && desk.screen.contains("won"))
        // Of the plan that is in force now nothing is measured yet.
        desk.type("D")
        #expect(desk.screen.contains("not measured yet"))
        desk.type("u")
        #expect(desk.explorer.resolvedPlan[weight] == LayerPlan.unchanged)
        desk.type("W")
        #expect(desk.screen.contains("Best next steps"))
        desk.press([.down, .enter])
        let second = Self.table(Self.desk(Size(width: 120, height: 40))).nextSteps()[1]
        #expect(desk.explorer.resolvedPlan[second.option.weight] == second.option.plan)
        #expect(desk.screen.contains("of an earlier plan"))
    }

    @Test("the curve of a layer: raw points apart, the envelope over them, the present place; families in turn")
    func curves() throws {
        var desk = Self.desk(Size(width: 100, height: 30))
        desk.type("I")
        #expect(desk.screen.contains("level") && desk.screen.contains("level 0.98"))
        let frame = desk.explorer.frame(size: desk.explorer.size)
        Golden.check(frame, "sensitivity-100x30")
        desk.press(.tab)
        #expect(desk.screen.contains("2 bits"))
        desk.press(.tab)
        #expect(desk.screen.contains("level 0.98"))
        desk.press(.escape)
        desk.type("W")
        Golden.check(desk.explorer.frame(size: desk.explorer.size), "next-steps-100x30")
    }

    @Test("without figures the views say so; measuring can be paused, and goes on")
    func pause() {
        var desk = Desk()
        desk.type("I")
        #expect(desk.screen.contains("nothing is known yet"))
        desk.press(.escape)
        desk.type(":pause-sensitivity")
        desk.press(.enter)
        #expect(desk.effects.contains(.tell(TaskID(.sensitivity), .pause)))
        desk.type("D")
        #expect(desk.screen.contains("paused"))
        desk.type(":pause-sensitivity")
        desk.press(.enter)
        #expect(desk.effects.last == .tell(TaskID(.sensitivity), .resume))
    }
}
