import Compression
import Foundation
import Reports

extension TrainingRun {
    enum Divergence {
        case loss
        case gradient
        case runaway(Double, least: Double)
        /// One of the data that holds a NaN or an infinity.
        case example(Int)
    }

    /// Stops with the best state kept, and says what to lower.
    func diverge(_ divergence: Divergence) {
        progress.phase = .diverged
        work = .end
        let what =
            switch divergence {
            case .loss: "the loss is no number any more: \(advice)"
            case .gradient: "a gradient is no number any more: \(advice)"
            case .runaway(let loss, let least): "the loss ran away to \(Self.short(loss)) after \(Self.short(least)): \(advice)"
            case .example(let number):
                "training example \(number) of \(request.training.name), counted from 0, holds a NaN or an infinity: "
                    + "leave such examples out (numpy.isfinite finds them) or put a number there (numpy.nan_to_num)"
            }
        progress.message = "At step \(counters.step + 1) \(what). The best state so far is kept."
    }

    private var advice: String {
        let recipe = request.recipe
        var advice = "lower the rate (\(Self.short(recipe.rate.rate)); try \(Self.short(recipe.rate.rate / 10)))"
        if case .sgd(let momentum, _) = recipe.optimizer, momentum > 0.5 { advice += " or the momentum (\(Self.short(momentum)))" }
        if recipe.gradientClip == nil { advice += ", or set a gradient clip (1)" }
        return advice
    }

    private static func short(_ value: Double) -> String {
        value.isFinite ? String(format: "%.3g", value) : "infinity"
    }

    func finish() {
        work = .end
        progress.phase = .finished
        progress.epoch = min(request.recipe.epochs, request.lastEpoch ?? .max)
    }
}
