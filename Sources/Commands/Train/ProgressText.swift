import Foundation
import Frames
import Reports

/// Training progress for people, on standard error: one line that is written over on a terminal, one line an epoch elsewhere.
final class ProgressText {
    private static let numbers = NumberFormat.unicode
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let isQuiet: Bool
    private var shownEpochs = 0
    private var isLineOpen = false

    init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

    func show(_ progress: TrainingProgress) {
        guard !isQuiet else { return }
        for epoch in progress.history.dropFirst(shownEpochs) { write(Self.line(of: epoch, progress)) }
        shownEpochs = progress.history.count
        guard isTerminal, progress.phase == .training || progress.phase == .measuring || progress.phase == .preparing else { return }
        Standard.progress("\r\u{1B}[K\(Self.line(progress))")
        isLineOpen = true
    }

    /// Begins with another training.
    func restart() { shownEpochs = 0 }

    func write(_ line: String) {
        guard !isQuiet else { return }
        if isLineOpen { Standard.progress("\r\u{1B}[K") }
        isLineOpen = false
        Standard.progress(line: line)
    }

    private static func line(_ progress: TrainingProgress) -> String {
        let share = progress.fraction ?? 0
        let filled = Int((share * 20).rounded(.down))
        let bar = String(repeating: "▓", count: filled) + String(repeating: "░", count: 20 - filled)
        let isBefore = progress.history.isEmpty
        var parts = [isBefore ? "before training" : "epoch \(progress.epoch)/\(progress.epochs)", bar]
        if progress.phase != .training { parts.append(progress.phase.rawValue) }
        if let loss = progress.loss { parts.append("loss \(numbers.decimal(loss, digits: 4))") }
        if progress.examplesPerSecond > 0 { parts.append("\(numbers.integer(Int(progress.examplesPerSecond)))/s") }
        if let left = progress.secondsLeft { parts.append(numbers.timeLeft(seconds: left)) }
        if let best = progress.best { parts.append("best \(numbers.qualityText(best.accuracy, progress.figureName))") }
        return parts.joined(separator: "  ")
    }

    private static func line(of epoch: TrainingProgress.Epoch, _ progress: TrainingProgress) -> String {
        var parts = [epoch.number == 0 ? "before training" : "epoch \(epoch.number)/\(progress.epochs)"]
        if let loss = epoch.loss { parts.append("loss \(numbers.decimal(loss, digits: 4))") }
        let name = progress.measure == nil ? "" : progress.figureName + " "
        parts.append("validation \(name)\(numbers.qualityText(epoch.accuracy, progress.figureName))")
        if epoch.crossEntropy != nil || epoch.crossEntropyLeftOut ?? 0 > 0 {
            parts.append("cross-entropy \(numbers.decimal(epoch.crossEntropy, digits: 4))\(leftOut(epoch.crossEntropyLeftOut))")
        }
        if let divergence = epoch.divergence {
            parts.append("KL \(numbers.decimal(divergence, digits: 4))\(leftOut(epoch.divergenceLeftOut))")
        }
        if epoch.sparsity > 0 { parts.append("zeros \(numbers.percent(epoch.sparsity, digits: 2))") }
        if let bytes = epoch.bytes { parts.append("levels about \(numbers.integer(bytes)) B") }
        return parts.joined(separator: "  ")
    }

    /// ` (12 examples left out)`: those without a finite value.
    private static func leftOut(_ count: Int?) -> String {
        count.map { $0 == 0 ? "" : " (\(numbers.count($0, "example")) left out)" } ?? ""
    }
}
