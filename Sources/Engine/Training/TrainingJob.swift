import Compression
import Foundation
import Kernels
import Networks
import Reports

/// A training as a job of the lane: its steps go between those of the keys, and what comes of it is published.
final class TrainingJob: LaneJob {
    let urgency = Urgency.training
    private let order: TrainingOrder
    private unowned let worker: EngineWorker
    private var run: TrainingRun?
    /// A plan that came before the run began.
    private var newerPlan: CompressionPlan?
    private var publishedEpochs = 0
    private var publishedTurns = 0
    private var lastPublished = Date.distantPast
    private var hasEnded = false

    /// Seconds between two publications while nothing special happens.
    private static let pause = 0.1

    init(_ order: TrainingOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    func step() -> Bool {
        do throws(TrainingFailure) {
            let run: TrainingRun
            if let known = self.run { run = known } else { run = try start() }
            let isMore = try run.step()
            publish(run)
            if !isMore { end(with: run.best) }
            return isMore
        } catch {
            fail(error.description)
            return false
        }
    }

    private func start() throws(TrainingFailure) -> TrainingRun {
        let (examples, evaluator) = try worker.trainingMaterials()
        var request = TrainingRequest(
            identifier: order.id, network: worker.network, base: order.base, plan: order.plan,
            recipe: order.recipe, policies: order.policies, training: examples, validation: evaluator.dataset,
            teachers: try worker.teachers(order.recipe.teachers), options: worker.options,
            makeExecutor: TrainingRequest.fastExecutor)
        request.clips = try worker.clips(for: request.plan, base: order.base, evaluator: evaluator)
        (request.turns, request.lastEpoch) = (order.turns, order.lastEpoch)
        let made = try TrainingRun(request, evaluator: evaluator, resuming: order.resuming)
        run = made
        publishedEpochs = made.progress.history.count
        if let newerPlan { adopt(newerPlan) }
        return made
    }

    private static let keepsActivations =
        "Activations stay as they were when the training began; to train under others, stop it and start again from there."

    /// Goes on under another plan from the next batch on; one that does not fit is left alone, the engine has said why.
    ///
    /// Activations are built into the run: other ones are left out, which is said.
    func adopt(_ plan: CompressionPlan) {
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
        _ = try? run.adopt(plan: own)
    }

    /// Does as the user wishes; whether it wants to run on.
    func follow(_ wish: TrainingWish) -> Bool {
        guard !hasEnded else { return false }
        switch wish {
        case .resume: return true
        case .pause:
            publish(phase: .paused)
            return false
        case .stop:
            run?.stop()
            end(with: run?.best)
            return false
        case .abandon:
            run?.stop()
            end(with: nil)
            return false
        }
    }
}

extension TrainingJob {
    private func publish(_ run: TrainingRun) {
        for turn in run.turns.dropFirst(publishedTurns) { worker.mailbox.post(.turned(turn)) }
        publishedTurns = run.turns.count
        let isNewEpoch = run.progress.history.count > publishedEpochs
        guard isNewEpoch || Date().timeIntervalSince(lastPublished) >= Self.pause else { return }
        publish(phase: nil)
        guard isNewEpoch, let state = run.latest, let epoch = run.progress.history.last else { return }
        publishedEpochs = run.progress.history.count
        worker.mailbox.post(.epoch(state, epoch))
        if order.keepsCheckpoints, run.progress.phase != .finished, let checkpoint = run.checkpoint() {
            worker.mailbox.post(.checkpoint(checkpoint))
        }
    }

    private func publish(phase: TrainingProgress.Phase?) {
        guard var progress = run?.progress else { return }
        lastPublished = Date()
        progress.phase = phase ?? progress.phase
        worker.mailbox.post(.training(progress))
    }

    private func end(with state: TrainedState?) {
        hasEnded = true
        worker.end(self)
        let none = TrainingProgress(phase: .stopped, epochs: order.recipe.epochs, batches: 0)
        worker.mailbox.post(.trained(state, run?.progress ?? none))
    }

    /// A failure before the first measured epoch leaves nothing; after it the best state is kept.
    private func fail(_ reason: String) {
        let reason = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        guard let run, let best = run.best else {
            hasEnded = true
            worker.end(self)
            return worker.mailbox.post(.trainingFailed("Training is not possible: \(reason)."))
        }
        run.stop()
        run.progress.message = "The training ended early: \(reason). The best state so far is kept."
        end(with: best)
    }
}
