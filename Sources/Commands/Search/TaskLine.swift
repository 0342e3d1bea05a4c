import Foundation
import Frames
import Reports

/// How far a task has come, on standard error: one line that is written over on a terminal, now and then a line elsewhere.
///
/// Nothing is said of what takes under a second.
struct TaskLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begin = Date()
    private var lastShown: Date?
    private var isLineOpen = false

    mutating func show(_ progress: TaskProgress) {
        let now = Date()
        guard now.timeIntervalSince(begin) >= 1, now.timeIntervalSince(lastShown ?? .distantPast) >= (isTerminal ? 0.25 : 10) else {
            return
        }
        lastShown = now
        let numbers = NumberFormat.unicode
        let text = "\(progress.title): \(numbers.integer(progress.done)) of \(numbers.count(progress.total, progress.unit))"
        if isTerminal { Standard.progress("\r\u{1B}[K\(text)") } else { Standard.progress(line: text) }
        isLineOpen = isTerminal
    }

    /// Leaves an empty line to what follows.
    mutating func end() {
        if isLineOpen { Standard.progress("\r\u{1B}[K") }
        isLineOpen = false
    }
}
