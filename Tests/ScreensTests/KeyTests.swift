import Compression
import Frames
import Networks
import Screens
import Testing

@Suite("Keys")
struct KeyTests {
    @Test("arrows and letters move through the layers and turn the ratio")
    func movesAndTurns() {
        var desk = Desk()
        #expect(desk.layer?.name == "conv1")
        desk.press([.down, .character("j")])
        #expect(desk.layer?.name == "fc1")
        desk.press([.right, .character("l"), .shiftRight, .character("L")])
        #expect(desk.plan.pruning == .ratio(0.6))
        desk.press([.left, .character("H")])
        #expect(desk.plan.pruning.amount == 0.3)
        desk.press([.end, .home, .pageDown, .character("g")])
        #expect(desk.layer?.name == "conv1")
    }

    @Test("the hidden cursor rests on the selected row")
    func cursorFollowsFocus() throws {
        var desk = Desk()
        desk.press(.down)
        let frame = desk.explorer.frame(size: desk.explorer.size)
        let place = try #require(frame.focus)
        #expect(frame.cursor == nil)
        #expect(frame.text(row: place.y).contains("▸conv2"))
        #expect(frame[place.x, place.y].scalar == Unicode.Scalar("▸").value)
        desk.press(.enter)
        #expect(desk.explorer.frame(size: desk.explorer.size).cursor?.y == 39)
    }

    @Test("threshold and kept follow the key in its own frame, the rest is stale until the engine answers")
    func searchesAtOnce() throws {
        var desk = Desk()
        desk.isEngineOn = false
        let layer = try #require(desk.layer)
        desk.press(.shiftRight)
        desk.press(.shiftRight)
        let sigma = try #require(desk.explorer.distributions[layer.weight]).standardDeviation
        #expect(desk.explorer.threshold(of: layer) == 0.5 * sigma)
        // Counted by brute force over the weights.
        let weights = try #require(Samples.network.parameters[layer.weight]).values.floats
        let kept = Double(weights.filter { Double(abs($0)) > 0.5 * sigma }.count) / Double(weights.count)
        #expect(abs((desk.explorer.kept(of: layer)?.fraction ?? 0) - kept) < 1e-12)
        #expect(desk.explorer.kept(of: layer)?.isFresh == true)
        #expect(!desk.explorer.isFresh(layer) && !desk.explorer.isAccuracyFresh && !desk.explorer.isBytesFresh)
        #expect(desk.explorer.isFresh(desk.explorer.layers[1]))
    }

    @Test("results older than what is shown are dropped")
    func dropsOldResults() {
        var desk = Desk()
        desk.press(.right)
        desk.press(.right)
        let shown = desk.explorer.accuracy?.generation
        desk.send(.engine(.accuracy(.sample(lost: 30), generation: 1)))
        #expect(desk.explorer.accuracy?.generation == shown)
        #expect(desk.explorer.accuracy?.value.losses != 30)
        #expect(desk.explorer.findings.trend.map(\.generation) == [1, 2, 3])
    }

    @Test("bits on a float layer make it shared and say so; beyond 8 bits it is float again")
    func turnsBits() {
        var desk = Desk()
        desk.type("b")
        desk.press(.left)
        #expect(desk.plan.weights == .shared(WeightSharing(bits: 8)))
        #expect(desk.explorer.message?.text.contains("became shared") == true)
        desk.press([.left, .left])
        #expect(desk.plan.weights.bits == 6)
        desk.press([.right, .right, .right])
        #expect(desk.plan.weights == .float32)
        desk.press(.right)
        #expect(desk.explorer.message?.kind == .warning)
    }

    @Test("Enter takes an exact value; a refused one stays with its reason, Esc gives up")
    func typesValues() {
        var desk = Desk()
        desk.press(.enter)
        desk.type("1.x")
        desk.press(.enter)
        guard let prompt = desk.explorer.stack.top(as: PromptView.self)?.prompt else {
            Issue.record("the prompt is gone")
            return
        }
        #expect(prompt.refusal == "'1.x' is not a number")
        desk.press([.backspace])
        desk.type("25")
        desk.press(.enter)
        #expect(desk.plan.pruning == .ratio(1.25))
        #expect(desk.explorer.stack.isEmpty)
        desk.press(.enter)
        desk.type("7")
        desk.press(.escape)
        #expect(desk.plan.pruning == .ratio(1.25))
        desk.type("b")
        desk.press(.enter)
        desk.type("4")
        desk.press(.enter)
        #expect(desk.plan.weights == .shared(WeightSharing(bits: 4)))
        desk.type("w")
        desk.press(.enter)
        desk.type("lin 3")
        desk.press(.enter)
        #expect(desk.plan.weights == .linear(LinearQuantization(bits: 3)))
    }

    @Test("Activations go from float over bits to signs and back, typed or turned, and one undo says so; logits have none")
    func activations() {
        var desk = Desk()
        while desk.explorer.activeKnob != .activations { desk.press(.tab) }
        desk.press(.left)
        #expect(desk.plan.activations == .clipped(bits: 8, clip: .calibrated) && desk.explorer.knobText == "8")
        desk.press(.tab)
        #expect(desk.explorer.activeKnob == .activationClip)
        desk.press(.right)
        #expect(desk.plan.activations == .clipped(bits: 8, clip: .learned))
        desk.press(.backTab)
        desk.press(.enter)
        desk.type("2")
        desk.press(.enter)
        #expect(desk.plan.activations == .clipped(bits: 2, clip: .learned))
        for expected: ActivationQuantization in [.clipped(bits: 1, clip: .learned), .sign, .sign] {
            desk.press(.left)
            #expect(desk.plan.activations == expected)
        }
        desk.press(.enter)
        desk.type("fl")
        desk.press(.enter)
        #expect(desk.plan.activations == nil)
        desk.type("u")
        #expect(desk.plan.activations == .sign)
        let last = desk.explorer.layers.last
        #expect(last.map { Knob.knobs(of: .unchanged, layer: $0).contains(.activations) } == false)
    }

    @Test("Tab goes through the knobs that apply, round and round")
    func tabsThroughKnobs() {
        var desk = Desk()
        var names: [String] = []
        desk.press(.tab)
        while desk.explorer.activeKnob != .amount {
            names.append(desk.explorer.activeKnob.rawValue)
            desk.press(.tab)
        }
        #expect(
            names == [
                "bits", "representation", "criterion", "scope", "deviation", "biases", "activations", "indexBits", "coder", "pattern",
                "temperature",
            ])
        desk.press(.backTab)
        #expect(desk.explorer.activeKnob == .temperature)
        desk.press(.right)
        #expect(desk.explorer.temperature == 5.5)
    }

    @Test("% translates a ratio into the level that prunes the same weights, and back")
    func switchesCriterion() throws {
        var desk = Desk()
        desk.press([.end, .up])
        desk.press([.shiftRight, .shiftRight, .shiftRight, .shiftRight])
        let layer = try #require(desk.layer)
        let before = try #require(desk.explorer.prunedCount(of: layer))
        desk.type("%")
        #expect(desk.plan.pruning.criterion == .level)
        let after = try #require(desk.explorer.prunedCount(of: layer))
        // A level of thousandths is at most half a thousandth of the weights off.
        #expect(abs(after - before) <= layer.count / 2_000 + 1)
        desk.type("%")
        #expect(abs(desk.plan.pruning.amount - 1) < 0.02)
    }

    @Test("a knob of a global layer turns all layers that are ranked with it")
    func turnsGlobal() throws {
        var desk = Desk()
        for _ in 0..<2 {
            desk.press(.enter)
            desk.type("1")
            desk.press(.enter)
            while desk.explorer.activeKnob != .scope { desk.press(.tab) }
            desk.press(.right)
            desk.type("p")
            desk.press(.down)
        }
        desk.press(.up)
        desk.press(.right)
        let plans = desk.explorer.layers.map { desk.explorer.plan(of: $0).pruning }
        #expect(plans[0] == plans[1])
        #expect(plans[0].scope == .global && plans[0].amount == 1.05)
        #expect(plans[2] == Pruning())
        #expect(desk.explorer.history.changes.last?.label == "global ratio 1.00 → 1.05")
        let thresholds = desk.explorer.layers.map { desk.explorer.threshold(of: $0) }
        #expect(thresholds[0] == thresholds[1])
    }

    @Test("Space shows the original, a gives the knob to all layers or to the filtered ones")
    func bypassesAndApplies() throws {
        var desk = Desk()
        desk.press([.shiftRight, .shiftRight])
        desk.type(" ")
        #expect(desk.plan.bypass)
        #expect(desk.explorer.kept(of: try #require(desk.layer))?.fraction == 1)
        desk.type(" ")
        desk.type("/")
        desk.type("conv")
        desk.press(.enter)
        #expect(desk.explorer.visibleLayers.map(\.name) == ["conv1", "conv2"])
        desk.type("a")
        #expect(desk.explorer.layers.map { desk.explorer.plan(of: $0).pruning.amount } == [0.5, 0.5, 0, 0])
        desk.press(.escape)
        desk.type("a")
        #expect(desk.explorer.layers.map { desk.explorer.plan(of: $0).pruning.amount } == [0.5, 0.5, 0.5, 0.5])
        desk.type("n")
        #expect(desk.layer?.name == "conv2")
    }

    @Test("Esc leaves one thing after the other and never quits; q and ^C quit")
    func escapesAndQuits() {
        var desk = Desk()
        desk.type("4+?conv")
        desk.press(.escape)
        #expect(desk.explorer.isMaximised && desk.explorer.stack.isEmpty)
        desk.press(.escape)
        #expect(!desk.explorer.isMaximised && desk.explorer.focus == .accuracy)
        desk.press([.escape, .escape, .escape])
        #expect(desk.explorer.focus == .layers)
        #expect(!desk.effects.contains(.quit))
        desk.type("q")
        #expect(desk.effects.last == .quit)
        desk.type("/q")
        desk.press(.control("c"))
        #expect(desk.effects.filter { $0 == .quit }.count == 2)
    }

    @Test("where something could not be saved the end is asked for once; a second key leaves, another stays")
    func asksBeforeLoss() {
        for (key, leaves) in [
            (Key.character("q"), true), (.character("y"), true), (.control("c"), true), (.character("n"), false), (.escape, false),
        ] {
            var desk = Desk()
            desk.type("q")
            desk.send(.session(.unsaved("disk full")))
            #expect(desk.screen.contains("not saved: disk full") && desk.screen.contains("Leave and lose the last changes?"))
            desk.press(key)
            #expect((desk.effects.last == .leave) == leaves)
            #expect(leaves || desk.explorer.stack.isEmpty)
            if !leaves {
                desk.type("q")
                #expect(desk.effects.last == .quit && !desk.effects.contains(.leave))
            }
        }
    }

    @Test("what can't be done now says why")
    func saysWhyNot() {
        var desk = Desk()
        for (key, reason) in [("u", "nothing to undo"), ("n", "nothing was searched"), ("Z", "all weights")] {
            desk.type(key)
            #expect(desk.explorer.message?.text.contains(reason) == true)
            #expect(desk.explorer.message?.kind == .warning)
        }
        #expect(desk.explorer.messages.count == 3)
    }

    @Test("the palette finds a command by letters and runs it; pasted text is typed, never run")
    func runsFromPalette() {
        var desk = Desk()
        desk.type(":")
        desk.send(.input(InputEvent(.paste("log counts\nq"), time: 0)))
        #expect(!desk.effects.contains(.quit))
        desk.press(.control("u"))
        desk.type("log c")
        desk.press(.enter)
        #expect(desk.explorer.histogram.isLogarithmic)
        desk.type("?mean")
        #expect(desk.screen.contains("Help"))
    }

    @Test("a snapshot asks for name and note and is handed over with the plan")
    func savesSnapshot() {
        var desk = Desk()
        desk.press(.shiftRight)
        desk.type("s")
        desk.press(.control("u"))
        desk.type("first")
        desk.press(.enter)
        desk.type("a note")
        desk.press(.enter)
        guard case .saveSnapshot(let kept)? = desk.effects.last else {
            Issue.record("nothing was kept")
            return
        }
        #expect(kept.name == "first" && kept.note == "a note" && kept.plan == desk.explorer.plan && kept.state == nil)
        #expect(kept.accuracy == desk.explorer.accuracy?.value && kept.layers.count == 4 && kept.data?.name == "squares")
    }

    @Test("themes are previewed, kept or given back")
    func previewsThemes() {
        var desk = Desk()
        desk.type("t")
        desk.press([.down, .down])
        #expect(desk.explorer.theme == "mono")
        desk.press(.escape)
        #expect(desk.explorer.theme == "dark")
        desk.type("tj")
        desk.press(.enter)
        #expect(desk.explorer.theme == "light")
        #expect(desk.effects.filter { if case .theme = $0 { true } else { false } }.count == 4)
    }

    @Test("a file that exists is overwritten only after yes")
    func asksBeforeOverwriting() {
        var desk = Desk()
        desk.type("eplan.yaml")
        desk.press(.enter)
        let asked = Effect.exportPlan(desk.explorer.plan, path: "plan.yaml", overwrite: false)
        #expect(desk.effects.last == asked)
        desk.send(.session(.exists(path: "plan.yaml", asked)))
        desk.type("x")
        #expect(desk.effects.last == asked)
        desk.type("y")
        #expect(desk.effects.last == .exportPlan(desk.explorer.plan, path: "plan.yaml", overwrite: true))
    }
}
