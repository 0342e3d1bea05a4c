import Compression
import Engine
import Frames
import Screens
import Sessions
import Tensors
import Testing

@Suite("Training")
struct TrainingTests {
    private func desk(_ size: Size = Size(width: 120, height: 40)) -> Desk {
        var desk = Desk(Samples.opening(size: size))
        desk.beginTraining()
        return desk
    }

    private func plans(_ desk: Desk) -> [PlanRequest] {
        desk.effects.compactMap { if case .plan(let request) = $0 { request } else { nil } }
    }

    @Test("after an epoch the plan starts from what it left, without an entry in the history")
    func adoptsEpochs() throws {
        var desk = desk()
        let entries = desk.explorer.history
        let generation = desk.explorer.generation
        desk.finish(2)
        #expect(desk.explorer.base?.id == "epoch 2" && desk.explorer.history == entries)
        #expect(desk.explorer.generation == generation + 2)
        #expect(desk.effects.contains { if case .saveState(let state, _) = $0 { state.id == "epoch 2" } else { false } })
        let last = try #require(plans(desk).last)
        #expect(last.generation == desk.explorer.generation && last.base?.id == "epoch 2")
        #expect(desk.explorer.state("epoch 2") != nil && desk.explorer.state("epoch 1") == nil)
    }

    @Test("a layer under the plan that it was trained under has the kept figures, any other the rule with the stored σ")
    func showsKeptLayers() throws {
        var desk = desk()
        desk.finish(1)
        desk.isEngineOn = false
        let layer = try #require(desk.layer)
        let state = try #require(desk.explorer.base?.layers[layer.weight])
        #expect(desk.explorer.threshold(of: layer) == state.compressed.summary.threshold)
        #expect(desk.explorer.kept(of: layer)?.fraction == state.compressed.summary.kept)
        let weights = state.compressed.weights.floats
        let zeros = weights.filter { $0 == 0 }.count
        #expect(desk.explorer.prunedCount(of: layer) == zeros && zeros > 0)
        desk.press(.right)
        let threshold = try #require(desk.explorer.threshold(of: layer))
        #expect(abs(threshold - 1.3 * state.deviation) < 1e-12)
    }

    @Test("how a file is written and what activations become leave a layer as training left it, as it is measured")
    func keepsWhatTrainingMade() throws {
        var desk = desk()
        desk.finish(5)
        desk.isEngineOn = false
        desk.send(.engine(.trained(desk.trained("best", epochs: 5), desk.progress(.finished, finished: 5))))
        let layer = try #require(desk.layer)
        let state = try #require(desk.explorer.base?.layers[layer.weight])
        for (knob, key) in [(Knob.coder, Key.right), (.activations, .left)] {
            while desk.explorer.activeKnob != knob { desk.press(.tab) }
            desk.press(key)
            #expect(desk.plan != state.plan && state.fits(desk.plan, isTraining: false))
            #expect(desk.explorer.prunedCount(of: layer) == state.compressed.summary.zeros && desk.explorer.isFresh(layer))
            #expect(desk.explorer.threshold(of: layer) == state.compressed.summary.threshold)
            desk.type("u")
        }
    }

    @Test("the end is one entry; undo goes before the training, redo after it")
    func endsInHistory() throws {
        var desk = desk()
        let entries = desk.explorer.history.changes.count
        desk.finish(5)
        let end = desk.trained("best", epochs: 5)
        desk.send(.engine(.trained(end, desk.progress(.finished, finished: 5))))
        #expect(!desk.explorer.isTraining && desk.explorer.base?.id == "best")
        #expect(desk.explorer.history.changes.count == entries + 1)
        let entry = try #require(desk.explorer.history.changes.last)
        #expect(entry.label == "retrain 5 epochs: 87.31 → 92.31 %")
        #expect(entry.state == PlanChange.StateChange(before: nil, after: "best"))
        #expect(desk.effects.contains { if case .record(.put(entry, position: entries), _, _) = $0 { true } else { false } })
        desk.type("u")
        #expect(desk.explorer.base == nil && desk.screen.contains("as opened"))
        #expect(try #require(plans(desk).last).base == nil)
        desk.press(.control("r"))
        #expect(desk.explorer.base?.id == "best" && desk.screen.contains("trained 5 epochs"))
        #expect(plans(desk).last?.base?.id == "best")
    }

    @Test("the history's accuracy is the kept epoch's, which is named where it is not the last")
    func namesTheKeptEpoch() {
        var desk = desk()
        desk.finish(5)
        var progress = desk.progress(.finished, finished: 5)
        progress.best = progress.history[3]
        desk.send(.engine(.trained(desk.trained("best", epochs: 3), progress)))
        #expect(desk.explorer.history.changes.last?.label == "retrain 5 epochs: 87.31 → 90.31 % (epoch 3)")
    }

    @Test("a second training starts from the first; each can be undone")
    func trainsAgain() throws {
        var desk = desk()
        desk.finish(5)
        desk.send(.engine(.trained(desk.trained("a", epochs: 5), desk.progress(.finished, finished: 5))))
        desk.type("r")
        desk.press(.enter)
        #expect(desk.requests.last?.base?.id == "a" && desk.requests[0].id != desk.requests[1].id)
        desk.type("u")
        #expect(desk.explorer.message?.kind == .warning && desk.explorer.base?.id == "a")
        desk.send(.engine(.trained(desk.trained("b", epochs: 10), desk.progress(.stopped, finished: 2))))
        #expect(desk.explorer.history.changes.last?.label == "retrain 2 of 5 epochs: 87.31 → 89.31 %")
        desk.type("uu")
        #expect(desk.explorer.base == nil)
        desk.press([.control("r"), .control("r")])
        #expect(desk.explorer.base?.id == "b")
    }

    @Test("knobs turned while it trains go on under the new plan, and say so")
    func turnsMeanwhile() throws {
        var desk = desk()
        desk.finish(1, batch: 100)
        desk.press(.right)
        #expect(desk.explorer.message?.text == "fc1 ratio 1.25 → 1.30; training goes on under the new plan")
        #expect(desk.explorer.isTraining)
        desk.type("T")
        desk.press(.right)
        #expect(desk.explorer.temperature == 5.5)
        desk.type("r")
        desk.press([.up, .up, .up, .right])
        #expect(desk.explorer.message?.kind == .warning)
        desk.press([.end, .up, .up, .left])
        #expect(desk.explorer.lossWeights.distillation == 0.85)
        let plan = try #require(plans(desk).last).plan
        #expect(plan.lossWeights == LossWeights(distillation: 0.85, student: 0.15) && plan.temperature == 5.5)
        desk.press(.enter)
        #expect(desk.explorer.stack.isEmpty && desk.requests.count == 1)
    }

    @Test("pause, resume, stop and keep")
    func obeys() {
        var desk = desk()
        desk.type(".")
        #expect(desk.explorer.isTrainingPaused && desk.screen.contains("paused"))
        desk.type(".E")
        #expect(desk.wishes.last == .stop)
        #expect(desk.wishes.contains(.pause) && desk.wishes.contains(.resume))
        desk.type("E")
        #expect(desk.explorer.message?.text == "the training ends already")
    }

    @Test("abandoning asks; state and plan are as before, but a knob turned since stays")
    func abandons() {
        var desk = desk()
        let before = desk.explorer.plan
        desk.finish(2)
        #expect(desk.screen.contains("B abandon"))
        desk.press(.right)
        let turned = desk.explorer.plan
        desk.type("B")
        #expect(desk.explorer.place == .confirmation)
        desk.type("n")
        #expect(!desk.wishes.contains(.abandon))
        desk.type("By")
        #expect(desk.wishes.contains(.abandon))
        desk.send(.engine(.trained(nil, desk.progress(.stopped, finished: 2))))
        #expect(desk.explorer.base == nil && desk.explorer.plan == turned && !desk.explorer.isTraining)
        #expect(desk.explorer.message?.text.contains("what you turned meanwhile stays") == true)
        desk.type("u")
        #expect(desk.explorer.plan == before && desk.explorer.base == nil)
    }

    @Test("a loss that runs away says what to lower and keeps the best")
    func diverges() {
        var desk = desk()
        desk.finish(2)
        let progress = desk.progress(.diverged, finished: 2, batch: 30, message: "the loss is no number: lower the learning rate (0.01)")
        desk.send(.engine(.trained(desk.trained("best", epochs: 2), progress)))
        #expect(
            desk.explorer.message
                == Message("the loss is no number: lower the learning rate (0.01); kept is the state of epoch 2", kind: .warning))
        #expect(desk.explorer.base?.id == "best" && desk.explorer.history.changes.last?.state?.after == "best")
    }

    @Test("an end without a better epoch leaves the weights as before and the plan as it stands")
    func keepsStart() {
        for finished in [0, 2] {
            var desk = desk()
            desk.finish(finished)
            desk.press(.right)
            let plan = desk.explorer.plan
            let entries = desk.explorer.history.changes.count
            desk.type("E")
            var progress = desk.progress(.stopped, finished: finished)
            progress.best = Desk.epoch(0)
            desk.send(.engine(.trained(finished == 0 ? nil : desk.trained("start", epochs: 0), progress)))
            #expect(desk.explorer.base == nil && desk.explorer.plan == plan && !desk.explorer.isTraining)
            #expect(desk.explorer.history.changes.count == entries)
            #expect(desk.explorer.message?.text.contains(finished == 0 ? "no epoch was finished" : "no epoch was better") == true)
        }
    }

    @Test("one that can't begin says why and leaves nothing behind")
    func fails() {
        var desk = desk()
        let history = desk.explorer.history
        desk.send(.engine(.trainingFailed("the teacher big.onnx takes 3×32×32 and the network 1×10×10")))
        #expect(desk.explorer.message?.kind == .error && desk.explorer.training == nil && desk.explorer.history == history)
        desk.type("r")
        #expect(desk.explorer.place == .retrain)
    }

    @Test("quitting asks while it trains and keeps the last finished epoch; ^C keeps it without a question")
    func quits() throws {
        for keys in [[Key.character("q"), .character("y")], [.character("q"), .character("q")], [.control("c")]] {
            var desk = desk()
            desk.finish(3, batch: 20)
            desk.press(keys)
            #expect(desk.effects.last == .quit && desk.wishes.contains(.stop))
            let entry = try #require(desk.explorer.history.changes.last)
            #expect(entry.state == PlanChange.StateChange(before: nil, after: "epoch 3"))
            #expect(entry.label == "retrain 3 of 5 epochs: 87.31 → 90.31 %")
        }
        var desk = desk()
        desk.type("q")
        #expect(desk.screen.contains("No epoch is finished"))
        desk.type("y")
        #expect(desk.effects.last == .quit && desk.explorer.history.changes.last?.state == nil)
    }

    @Test("a state of an earlier session is asked for; until it comes the numbers stay")
    func readsStates() throws {
        var first = desk()
        first.finish(5)
        first.send(.engine(.trained(first.trained("a", epochs: 5), first.progress(.finished, finished: 5))))
        let state = try #require(first.explorer.base)
        var opening = Samples.opening()
        opening.history = first.explorer.history
        opening.plan = first.explorer.resolvedPlan
        opening.history.applied -= 1
        var desk = Desk(opening)
        desk.press(.control("r"))
        #expect(desk.effects.contains(.loadState("a")) && desk.explorer.base == nil && desk.explorer.awaitedState == "a")
        desk.send(.session(.stateLoaded(state)))
        #expect(desk.explorer.base?.id == "a" && desk.explorer.awaitedState == nil)
        desk.type("u")
        #expect(desk.explorer.base == nil)
        opening.history.applied += 1
        opening.base = state
        let second = Desk(opening)
        #expect(plans(second).first?.base?.id == "a" && second.screen.contains("trained 5 epochs"))
    }

    @Test("a state that can't be read says so")
    func missesStates() {
        var opening = Samples.opening()
        opening.history = PlanHistory(
            changes: [
                PlanChange(
                    label: "retrain", key: "training", time: 0, before: [:], after: [:],
                    state: PlanChange.StateChange(before: "x", after: nil))
            ], applied: 1)
        var desk = Desk(opening)
        desk.type("u")
        #expect(desk.effects.contains(.loadState("x")))
        desk.send(.session(.stateMissing(id: "x", reason: "its rows are gone")))
        #expect(desk.explorer.message?.kind == .error && desk.explorer.awaitedState == nil)
    }

    @Test("a state that a command made is one entry; a snapshot names the state it was made on")
    func takesMadeStates() throws {
        var desk = Desk()
        desk.type(":correct-biases")
        desk.press(.enter)
        #expect(desk.effects.last == .start(TaskStart(DerivationOrder(.biases, plan: desk.explorer.plan, base: nil))))
        desk.send(.engine(.derived(desk.trained("corrected", epochs: 0), label: "bias correction")))
        #expect(desk.explorer.base?.id == "corrected" && desk.explorer.history.changes.last?.label == "bias correction")
        desk.type("s")
        desk.press([.enter, .enter])
        #expect(desk.kept.last?.state == "corrected")
        desk.type(":reestimate")
        desk.press(.enter)
        #expect(desk.explorer.message?.text == "this network has no batch normalization")
    }

    @Test("the lens calls the original the teacher while it teaches")
    func namesTeacher() {
        var desk = desk()
        desk.type("x")
        #expect(!desk.screen.contains("original T"))
        desk.send(.engine(.trained(nil, desk.progress(.stopped, finished: 0))))
        #expect(!desk.screen.contains("teacher T"))
    }
}
