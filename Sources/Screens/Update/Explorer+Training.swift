import Compression
import Engine
import Sessions

/// The retraining panel and what the user does with a training.
extension Explorer {
    public var isTrainingPaused: Bool { isTraining && training?.progress.phase == .paused }

    /// Why nothing can be trained, with the way out; or nil.
    var trainingObstacle: String? {
        if let examplesObstacle { return examplesObstacle }
        if let refusal = trainings.refusal {
            return "\(refusal), so this network can only be compressed as it is: knobs, figures and export work"
        }
        switch dataset?.kind {
        case .labelled, nil: return nil
        case .generated:
            return "training needs examples with labels, and these inputs are drawn at random: start Pare with --data and their folder"
        case .unlabelled: return "training needs labels, and these examples have none: start Pare with --data and a folder that has them"
        }
    }

    /// Why nothing can be run on examples, or nil.
    var examplesObstacle: String? {
        if selectedLayer == nil { return "this network has no layer with weights" }
        if isDataExpected { return "the data are still being loaded" }
        if awaitedState != nil { return "a trained state is still being read; try again in a moment" }
        return AccuracyObstacle(self).map { $0.text.replacing("accuracy can't be measured", with: "nothing can be trained") }
    }

    /// The panel on top, or below the prompt of one of its values.
    var trainingForm: TrainingForm? { stack.newest(RetrainView.self)?.form }

    /// The panel where it has the keys.
    private var openForm: TrainingForm? { stack.top(as: RetrainView.self)?.form }

    mutating func openTrainingPanel() {
        let form = makeTrainingForm()
        stack.show(RetrainView(form))
        let isFirst = base?.recipe == nil
        guard !form.isRunning, isFirst, form.kinds.isPruned, form.kinds.isShared else { return }
        say("the plan prunes and shares at once: to prune, retrain, and share only then usually ends at a higher accuracy")
    }

    /// What is sensible under the plan, with what the user chose the last time; or how the training runs.
    func makeTrainingForm() -> TrainingForm {
        if let training, isTraining {
            let settings = TrainingSettings(recipe: training.recipe, plan: resolvedPlan)
            return TrainingForm(settings: settings, kinds: TrainingKinds(resolvedPlan.layers.values), isRunning: true)
        }
        return newForm
    }

    /// What would be begun under the plan.
    var newForm: TrainingForm {
        let kinds = TrainingKinds(resolvedPlan.layers.values)
        var settings = TrainingSettings(recipe: kinds.recipe(), plan: resolvedPlan)
        settings.schedules = around.schedules
        return TrainingForm(settings: settings, kinds: kinds).keeping(trainings.lastForm)
    }

    /// Back to what the plan suggests.
    mutating func resetTrainingForm() {
        guard trainingForm?.isRunning == false else { return say(Self.runningRefusal, .warning) }
        trainings.remember(nil)
        stack.replace(RetrainView(makeTrainingForm()))
    }

    static let runningRefusal = "while it trains, only T and the distillation weight can be turned"

    mutating func turnSetting(up: Bool, isBig: Bool, time: Int64) {
        changeSetting(time: time, isStep: true) { (setting, settings) throws(KnobRefusal) in
            try setting.turn(&settings, up: up, isBig: isBig)
        }
    }

    mutating func type(_ text: String, into setting: TrainingSetting, time: Int64) throws(KnobRefusal) {
        guard let form = openForm else { return }
        var settings = form.settings
        try setting.type(text, into: &settings)
        accept(settings, setting, isStep: false, time: time)
    }

    private mutating func changeSetting(
        time: Int64, isStep: Bool, _ change: (TrainingSetting, inout TrainingSettings) throws(KnobRefusal) -> Void
    ) {
        guard let form = openForm else { return }
        guard form.isTurnable(form.selected) else { return say(Self.runningRefusal, .warning) }
        attempt { (explorer: inout Explorer) throws(KnobRefusal) in
            var settings = form.settings
            try change(form.selected, &settings)
            explorer.accept(settings, form.selected, isStep: isStep, time: time)
        }
    }

    /// Takes changed settings into the panel; those of a training that runs are turned at once.
    private mutating func accept(_ settings: TrainingSettings, _ setting: TrainingSetting, isStep: Bool, time: Int64) {
        guard var form = openForm else { return }
        form.settings = settings
        form.chosen.insert(setting)
        stack.replace(RetrainView(form))
        if form.isRunning { follow(settings, isStep: isStep, time: time) }
    }

    /// Puts T and the loss weights into force.
    private mutating func follow(_ settings: TrainingSettings, isStep: Bool, time: Int64) {
        var next = resolvedPlan
        next.temperature = settings.temperature
        change(ResolvedPlan.temperatureSetting, to: next, isStep: isStep, time: time)
        if settings.lossWeights != lossWeights { setLossWeights(settings.lossWeights, isStep: isStep, time: time) }
    }

    mutating func promptForSetting(_ text: String = "", of form: TrainingForm) {
        guard form.isTurnable(form.selected) else { return say(Self.runningRefusal, .warning) }
        ask(TextPrompt(.setting(form.selected), text: text, placeholder: form.selected.text(in: form.settings)))
    }

    /// Starts the training that the panel describes; closes the panel of one that runs.
    mutating func startTraining(time: Int64) {
        guard let form = openForm else { return }
        if form.isRunning {
            stack.close()
            return
        }
        if let obstacle = trainingObstacle { return say(obstacle, .warning) }
        stack.close()
        trainings.remember(form)
        if let name = form.settings.schedule { return emit(.readSchedule(name)) }
        let before = standing
        if !form.settings.recipe.teachers.isEmpty { follow(form.settings, isStep: false, time: time) }
        begin(
            RetrainingRequest(
                id: "training-\(around.date(time))", recipe: form.settings.recipe, plan: plan, generation: generation, base: base),
            before: before)
        let epochs = form.settings.recipe.epochs
        say("training \(epochs) epoch\(epochs == 1 ? "" : "s"): . pauses, E ends and keeps the best, B throws it away")
    }

    /// Begins what is asked for; B leads to `before`.
    mutating func begin(_ request: RetrainingRequest, before: RetrainingRun.Before, stage: RetrainingRun.Stage? = nil) {
        let report = isAccuracyFresh ? accuracy?.value : nil
        var run = RetrainingRun(
            task: request.task.id, recipe: request.recipe, before: before, under: resolvedPlan,
            accuracyBefore: report?.isExact == true ? report?.current : nil, start: base?.id)
        run.stage = stage
        trainings.begin(run)
        start(request)
    }

    /// What B goes back to.
    var standing: RetrainingRun.Before {
        RetrainingRun.Before(plan: resolvedPlan, state: base?.id)
    }

    mutating func togglePause() { tell(isTrainingPaused ? .resume : .pause) }

    mutating func askToGoBack() {
        guard let run = training else { return }
        let epochs = run.finishedEpochs - run.resumedAt
        let question = "Throw \(epochs == 0 ? "the training" : "\(epochs) trained epoch\(epochs == 1 ? "" : "s")") away?"
        ask(question, before: .tell(run.task, .abandon))
    }

    mutating func tell(_ wish: TaskWish) {
        guard isTraining, let run = training else { return say("the training has ended already") }
        trainings.follow(wish)
        if wish == .stop { say("the training ends; its best epoch is kept") }
        if wish == .abandon { say("the training ends; the weights go back to before it") }
        emit(.tell(run.task, wish))
    }

    /// Quits, after a question while something is under way that would be lost.
    mutating func quit() {
        let asked = stack.top(as: QuestionView.self)?.effect
        if asked == .quit { return quitAtOnce() }
        if asked == .leave { return emit(.leave) }
        guard let question = questionBeforeQuitting else { return emit(.quit) }
        ask(question, before: .quit)
    }

    private var questionBeforeQuitting: String? {
        guard isTraining else { return tasks.losses.last.map { "Still at work: \($0.name). Quit without it?" } }
        let finished = training?.finishedEpochs ?? 0
        return finished == 0
            ? "No epoch is finished. Quit without it?" : "Quit and keep \(finished) trained epoch\(finished == 1 ? "" : "s")?"
    }

    mutating func quitAtOnce() {
        if stack.top(as: QuestionView.self)?.effect == .leave { return emit(.leave) }
        keepFinishedEpochs()
        emit(.quit)
    }

    /// Writes the last finished epoch of a training that is being left to the history, so that nothing that was finished is lost.
    mutating func keepFinishedEpochs() {
        guard isTraining, let run = training else { return }
        let label = run.label(stateEpoch: run.progress.history.last)
        if let state = base, state.id != run.start {
            if schedule == nil {
                recordMove(PlanChange.StateChange(before: run.start, after: state.id), label: label)
            } else {
                record(state, of: run, label: label)
            }
        }
        trainings.keepStart(base?.id)
        trainings.follow(.stop)
        emit(.tell(run.task, .stop))
    }
}
