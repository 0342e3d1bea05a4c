import Compression
import Engine
import Frames
import Reports
import Sessions

extension TrainingReport: ShownReport {
    func show(on explorer: inout Explorer) {
        switch self {
        case .standing(let progress): explorer.trainings.take(progress)
        case .epoch(let state, let epoch): explorer.take(state, after: epoch)
        case .trained(let state, let progress): explorer.endTraining(state, progress)
        case .failed(let reason): explorer.failTraining(reason)
        case .turned, .checkpoint: break
        }
    }
}

extension DerivedState: ShownReport {
    func show(on explorer: inout Explorer) { explorer.takeMade(state, label) }
}

/// What the engine says of a training.
extension Explorer {
    /// A finished epoch: from now on the plan starts from what it left, without an entry in the history.
    fileprivate mutating func take(_ state: TrainedState, after epoch: TrainingProgress.Epoch) {
        guard isTraining else { return }
        trainings.take(epoch)
        guard epoch.number > 0 else { return }
        setBase(state)
        emit(.saveState(state, training?.progress))
    }

    /// The end: one entry of the history, or everything as it was before.
    fileprivate mutating func endTraining(_ state: TrainedState?, _ progress: TrainingProgress) {
        guard let run = trainings.end(progress) else { return }
        if run.isAbandoned { return goBack(before: run) }
        closeTrainingForm()
        if schedule != nil, let state { return endStage(state, run, progress) }
        trainings.endSchedule()
        // Where no epoch was better than the start, the start is what is kept.
        guard let state, (progress.best?.number ?? 1) > 0 else { return keepStart(of: run, progress) }
        if base?.id != state.id {
            setBase(state)
            emit(.saveState(state, training?.progress))
        }
        let kept = progress.best ?? progress.history.last
        let label = run.label(stateEpoch: kept)
        recordMove(PlanChange.StateChange(before: run.start, after: state.id), label: label)
        if let trouble = Self.trouble(progress) {
            return say("\(trouble); kept is the state of epoch \(kept?.number ?? state.epochs)", .warning)
        }
        let isLast = kept == nil || kept?.number == progress.history.last?.number
        say("\(label)\(isLast ? "" : ", the best, is kept"); u takes it back", .success)
    }

    /// Nothing better came of it: the state of before it, under the plan as it stands.
    private mutating func keepStart(of run: RetrainingRun, _ progress: TrainingProgress) {
        if base?.id != run.start { goTo(state: run.start) }
        let reason =
            progress.history.contains { $0.number > 0 } ? "no epoch was better than the start" : "no epoch was finished"
        say("\(Self.trouble(progress).map { $0 + "; " } ?? "")\(reason), so the weights are as before the training", .warning)
    }

    /// Why it ended before its time, with what to do; nil where nothing went wrong.
    private static func trouble(_ progress: TrainingProgress) -> String? {
        let message = progress.message.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
        return progress.phase == .diverged ? message ?? "the loss ran away: lower the learning rate" : message
    }

    /// Could not begin or go on: what was finished is kept.
    fileprivate mutating func failTraining(_ reason: String) {
        guard isTraining else { return say(reason, .error) }
        if let run = trainings.fail(keepsEpochs: base != nil) {
            recordMove(PlanChange.StateChange(before: run.start, after: base?.id), label: run.label(stateEpoch: run.progress.history.last))
        }
        closeTrainingForm()
        say(reason, .error)
    }

    /// The panel shows a training that is over.
    private mutating func closeTrainingForm() {
        let isOpen = trainingForm?.isRunning == true
        stack.closeAll { view in
            switch view {
            case let panel as RetrainView: panel.form.isRunning
            case let prompt as PromptView: if case .setting = prompt.prompt.purpose { isOpen } else { false }
            case let question as QuestionView: if case .tell = question.effect { true } else { false }
            default: false
            }
        }
    }

    /// The state as before the training, and the plan but for knobs that were turned since.
    private mutating func goBack(before run: RetrainingRun) {
        closeTrainingForm()
        trainings.show(false)
        trainings.endSchedule()
        // Stages of a schedule that were finished are entries of the history, which this one takes back.
        let move = history.state == run.before.state ? nil : PlanChange.StateChange(before: history.state, after: run.before.state)
        if base?.id != run.before.state, move == nil { goTo(state: run.before.state) }
        let kind = ChangeKind(key: "plan", isStep: false, time: around.lastTime) { _ in "plan of before the training" }
        let plan = run.planWithout(resolvedPlan)
        change(to: plan, kind, state: move)
        let standing =
            run.resumedAt == 0 ? "everything is as before it" : "the weights are those of epoch \(run.resumedAt), after which it went on"
        say("the training is thrown away; \(plan == run.before.plan ? standing : "what you turned meanwhile stays")")
    }
}

extension RetrainingRun {
    /// `retrain 5 epochs: 90.31 → 92.10 %`, as the history names it; ` (epoch 3)` follows where the accuracy, of the kept state, is not the last epoch's.
    func label(stateEpoch epoch: TrainingProgress.Epoch?) -> String {
        let (finished, asked) = (finishedEpochs, recipe.epochs)
        let count = finished == asked ? "\(asked) epoch\(asked == 1 ? "" : "s")" : "\(finished) of \(asked) epochs"
        let numbers = NumberFormat.unicode
        guard let epoch, let before = initialAccuracy else { return "retrain \(count)" }
        let place = epoch.number == finished ? "" : epoch.number == 0 ? " (the start)" : " (epoch \(epoch.number))"
        let name = progress.figureName
        let values = [before, epoch.accuracy].map { numbers.quality($0, name) }
        let unit = progress.measure == .r2 ? "" : " %"
        return "retrain \(count): \(progress.measure == nil ? "" : name + " ")\(values[0]) → \(values[1])\(unit)\(place)"
    }
}

/// A training that a kill cut off.
extension Explorer {
    /// Goes on with it from its last finished epoch, under the plan of then.
    mutating func resumeTraining(time: Int64) {
        guard let interrupted else { return }
        do {
            let plan = try interrupted.plan.resolved(for: layers)
            let before = standing
            replacePlan(plan, label: "plan of the interrupted training", time: time)
            let run = RetrainingRun(
                task: TaskID(.training, interrupted.id), recipe: interrupted.recipe, before: before, under: plan,
                accuracyBefore: nil, start: before.state)
            trainings.goOn(with: interrupted, as: run, last: base?.id)
            // Everything but the graph is in the checkpoint.
            emit(.resumeTraining(interrupted.id, base: base?.graph == nil ? nil : base))
            let stage = schedule.map { " of stage \($0.walk.title)" } ?? ""
            say("training goes on after epoch \(interrupted.finishedEpochs) of \(interrupted.recipe.epochs)\(stage)")
        } catch {
            say("the plan of the interrupted training does not fit this network: \(error)", .error)
        }
    }
}
