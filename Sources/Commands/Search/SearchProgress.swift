import Engine
import Foundation
import Frames

/// How far a search has come, on standard error: one line that is written over on a terminal, now and then a line elsewhere.
final class SearchProgress {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begin = Date()
    private var lastShown = Date.distantPast
    private var isLineOpen = false

    func show(_ search: PlanSearch) {
        let now = Date()
        guard now.timeIntervalSince(begin) >= 1, now.timeIntervalSince(lastShown) >= (isTerminal ? 0.25 : 10) else { return }
        lastShown = now
        if isTerminal { Standard.progress("\r\u{1B}[K\(Self.line(search))") } else { Standard.progress(line: Self.line(search)) }
        isLineOpen = isTerminal
    }

    func end() { if isLineOpen { Standard.progress("\r\u{1B}[K") } }

    private static func line(_ search: PlanSearch) -> String {
        let numbers = NumberFormat.unicode
        var parts = [
            "options \(numbers.integer(search.done)) of \(numbers.integer(search.total))", numbers.count(search.trials.count, "plan"),
        ]
        if search.switches > 0 {
            parts.append("\(numbers.count(search.switches, "switch", "switches")), \(search.improvements) brought something")
        }
        if let best = search.best, let bytes = best.figures.bytes {
            parts.append("best \(numbers.percent(best.figures.value, digits: 2)) in \(numbers.integer(bytes)) B")
        }
        return parts.joined(separator: "  ")
    }
}
