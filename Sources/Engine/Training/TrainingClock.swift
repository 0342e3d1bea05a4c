import Foundation
import Reports

/// Time that was worked, by epochs; pauses do not count. What it says is shown and determines nothing.
struct TrainingClock {
    private(set) var seconds = 0.0
    private var epochStart = 0.0
    private var trainingStart = 0.0
    private var examples = 0

    mutating func add(_ seconds: Double) { self.seconds += seconds }

    var epochSeconds: Double { seconds - epochStart }
    mutating func beginEpoch() { epochStart = seconds }
    mutating func beginBatches() { trainingStart = seconds; examples = 0 }

    mutating func count(examples: Int) { self.examples += examples }
    /// Over the epoch under way, measuring left out.
    var examplesPerSecond: Double {
        let elapsed = seconds - trainingStart
        return elapsed > 0 ? Double(examples) / elapsed : 0
    }

    /// From the epochs that are finished, else from the batches of the first.
    func secondsLeft(_ progress: TrainingProgress) -> Double? {
        let finished = progress.history.filter { $0.number > 0 }
        let share = Double(progress.batch) / Double(max(1, progress.batches))
        let left = Double(progress.epochs - progress.epoch + 1) - share
        switch progress.phase {
        case .training, .measuring, .paused: break
        default: return nil
        }
        if !finished.isEmpty {
            return max(0, left) * finished.reduce(0) { $0 + $1.seconds } / Double(finished.count)
        }
        return share > 0.02 ? max(0, left) * (seconds - trainingStart) / share : nil
    }
}
