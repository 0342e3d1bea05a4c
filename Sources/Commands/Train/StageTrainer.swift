import Compression
import Engine
import Exports
import Foundation
import Networks
import Reports

/// Trains one stage after another and says how it goes: a bar or lines on standard error, JSON on standard output.
final class StageTrainer {
    /// What one stage came to.
    struct Result {
        var stage: String?
        var outcome: TrainingDriver.Outcome
        var figures: TrainingDriver.Figures
        var seconds: Double

        var state: TrainedState { outcome.state }
        var hasDiverged: Bool { outcome.progress.phase == .diverged }
    }

    private let model: OpenedModel
    private let driver: TrainingDriver
    /// How the examples that were measured became inputs, once they were loaded.
    var facts: InputFacts? { driver.dataset?.facts }
    private let isJSON: Bool
    /// What of the plan or the schedule has no effect.
    private let warnings: [String]
    private let text: ProgressText

    /// Says what of the plan or the schedule has no effect.
    init(_ model: OpenedModel, memory: Int, json: Bool, warnings: [String] = []) {
        (self.model, self.warnings) = (model, warnings)
        isJSON = json
        driver = TrainingDriver(model, memory: memory)
        text = ProgressText(isQuiet: json && isatty(STDERR_FILENO) == 0)
        for warning in warnings { Standard.error("pare: \(warning)") }
    }

    /// Trains one stage to its best state and measures that exactly on validation.
    /// `keep` is given the checkpoint of every finished epoch where the order asks for one.
    func train(_ order: TrainingOrder, stage: String?, keep: (TrainingCheckpoint) throws(CommandFailure) -> Void = { _ in }) throws
        -> Result
    {
        let start = Date()
        var printed = 0
        text.restart()
        if let stage { text.write("stage \(stage)") }
        let outcome = try driver.train(order, keep: keep) { progress in
            text.show(progress)
            guard isJSON else { return }
            for epoch in progress.history.dropFirst(printed) {
                if let line = try? TrainingLine.epoch(epoch, stage: stage, progress: progress) { Standard.output(line) }
            }
            printed = progress.history.count
        }
        let seconds = Date().timeIntervalSince(start)
        if let message = outcome.progress.message { text.write("pare: \(message)") }
        var figures = try driver.measure(outcome.state.plan, base: outcome.state)
        let bytes = Measurement.container(model, plan: outcome.state.plan, base: outcome.state, layers: figures.layers)
        if let bytes { figures.report.take(bytes) }
        return Result(stage: stage, outcome: outcome, figures: figures, seconds: seconds)
    }

    /// The accuracy of a result on the test examples, the original's beside it.
    func test(_ result: Result, memory: Int) throws(CommandFailure) -> AccuracyReport? {
        let driver = TrainingDriver(model, split: .test, memory: memory)
        return try driver.measure(result.state.plan, base: result.state).report.accuracy
    }

    /// The closing line of a stage.
    func print(_ result: Result, test: AccuracyReport? = nil, output: String? = nil) throws {
        if isJSON {
            Standard.output(
                try TrainingLine.result(
                    TrainingLine.Result(
                        stage: result.stage, result.outcome, result.figures, seconds: result.seconds, test: test, output: output,
                        warnings: warnings)))
        } else {
            Standard.output(ReportText.text(result.figures.report))
            if let test { Standard.output("test       \(ReportText.accuracy(test))") }
        }
        if let output { Standard.progress(line: "pare: written to \(output)") }
        if result.outcome.progress.phase == .stopped { Standard.progress(line: "pare: stopped; the best state so far was kept.") }
    }
}
