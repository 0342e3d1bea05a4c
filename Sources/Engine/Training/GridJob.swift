import Compression
import Foundation
import Networks
import Reports
import Tensors

extension LaneTask {
    /// Trains the cells of a grid that are missing, one after another; reports of ``GridReport`` answer. One that is under way is ended.
    public static func grid(_ order: GridOrder) -> LaneTask { LaneTask(order.grid.task) { GridJob(order, worker: $0) } }
}

/// Trains the missing cells of a grid, one after another, while the lane has nothing else to do.
final class GridJob: TaskJob {
    let id: TaskID
    let urgency = Urgency.background
    unowned let worker: EngineWorker
    private var grid: TrainingGrid
    private let base: TrainedState?
    private var place: TrainingGrid.Place?
    private var run: TrainingRun?
    private var seconds = 0.0
    private var lastPublished = Date.distantPast

    /// Seconds between two publications while nothing special happens.
    private static let pause = 0.25

    init(_ order: GridOrder, worker: EngineWorker) {
        id = order.grid.task
        grid = order.grid
        base = order.base
        self.worker = worker
    }

    func step() -> Bool {
        do throws(TrainingFailure) {
            guard let run = try running() else {
                finish(nil)
                return false
            }
            let start = Date()
            let isMore = try run.step()
            seconds += Date().timeIntervalSince(start)
            if !isMore { try add(run) }
            publish(isNew: !isMore)
            return true
        } catch {
            finish(error)
            return false
        }
    }

    var result: any TaskReport { GridReport(grid, failure: nil) }

    func lose(_ change: FileChange) { finish(.unavailable("\(change)")) }

    /// The training of the cell under way, or of the next one; nil where none is missing.
    private func running() throws(TrainingFailure) -> TrainingRun? {
        if let run, place != nil { return run }
        guard let next = grid.missing.first else { return nil }
        let (request, evaluator) = try worker.trainingRequest("grid", plan: grid.plan(at: next), base: base, recipe: grid.recipe)
        let made = try TrainingRun(request, evaluator: evaluator)
        // The same teachers on the same examples: their logits are computed once for the whole grid.
        if let run { made.takeTeachers(of: run) }
        (run, place, seconds) = (made, next, 0)
        return made
    }

    private func add(_ run: TrainingRun) throws(TrainingFailure) {
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
        post(GridReport(grid: grid, place: place, progress: place == nil ? nil : run?.progress))
    }

    /// Ends it, with the reason where it could not go on.
    private func finish(_ failure: TrainingFailure?) {
        run = nil
        end(with: GridReport(grid, failure: failure))
    }
}
