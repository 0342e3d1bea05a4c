import Foundation
import Frames
import Reports

/// How far a measurement has come, on standard error: one line that is written over on a terminal, now and then a line elsewhere.
///
/// Nothing is said of what takes under a second.
package struct MeasuringText {
    private let isTerminal: Bool
    private let begin: Date
    private var lastShown: Date?
    /// The last one that was shown to it, exact or not.
    private var newest: AccuracyReport?
    private var isLineOpen = false

    /// Examples behind the first figure, unless there are fewer, and where these take longer than so many seconds.
    private static let firstExamples = (usual: 20, least: 8, patience: 2.0)
    private static let silence = 1.0
    /// Seconds between two lines: on a terminal, and elsewhere.
    private static let pauses = (0.25, 10.0)

    package init(isTerminal: Bool = isatty(STDERR_FILENO) == 1, begin: Date = Date()) {
        (self.isTerminal, self.begin) = (isTerminal, begin)
    }

    mutating func show(_ report: AccuracyReport, secondsLeft: Double?) {
        guard let line = next(report, secondsLeft: secondsLeft, at: Date()) else { return }
        if isTerminal { Standard.progress("\r\u{1B}[K\(line)") } else { Standard.progress(line: line) }
        isLineOpen = isTerminal
    }

    /// The line that is due at a time, if one is.
    package mutating func next(_ report: AccuracyReport, secondsLeft: Double?, at now: Date) -> String? {
        newest = report
        let elapsed = now.timeIntervalSince(begin)
        let first = elapsed < Self.firstExamples.patience ? Self.firstExamples.usual : Self.firstExamples.least
        guard !report.isExact, report.evaluated >= min(first, report.count), elapsed >= Self.silence else { return nil }
        let pause = isTerminal ? Self.pauses.0 : Self.pauses.1
        if let lastShown, now.timeIntervalSince(lastShown) < pause { return nil }
        lastShown = now
        return Self.line(report, secondsLeft: secondsLeft)
    }

    /// Leaves an empty line to what follows; elsewhere the last line says that it is over.
    mutating func end() {
        if isLineOpen { Standard.progress("\r\u{1B}[K") }
        if let line = closing(at: Date()) { Standard.progress(line: line) }
        isLineOpen = false
    }

    /// `measured 10,000 of 10,000 examples in 0:04`, where a line before it named a time that was left.
    package func closing(at now: Date) -> String? {
        guard !isTerminal, lastShown != nil, let report = newest else { return nil }
        let numbers = NumberFormat.unicode
        return "measured \(numbers.integer(report.evaluated)) of \(numbers.count(report.count, report.exampleName)) "
            + "in \(Self.time(now.timeIntervalSince(begin)))"
    }

    /// `agreement 95.00% (76.39% … 99.11%) on 20 of 1,000 generated inputs, 2:21 left`.
    private static func line(_ report: AccuracyReport, secondsLeft: Double?) -> String {
        let numbers = NumberFormat.unicode
        let (low, high) = (numbers.percent(report.interval.low, digits: 2), numbers.percent(report.interval.high, digits: 2))
        let left = secondsLeft.map { ", \(time($0)) left" } ?? ""
        return "\(report.figureName) \(numbers.percent(report.current, digits: 2)) (\(low) … \(high)) on "
            + "\(numbers.integer(report.evaluated)) of \(numbers.count(report.count, report.exampleName))\(left)"
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return "\(whole / 60):" + (whole % 60 < 10 ? "0" : "") + "\(whole % 60)"
    }
}
