import Compression
import Engine
import Reports
import Sessions

/// A schedule, gone through stage by stage: each stage's best state is an entry of the history and a snapshot.
extension Explorer {
    mutating func begin(_ read: CompressionSchedule, name: String) {
        if let obstacle = isTraining ? "a training runs already" : trainingObstacle { return say(obstacle, .warning) }
        guard !read.stages.isEmpty else { return say("schedule \(name) has no stages", .warning) }
        trainings.begin(RunningSchedule(name: name, walk: ScheduleWalk(read), before: standing, last: base?.id))
        beginStage()
    }

    /// Puts the plan of the stage into force and trains under it.
    private mutating func beginStage() {
        guard let running = schedule, let stage = running.walk.stage, let recipe = running.walk.recipe else { return }
        do throws(PlanError) {
            try putIntoForce(stage.plan, label: "plan of stage \(running.walk.title)")
        } catch {
            trainings.endSchedule()
            return say("stage \(running.walk.title): \(error)", .error)
        }
        var request = RetrainingRequest(
            id: "training-\(around.now)-\(running.walk.index + 1)", recipe: recipe, plan: stage.plan, generation: generation,
            base: base)
        (request.name, request.policies) = (running.walk.title, stage.policies)
        request.thins = stage.thins == true
        request.startsCompressed = running.walk.index > 0 && running.walk.stages[running.walk.index - 1].handsOnCompressed
        request.schedule = SchedulePlace(
            name: running.name, schedule: CompressionSchedule(stages: running.walk.stages), index: running.walk.index)
        begin(request, before: running.before, stage: running.place)
        say("stage \(running.walk.title) of \(running.name): E ends the schedule and keeps this stage's best, B throws it away")
    }

    private mutating func putIntoForce(_ plan: CompressionPlan, label: String) throws(PlanError) {
        replacePlan(try plan.resolved(for: layers), label: label, time: around.lastTime)
    }

    /// The end of a stage: its state with the plan that its policies led to, a snapshot, then the next stage as soon as that is measured.
    mutating func endStage(_ state: TrainedState, _ run: RetrainingRun, _ progress: TrainingProgress) {
        guard let running = schedule else { return }
        desk.keep(state)
        emit(.saveState(state, training?.progress))
        let label = "\(running.walk.title): \(run.label(stateEpoch: progress.best ?? progress.history.last))"
        record(state, of: run, label: label)
        keepSnapshot(of: running)
        let isLast = !trainings.advance(after: state.id, waitingFor: generation)
        if let trouble = progress.message { say(trouble, .warning) }
        guard schedule == nil else { return say("\(label); the next stage begins when it is measured", .success) }
        say(isLast ? "schedule \(running.name) is finished; S lists its stages" : "\(label); the schedule ends here", .success)
    }

    /// One entry of the history: the state of a stage, with the plan that its policies led to.
    mutating func record(_ state: TrainedState, of run: RetrainingRun, label: String) {
        // Temperature and loss weights are the training's own and may have been turned since.
        var plan = resolvedPlan
        if let kept = try? state.plan.resolved(for: layers) { for layer in layers { plan[layer.weight] = kept[layer.weight] } }
        let kind = ChangeKind(key: "schedule", isStep: false, time: around.lastTime) { _ in label }
        change(to: plan, kind, state: PlanChange.StateChange(before: run.start, after: state.id))
    }

    private mutating func keepSnapshot(of running: RunningSchedule) {
        guard !session.isReadOnly else { return }
        keepSnapshot(shelf.free(running.walk.title), note: "schedule \(running.name)")
    }

    /// Begins the stage that waits for the numbers of the one before.
    mutating func goOnWithSchedule() {
        guard let generation = schedule?.waits, settled >= generation, !isTraining else { return }
        guard schedule?.last == base?.id else {
            trainings.endSchedule()
            return say("the state was changed between two stages, so the schedule has ended", .warning)
        }
        beginStage()
    }
}
