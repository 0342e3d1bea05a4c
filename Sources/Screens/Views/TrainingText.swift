import Compression
import Frames
import Reports

/// Where a training stands, in words.
struct TrainingText {
    private let explorer: Explorer
    private let run: RetrainingRun
    private var numbers: NumberFormat { explorer.numbers }

    init(_ explorer: Explorer, _ run: RetrainingRun) {
        self.explorer = explorer
        self.run = run
    }

    private var progress: TrainingProgress { run.progress }
    private func label(_ text: String) -> StyledText { StyledText(text, .muted) }

    /// `2/4 share` of a schedule that is under way; empty for a single training.
    var stage: StyledText {
        switch progress.phase {
        case .finished, .stopped, .diverged: ""
        default: StyledText(progress.stageName ?? "", .title)
        }
    }

    /// `epoch 3/5`, `paused in epoch 3/5`, `finished 5 epochs`.
    var phase: StyledText { phase(teacher: "computing the teacher's outputs") }

    /// The same where there is less room.
    var shortPhase: StyledText { phase(teacher: "teacher's outputs") }

    private func phase(teacher: String) -> StyledText {
        let place = "epoch \(progress.epoch)/\(progress.epochs)"
        if run.isStopping, !run.isEnded { return StyledText("ending in \(place)", .warning) }
        switch progress.phase {
        case .preparing:
            let what = progress.toMeasure == nil ? "preparing" : teacher
            return StyledText("\(what)\(explorer.glyphs.ellipsis)", .muted)
        case .training: return StyledText(place, .title)
        case .measuring: return StyledText("measuring \(progress.history.isEmpty ? "the start" : place)", .title)
        case .paused: return StyledText("paused in \(place)", .warning)
        case .finished: return StyledText("finished \(epochs(run.finishedEpochs))", .good)
        case .stopped: return StyledText("stopped after \(epochs(run.finishedEpochs))", .text)
        case .diverged: return StyledText("diverged in \(place)", .bad)
        }
    }

    private func epochs(_ count: Int) -> String { numbers.count(count, "epoch") }

    /// `batch 412/844`, or `2,500/10,000 examples` while they are measured; nothing before the first and after the end.
    var batch: StyledText {
        guard fraction != nil else { return "" }
        if let measured = progress.measured, let all = progress.toMeasure {
            return label("\(numbers.integer(measured))/\(numbers.integer(all)) examples")
        }
        return label("batch \(numbers.integer(progress.batch))/\(numbers.integer(progress.batches))")
    }

    /// The part that is done of this epoch, or of a measurement; nil where there is none under way.
    var fraction: Double? { run.isEnded ? nil : progress.fraction }

    /// Everything else, the most important first.
    var parts: [StyledText] {
        [accuracy, best, bytes, loss] + atOne + [left, rate, speed, message]
    }

    /// `accuracy 87.31 → 91.90 %`, before the training and after its last epoch.
    private var accuracy: StyledText {
        let now = progress.history.last { $0.number > 0 }?.accuracy
        let before = run.initialAccuracy
        let text = label(progress.figureName + " ") + StyledText(numbers.quality(before, progress.figureName), .text)
        let unit = progress.measure == .r2 ? "" : " %"
        guard let now else { return text + label(unit + " before") }
        let role = ViewText.role(change: before.map { now - $0 } ?? 0, isBetterWhenLarger: true)
        let figure = StyledText(numbers.quality(now, progress.figureName), role == .muted ? .value : role)
        return text + label(" \(explorer.glyphs.arrow) ") + figure + label(unit)
    }

    private var best: StyledText {
        guard let best = progress.best else { return "" }
        let place = best.number == 0 ? "start" : "epoch \(best.number)"
        return label("best ") + StyledText(numbers.quality(best.accuracy, progress.figureName), .value) + label(" (\(place))")
    }

    /// `levels ≈ 4,031 B`, before and now, where bytes are a term of the loss.
    private var bytes: StyledText {
        guard let now = progress.history.last?.bytes else { return "" }
        let before = progress.history.first.flatMap { $0.number == 0 ? $0.bytes : nil }
        let start = before.map { label("\(numbers.integer($0)) \(explorer.glyphs.arrow) ") } ?? ""
        return label("levels about ") + start + StyledText(numbers.integer(now), .value) + label(" B")
    }

    /// The loss as it is optimized, which is not to be compared between temperatures.
    private var loss: StyledText {
        guard let loss = progress.loss ?? progress.history.last?.loss else { return "" }
        return label("optimized loss ") + StyledText(numbers.significant(loss, 4), .value)
    }

    /// What can be compared between runs: cross-entropy and divergence at T = 1, on validation.
    private var atOne: [StyledText] {
        guard let epoch = progress.history.last else { return [] }
        // An output that is no list of classes has none.
        let entropy = epoch.crossEntropy.map { label("CE ") + StyledText(numbers.decimal($0, digits: 4), .text) } ?? ""
        let whole = entropy + leftOut(epoch.crossEntropy == nil ? nil : epoch.crossEntropyLeftOut)
        guard let divergence = epoch.divergence else { return [whole] }
        let distance = label("KL at T 1 ") + StyledText(numbers.significant(divergence), .text) + leftOut(epoch.divergenceLeftOut)
        return [distance, whole]
    }

    /// ` (12 examples left out)`: those without a finite value.
    private func leftOut(_ count: Int?) -> StyledText {
        guard let count, count > 0 else { return "" }
        return StyledText(" (\(numbers.count(count, "example")) left out)", .warning)
    }

    private var left: StyledText {
        guard !run.isEnded, let seconds = progress.secondsLeft else { return "" }
        return StyledText(numbers.timeLeft(seconds: seconds), .text)
    }

    private var speed: StyledText {
        guard progress.examplesPerSecond > 0 else { return "" }
        return StyledText(numbers.integer(Int(min(progress.examplesPerSecond, 1e12))), .text) + label(" examples/s")
    }

    private var rate: StyledText {
        guard !run.isEnded, progress.rate > 0 else { return "" }
        return label("rate ") + StyledText(numbers.significant(progress.rate), .text)
    }

    private var message: StyledText { StyledText(progress.message ?? "", .warning) }

    /// What is optimized: `CE`, or with a teacher its two parts.
    var formula: String {
        guard run.hasTeacher else { return "CE" }
        let weights = explorer.lossWeights
        let square = explorer.glyphs.graph == .ascii ? "T^2" : "T²"
        return "\(weights.student.trimmed) CE + \(weights.distillation.trimmed) \(square) KL, T \(explorer.temperature.trimmed)"
    }

    /// The training in one line, for the status line: as many parts as fit whole, the most important kept.
    func line(width: Int) -> StyledText {
        let left = progress.secondsLeft == nil ? label("") : self.left
        let separator = StyledText(" \(explorer.glyphs.dot) ", .muted)
        func joined(_ parts: [StyledText]) -> StyledText { StyledText(" ") + parts.filter { !$0.isEmpty }.joined(separator: separator) }
        let shorter = [
            [stage, phase, batch, accuracy, left, best], [stage, phase, batch, accuracy, left], [stage, phase, accuracy, left],
            [stage, phase, left], [phase, left], [phase],
        ]
        return shorter.map(joined).first { $0.cellWidth <= width } ?? joined([phase])
    }
}
