import Commands
import Foundation
import Reports
import Testing

/// What `pare report` says of a measurement under way.
@Suite("Progress of a report")
struct MeasuringTextTests {
    private let begin = Date(timeIntervalSince1970: 1_000)

    private func report(_ evaluated: Int, of count: Int = 1_000) -> AccuracyReport {
        var report = AccuracyReport(
            split: .validation, count: count, evaluated: evaluated, originalEvaluated: evaluated, original: 1,
            originalInterval: Interval(1), current: 0.95, interval: Interval(low: 0.7639, high: 0.9911), gains: 0, losses: 1, mcNemar: 1,
            crossEntropy: 1, originalCrossEntropy: 1, crossEntropyDifference: Interval(0), agreement: 0.95, topFive: nil, notANumber: 0,
            confusion: ConfusionTable(classCount: 10), originalConfusion: ConfusionTable(classCount: 10), flipped: [], seed: 1)
        report.kind = .generated
        return report
    }

    private func line(_ text: inout MeasuringText, _ evaluated: Int, after seconds: Double, of count: Int = 1_000) -> String? {
        text.next(report(evaluated, of: count), secondsLeft: 141, at: begin + seconds)
    }

    @Test("The first line comes with the first second and the twentieth example, where these take over two seconds with the eighth")
    func first() {
        var text = MeasuringText(isTerminal: false, begin: begin)
        #expect(line(&text, 500, after: 0.99) == nil && line(&text, 19, after: 1.99) == nil && line(&text, 7, after: 50) == nil)
        var slow = MeasuringText(isTerminal: false, begin: begin)
        #expect(line(&slow, 8, after: 2)?.contains("on 8 of 1,000") == true)
        #expect(
            line(&text, 20, after: 1) == "agreement 95.00% (76.39% … 99.11%) on 20 of 1,000 generated inputs, 2:21 left")
        var few = MeasuringText(isTerminal: false, begin: begin)
        #expect(line(&few, 5, after: 2, of: 12) == nil)
        #expect(few.next(report(21, of: 30), secondsLeft: nil, at: begin + 2)?.hasSuffix("on 21 of 30 generated inputs") == true)
    }

    @Test("Then a line every ten seconds, four a second on a terminal, and none when it is exact")
    func pauses() {
        for (isTerminal, pause) in [(false, 10.0), (true, 0.25)] {
            var text = MeasuringText(isTerminal: isTerminal, begin: begin)
            #expect(line(&text, 30, after: 2) != nil)
            #expect(line(&text, 40, after: 2 + 0.9 * pause) == nil)
            #expect(line(&text, 50, after: 2 + pause) != nil)
            #expect(line(&text, 1_000, after: 100) == nil)
        }
    }

    @Test("Where a line named the time that is left, the last one says that it is over; on a terminal it is wiped out")
    func closing() {
        for isTerminal in [false, true] {
            var text = MeasuringText(isTerminal: isTerminal, begin: begin)
            #expect(line(&text, 20, after: 0.5) == nil && text.closing(at: begin + 0.6) == nil)
            #expect(line(&text, 30, after: 2)?.hasSuffix("left") == true)
            #expect(line(&text, 1_000, after: 4) == nil)
            #expect(text.closing(at: begin + 4.1) == (isTerminal ? nil : "measured 1,000 of 1,000 generated inputs in 0:04"))
        }
    }
}
