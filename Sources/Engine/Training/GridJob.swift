import Compression
import Foundation
import Networks
import Reports

/// Trains the missing cells of a grid, one after another, while the lane has nothing else to do.
final class GridJob: LaneJob {
    let urgency = Urgency.background
    private var grid: TrainingGrid
    private let base: TrainedState?
    private unowned let worker: EngineWorker
    private var place: TrainingGrid.Place?
    private var run: TrainingRun?
    private var seconds = 0.0
    private var lastPublished = Date.distantPast

    /// Seconds between two publications while nothing special happens.
    private static let pause = 0.25

    init(_ order: GridOrder, worker: EngineWorker) {
        grid = order.grid
        base = order.base
        self.worker = worker
    }

    func step() -> Bool {
        do throws(TrainingFailure) {
            guard let run = try running() else {
                end(nil)
                return false
            }
            let start = Date()
            let isMore = try run.step()
            seconds += Date().timeIntervalSince(start)
            if !isMore { try finish(run) }
            publish(isNew: !isMore)
            return true
        } catch {
            end(error)
            return false
        }
    }

    /// Ends it before its time.
    func stop() { end(nil) }

    /// The training of the cell under way, or of the next one; nil where none is missing.
    private func running() throws(TrainingFailure) -> TrainingRun? {
        if let run, place != nil { return run }
        guard let next = grid.missing.first else { return nil }
        let (examples, evaluator) = try worker.trainingMaterials()
        let plan = grid.plan(at: next)
        var request = TrainingRequest(
            identifier: "grid", network: worker.network, base: base, plan: plan, recipe: grid.recipe, training: examples,
            validation: evaluator.dataset, teachers: try worker.teachers(grid.recipe.teachers), options: worker.options,
            makeExecutor: TrainingRequest.fastExecutor)
        request.clips = try worker.clips(for: plan, base: base, evaluator: evaluator)
        let made = try TrainingRun(request, evaluator: evaluator)
        // The same teachers on the same examples: their logits are computed once for the whole grid.
        if let run { made.takeTeachers(of: run) }
        (run, place, seconds) = (made, next, 0)
        return made
    }

    private func finish(_ run: TrainingRun) throws(TrainingFailure) {
        guard let place, let best = run.progress.best else { throw .unavailable("a training ended before anything was measured") }
        var cell = TrainingGrid.Cell(
            bits: place.bits, temperature: place.temperature, accuracy: best.accuracy, crossEntropy: best.crossEntropy,
            divergence: best.divergence, epoch: best.number, seconds: seconds, isDiverged: run.progress.phase == .diverged)
        cell.crossEntropyLeftOut = best.crossEntropyLeftOut
        grid.add(cell)
        self.place = nil
    }

    private func publish(isNew: Bool) {
        guard isNew || Date().timeIntervalSince(lastPublished) >= Self.pause else { return }
        lastPublished = Date()
        worker.mailbox.post(.grid(GridReport(grid: grid, place: place, progress: place == nil ? nil : run?.progress)))
    }

    /// Ends it, with the reason where it could not go on.
    func end(_ failure: TrainingFailure?) {
        worker.end(self)
        run = nil
        worker.mailbox.post(.grid(GridReport(grid, failure: failure)))
    }
}
