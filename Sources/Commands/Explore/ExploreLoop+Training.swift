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

extension RetrainingRequest: Recorded {
    /// The session then survives a kill at the last finished epoch.
    func record(in loop: ExploreLoop) {
        loop.running = RunningTraining(id: id, base: base?.id)
        var record = TrainingRecord(
            id: id, name: name, base: base?.id, plan: plan, recipe: recipe, policies: policies, epochs: recipe.epochs,
            started: ExploreLoop.now)
        record.startsCompressed = startsCompressed
        record.schedule = schedule
        loop.bench.session.writer.begin(record)
        loop.removeCheckpoint()
    }
}

extension TrainingReport: Recorded {
    func record(in loop: ExploreLoop) { loop.follow(self) }
}

extension ExploreLoop {
    func readSchedule(_ name: String) {
        let path = (name as NSString).expandingTildeInPath
        do throws(CommandFailure) {
            let schedule = try locations.schedule(named: path, for: explorer.network, isStreamAllowed: false)
            let warnings = schedule.warnings(of: name, for: explorer.layers)
            answer(.scheduleRead(schedule, name: name))
            for message in Message.idle(warnings, in: name) { answer(.message(message)) }
        } catch {
            say(error.message, .error)
        }
    }

    /// Goes on from the checkpoint that the interrupted training left beside the session.
    ///
    /// - Parameter base: A state with the graph that it trains, where that is not the opened one.
    func resumeTraining(_ id: String, on base: TrainedState?) {
        do throws(CommandFailure) {
            let checkpoint = try CheckpointFile.read(bench.session.checkpointPath).checkpoint
            let layers = bench.model.network.graph(of: base).layers
            do { try checkpoint.check(against: layers) } catch { throw CommandFailure("\(error)", .badData) }
            let record = bench.session.contents.trainings.first { $0.id == id }
            running = RunningTraining(id: id, base: record?.base)
            bench.session.writer.resume(training: id)
            var order = TrainingOrder(
                id: id, plan: checkpoint.header.plan, recipe: checkpoint.header.recipe, policies: record?.policies ?? [])
            (order.base, order.resuming, order.keepsCheckpoints) = (base, checkpoint, true)
            order.thins = record?.schedule?.stage?.thins == true
            engine.start(.training(order))
        } catch {
            answer(.resumeFailed(error.message))
        }
    }

    /// Keeps a state; while a training runs it is its last finished epoch.
    func save(_ state: TrainedState, _ progress: TrainingProgress?) {
        let progress = running == nil ? nil : progress
        bench.session.writer.save(
            StateRecord(
                state: state, parent: running?.base, training: running?.id,
                isBest: progress.map { $0.best?.number == $0.history.last?.number } ?? false, history: progress?.history ?? [],
                created: Self.now), of: bench.model.network)
    }

    /// A knob that was turned while a training runs is kept with its exact step, so that the run can be replayed.
    private func log(_ turn: TrainingTurn) {
        guard let running else { return }
        bench.session.writer.log(
            KnobTurn(training: running.id, epoch: turn.epoch, batch: turn.batch, step: turn.step, time: Self.now, plan: turn.plan))
    }

    /// Tells the session how a training ended, after the history was told where it led.
    fileprivate func follow(_ report: TrainingReport) {
        guard let running else { return }
        switch report {
        case .standing, .epoch: return
        case .turned(let turn): return log(turn)
        case .checkpoint(let checkpoint): return keep(checkpoint, of: running.id)
        case .trained(let state, let progress):
            let isStopped = state == nil || progress.phase == .stopped
            bench.session.writer.end(
                training: running.id, as: progress.phase == .diverged ? .failed : isStopped ? .stopped : .finished,
                message: progress.message, at: Self.now)
        case .failed(let reason): bench.session.writer.end(training: running.id, as: .failed, message: reason, at: Self.now)
        }
        self.running = nil
        removeCheckpoint()
    }

    /// Beside sessions of the user's own only: a shipped one is copied before it changes.
    private var checkpointPath: String? {
        locations.sessionFolder.isOwn(bench.session.path) ? bench.session.checkpointPath : nil
    }

    private func keep(_ checkpoint: TrainingCheckpoint, of training: String) {
        if let reason = checkpoints.takeFailure() { say("\(reason) After a kill this training could not be gone on with.", .warning) }
        if let path = checkpointPath { checkpoints.keep(checkpoint, of: training, at: path) }
    }

    fileprivate func removeCheckpoint() { if let path = checkpointPath { checkpoints.remove(at: path) } }

    fileprivate static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
