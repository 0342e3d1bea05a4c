import Engine
import Foundation
import Frames

/// How far a removal of filters is, on standard error: one line that is written over on a terminal; elsewhere a line where something else is done, and
/// after a while of the same.
final class ThinningText {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begun = ContinuousClock.now
    private var shown: (time: ContinuousClock.Instant, progress: FilterThinning.Progress)?

    /// Shorter work is not spoken of.
    private static let pause = Duration.milliseconds(400)
    private static let longest = Duration.seconds(5)

    func show(_ progress: FilterThinning.Progress) {
        let now = ContinuousClock.now
        let passed = now - (shown?.time ?? begun)
        guard passed >= Self.pause, progress != shown?.progress else { return }
        let isOther = progress.step != shown?.progress.step || progress.activity != shown?.progress.activity
        guard isTerminal || isOther || passed >= Self.longest else { return }
        shown = (now, progress)
        if isTerminal { Standard.progress("\r\u{1B}[K\(Self.line(progress))") } else { Standard.progress(line: Self.line(progress)) }
    }

    /// Takes the line away.
    func end() { if isTerminal, shown != nil { Standard.progress("\r\u{1B}[K") } }

    private static func line(_ progress: FilterThinning.Progress) -> String {
        var parts = ["step \(progress.step)/\(progress.steps)"]
        if let activity = progress.activity { parts.append(activity.rawValue) }
        if let share = progress.share { parts.append(NumberFormat.unicode.percent(share, digits: 0)) }
        return parts.joined(separator: "  ")
    }
}
