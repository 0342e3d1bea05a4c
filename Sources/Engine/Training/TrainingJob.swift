import Compression
import Foundation
import Kernels
import Networks
import Reports
import Tensors

extension TaskKind {
    public static let training = TaskKind(rawValue: "training")
}

extension LaneTask {
    /// Trains; reports of ``TrainingReport`` answer. One that is under way is abandoned.
    public static func training(_ order: TrainingOrder) -> LaneTask {
        LaneTask(TaskID(.training, order.id)) { TrainingJob(order, worker: $0) }
    }
}

/// A training as a job of the lane: its steps go between those of the keys, and what comes of it is published.
final class TrainingJob: TaskJob {
    let urgency = Urgency.training
    unowned let worker: EngineWorker
    private let order: TrainingOrder
    private var run: TrainingRun?
    /// A plan that came before the run began.
    private var newerPlan: CompressionPlan?
    private var publishedEpochs = 0
    private var publishedTurns = 0
    private var lastPublished = Date.distantPast

    /// Seconds between two publications while nothing special happens.
    private static let pause = 0.1

    init(_ order: TrainingOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.training, order.id) }

    func step() -> Bool {
        do throws(TrainingFailure) {
            let run: TrainingRun
            if let known = self.run { run = known } else { run = try start() }
            let isMore = try run.step()
            publish(run)
            if !isMore { finish(with: run.best) }
            return isMore
        } catch {
            fail(error.description)
            return false
        }
    }

    private func start() throws(TrainingFailure) -> TrainingRun {
        var (request, evaluator) = try worker.trainingRequest(order.id, plan: order.plan, base: order.base, recipe: order.recipe)
        (request.policies, request.turns, request.lastEpoch) = (order.policies, order.turns, order.lastEpoch)
        let made = try TrainingRun(request, evaluator: evaluator, resuming: order.resuming)
        run = made
        publishedEpochs = made.progress.history.count
        if let newerPlan { turn(to: newerPlan) }
        return made
    }

    private static let keepsActivations =
        "Activations stay as they were when the training began; to train under others, stop it and start again from there."

    func adopt(_ request: LiveEngine.Request) -> Bool {
        turn(to: request.plan)
        return false
    }

    /// Goes on under another plan from the next batch on; one that does not fit is left alone, the engine has said why.
    ///
    /// Activations are built into the run: other ones are left out, which is said.
    private func turn(to plan: CompressionPlan) {
        guard let run else { return newerPlan = plan }
        let own = run.withOwnActivations(plan)
        if own != plan {
            run.progress.message = Self.keepsActivations
        } else if run.progress.message == Self.keepsActivations {
            run.progress.message = nil
        }
        // Names instead of patterns are the same plan.
        let layers = run.request.network.layers
        guard run.plan != own, (try? run.plan.resolved(for: layers)) != (try? own.resolved(for: layers)) else { return }
        do throws(TrainingFailure) { try run.adopt(plan: own) } catch {
            // What else does not fit, the engine has said.
            if case .policy = error { run.progress.message = error.sentence }
        }
    }

    func follow(_ wish: TaskWish) {
        switch wish {
        case .resume: break
        case .pause: publish(phase: .paused)
        case .stop, .abandon:
            run?.stop()
            finish(with: wish == .stop ? run?.best : nil)
        }
    }

    func lose(_ change: FileChange) {
        end(with: TrainingReport.failed(run == nil ? "Training is not possible: \(change)" : "The training ended: \(change)"))
    }
}

extension TrainingJob {
    private func publish(_ run: TrainingRun) {
        for turn in run.turns.dropFirst(publishedTurns) { post(TrainingReport.turned(turn)) }
        publishedTurns = run.turns.count
        let isNewEpoch = run.progress.history.count > publishedEpochs
        guard isNewEpoch || Date().timeIntervalSince(lastPublished) >= Self.pause else { return }
        publish(phase: nil)
        guard isNewEpoch, let state = run.latest, let epoch = run.progress.history.last else { return }
        publishedEpochs = run.progress.history.count
        post(TrainingReport.epoch(state, epoch))
        if order.keepsCheckpoints, run.progress.phase != .finished, let checkpoint = run.checkpoint() {
            post(TrainingReport.checkpoint(checkpoint))
        }
    }

    private func publish(phase: TrainingProgress.Phase?) {
        guard var progress = run?.progress else { return }
        lastPublished = Date()
        progress.phase = phase ?? progress.phase
        post(TrainingReport.standing(progress))
    }

    private func finish(with state: TrainedState?) {
        let none = TrainingProgress(phase: .stopped, epochs: order.recipe.epochs, batches: 0)
        guard order.thins, let state else { return end(with: TrainingReport.trained(state, run?.progress ?? none)) }
        var progress = run?.progress ?? none
        let made = thinned(state)
        progress.message = [progress.message, "\(made.remark)."].compactMap(\.self).joined(separator: " ")
        end(with: TrainingReport.trained(made.state, progress))
    }

    /// A state without its zeros, or as it is where they can't go, and what became of them.
    private func thinned(_ state: TrainedState) -> (state: TrainedState, remark: String) {
        do throws(FilterObstacle) {
            let made = try state.thinned(of: worker.network)
            return (made.state, made.remark)
        } catch { return (state, "nothing was thinned: \(error)") }
    }

    /// A failure before the first measured epoch leaves nothing; after it the best state is kept.
    private func fail(_ reason: String) {
        let reason = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        guard let run, let best = run.best else { return end(with: TrainingReport.failed("Training is not possible: \(reason).")) }
        run.stop()
        run.progress.message = "The training ended early: \(reason). The best state so far is kept."
        finish(with: best)
    }
}
