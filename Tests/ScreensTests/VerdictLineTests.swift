import Frames
import Reports
import Screens
import Testing

/// The line below the layers, and how far the figure may fall.
@Suite("The verdict on the screen")
struct VerdictLineTests {
    /// A desk on which a measurement of so many of 10,000 examples came.
    private func desk(gains: Int, losses: Int, of count: Int, width: Int = 120) -> Desk {
        var desk = Desk(Samples.opening(size: Size(width: width, height: 40)))
        measure(&desk, gains, losses, of: count)
        return desk
    }

    private func measure(_ desk: inout Desk, _ gains: Int, _ losses: Int, of count: Int) {
        let exact = 0.928 + Double(gains - losses) / Double(count)
        let report = AccuracyReport(
            split: .validation, count: 10_000, evaluated: count, originalEvaluated: 10_000, original: 0.928,
            originalInterval: Interval(0.928),
            current: exact, interval: Interval(low: exact - 0.002, high: exact + 0.002), gains: gains, losses: losses, mcNemar: 0.04,
            crossEntropy: nil, originalCrossEntropy: nil, crossEntropyDifference: nil, agreement: 1, topFive: nil, notANumber: 0,
            confusion: ConfusionTable(classCount: 10), originalConfusion: ConfusionTable(classCount: 10), flipped: [], seed: 1)
        desk.send(.engine(.accuracy(report, generation: desk.explorer.generation)))
    }

    @Test("The difference stands beside both figures, with its word; nothing is said where no answer changed")
    func words() {
        #expect(desk(gains: 19, losses: 28, of: 10_000).screen.contains("92.80 → 92.71 %  −0.09 pt"))
        #expect(desk(gains: 19, losses: 28, of: 10_000).screen.contains("no difference seen"))
        #expect(desk(gains: 10, losses: 200, of: 10_000).screen.contains("surely worse"))
        let none = desk(gains: 0, losses: 0, of: 10_000).screen
        #expect(none.contains("92.80 → 92.80 %  +0 −0  of 10,000") && !none.contains(" pt"))
        // On a narrow screen the figures and the difference stay.
        #expect(desk(gains: 19, losses: 28, of: 10_000, width: 40).screen.contains("92.80 → 92.71 %  −0.09 pt"))
    }

    @Test("= asks how far accuracy may fall, in points; the session keeps it and the line answers")
    func budget() {
        var desk = desk(gains: 19, losses: 28, of: 10_000)
        desk.type("=")
        desk.type("0.5")
        desk.press(.enter)
        #expect(desk.effects.contains(.keepBudget(0.005)) && desk.explorer.budget == 0.005)
        #expect(desk.screen.contains("✓ within 0.5"))
        measure(&desk, 10, 200, of: 10_000)
        #expect(desk.screen.contains("× over 0.5"))
        measure(&desk, 2, 5, of: 500)
        #expect(desk.screen.contains("? budget 0.5, ~"))
        desk.type("=")
        desk.type("200")
        desk.press(.enter)
        #expect(desk.screen.contains("0…100 points") && desk.explorer.budget == 0.005)
        desk.press([.escape])
        desk.type("=none")
        desk.press(.enter)
        #expect(desk.effects.last == .keepBudget(nil) && desk.explorer.budget == nil && !desk.screen.contains("budget 0.5"))
    }
}
