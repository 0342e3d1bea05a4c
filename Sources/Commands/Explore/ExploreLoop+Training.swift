import Compression
import Engine
import Foundation
import Reports
import Screens
import Sessions

/// A training as its session knows it.
struct RunningTraining {
    var id: String
    /// The state that it began with.
    var base: String?
}

extension ExploreLoop {
    /// Starts a training in the engine, and in the session, which then survives a kill at its last finished epoch.
    func train(_ request: RetrainingRequest) {
        running = RunningTraining(id: request.id, base: request.base)
        bench.session.writer.begin(
            TrainingRecord(
                id: request.id, name: "retrain", base: request.base, plan: request.plan, recipe: request.recipe, policies: [],
                epochs: request.recipe.epochs, started: Self.now))
        engine.train(
            TrainingOrder(id: request.id, plan: request.plan, recipe: request.recipe, base: request.base.flatMap(explorer.state)))
    }

    /// Keeps a state that the explorer holds; while a training runs it is its last finished epoch.
    func saveState(_ id: String) {
        guard let state = explorer.state(id) else { return }
        let progress = running == nil ? nil : explorer.training?.progress
        bench.session.writer.save(
            StateRecord(
                state: state, parent: running?.base, training: running?.id,
                isBest: progress.map { $0.best?.number == $0.history.last?.number } ?? false, history: progress?.history ?? [],
                created: Self.now), of: bench.model.network)
    }

    /// A knob that was turned while a training runs is kept with its step, so that the run can be replayed.
    func logTurn(_ plan: CompressionPlan) {
        guard let running, let progress = explorer.training?.progress, explorer.isTraining else { return }
        bench.session.writer.log(
            KnobTurn(training: running.id, epoch: progress.epoch, batch: progress.batch, time: Self.now, plan: plan))
    }

    /// Tells the session how a training ended, after the history was told where it led.
    func followTraining(_ event: EngineEvent) {
        if case .derived(let state, let label) = event { return answer(.stateMade(state, label: label)) }
        guard let running else { return }
        switch event {
        case .trained(let state, let progress):
            let isStopped = state == nil || progress.phase == .stopped
            bench.session.writer.end(
                training: running.id, as: progress.phase == .diverged ? .failed : isStopped ? .stopped : .finished,
                message: progress.message, at: Self.now)
        case .trainingFailed(let reason): bench.session.writer.end(training: running.id, as: .failed, message: reason, at: Self.now)
        default: return
        }
        self.running = nil
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
