import Compression
import Engine
import Reports

/// The training that runs or was the last, the schedule that it is a stage of, and the grid of trainings.
package struct Trainings: Sendable {
    package private(set) var run: RetrainingRun?
    /// The schedule that is gone through.
    package private(set) var schedule: RunningSchedule?
    /// A training that a kill cut off and that can be gone on with.
    package private(set) var interrupted: InterruptedTraining?
    /// What the user set at the last start; everything else follows the plan.
    private(set) var lastForm: TrainingForm?
    /// The grid of temperature × bits that runs, or the last one.
    package private(set) var grid: GridReport?
    /// Grids of the session, oldest first.
    private(set) var grids: [TrainingGrid]
    /// What a grid goes through.
    private(set) var gridSettings = GridSettings()
    /// Why the network can't be trained, as far as its graph tells.
    let refusal: String?

    init(grids: [TrainingGrid], interrupted: InterruptedTraining?, refusal: String?) {
        (self.grids, self.interrupted, self.refusal) = (grids, interrupted, refusal)
    }

    /// Whether a training runs or is paused.
    var isRunning: Bool { run.map { !$0.isEnded } ?? false }
    var isGridRunning: Bool { grid.map { !$0.isEnded } ?? false }

    /// The trained states that the training can go back to.
    var states: [String] { [run?.start, run?.before.state].compactMap(\.self) }

    // MARK: A training

    mutating func begin(_ run: RetrainingRun) {
        self.run = run
        if run.stage != nil { schedule?.waits = nil }
    }

    /// What the panel takes up the next time; nil is what the plan suggests.
    mutating func remember(_ form: TrainingForm?) { lastForm = form }

    /// How far it is, under the name of its stage.
    mutating func take(_ progress: TrainingProgress) {
        guard isRunning else { return }
        run?.progress = progress
        guard let stage = run?.stage else { return }
        run?.progress.stage = stage.number
        run?.progress.stages = stage.count
        run?.progress.stageName = "\(stage.number)/\(stage.count) \(stage.name)"
    }

    /// A finished epoch, which is listed once.
    mutating func take(_ epoch: TrainingProgress.Epoch) {
        guard isRunning, run?.progress.history.contains(where: { $0.number == epoch.number }) == false else { return }
        run?.progress.history.append(epoch)
    }

    /// Shows at once what was asked for; one that is to be abandoned stays so.
    mutating func follow(_ wish: TaskWish) {
        guard isRunning else { return }
        switch wish {
        case .pause: run?.progress.phase = .paused
        case .resume: run?.progress.phase = .training
        case .stop:
            run?.isStopping = true
            schedule?.isStopping = true
        case .abandon:
            run?.isStopping = true
            run?.isAbandoned = true
        }
    }

    /// From now on an end leads back to this state only.
    mutating func keepStart(_ state: String?) { run?.start = state }

    /// Whether its pane takes the place of another.
    mutating func show(_ isShown: Bool) { run?.isShown = isShown }

    /// The training as it ends; nil where none runs.
    mutating func end(_ progress: TrainingProgress) -> RetrainingRun? {
        guard isRunning else { return nil }
        run?.progress = progress
        run?.isEnded = true
        interrupted = nil
        return run
    }

    /// It could not begin or go on: the training where finished epochs are kept, else it is as if it had not been.
    mutating func fail(keepsEpochs: Bool) -> RetrainingRun? {
        schedule = nil
        run?.isEnded = true
        if !keepsEpochs || run?.finishedEpochs == 0 { run = nil }
        return run
    }

    /// A training that was cut off goes on, with the stages of its schedule that follow.
    mutating func goOn(with training: InterruptedTraining, as run: RetrainingRun, last: String?) {
        if let place = training.schedule {
            let walk = ScheduleWalk(place.schedule, from: place.index)
            schedule = RunningSchedule(name: place.name, walk: walk, before: run.before, last: last)
        }
        self.run = run
        self.run?.stage = schedule?.place
        self.run?.progress = training.progress
        self.run?.resumedAt = training.finishedEpochs
    }

    /// The training that was cut off can't be gone on with.
    mutating func dropInterrupted() { (run, interrupted, schedule) = (nil, nil, nil) }

    // MARK: A schedule

    mutating func begin(_ schedule: RunningSchedule) { self.schedule = schedule }

    /// Leaves no stage to come.
    mutating func endSchedule() { schedule = nil }

    /// Goes from a stage that has left `state` to the next, which waits until `generation` is measured; false after the last.
    mutating func advance(after state: String, waitingFor generation: UInt64) -> Bool {
        guard var running = schedule else { return false }
        let hasNext = running.walk.advance()
        (running.last, running.waits) = (state, generation)
        schedule = hasNext && !running.isStopping ? running : nil
        return hasNext
    }

    // MARK: The grid

    mutating func take(_ text: String, for purpose: TextPrompt.Purpose) { gridSettings.take(text, for: purpose) }

    mutating func begin(_ table: TrainingGrid) { grid = GridReport(grid: table) }

    /// What a running grid has found; false where none runs.
    mutating func take(_ report: GridReport) -> Bool {
        guard isGridRunning else { return false }
        grid = report
        grids.removeAll(where: report.grid.trainsSame)
        grids.append(report.grid)
        return true
    }
}
