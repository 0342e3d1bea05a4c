import Frames

extension CommandTable {
    static let knobs: [Command] = [
        turn(
            "turn-knob-down", "Turn the knob down",
            "One step down: 0.05 of a ratio, 1 bit, the word before, 0.5 of the temperature; of marked layers and of a folded group, in all of them.",
            [.left, .character("h")], up: false),
        turn(
            "turn-knob-up", "Turn the knob up", "One step up; steps without a pause of half a second are undone as one.",
            [.right, .character("l")], up: true
        ).hinted(0, keys: "←→") { $0.activeKnob.name(in: $0.selectedPlan) },
        turn(
            "turn-knob-far-down", "Turn the knob far down", "A big step down: 0.25 of a ratio, 2 bits, 5 of the temperature.",
            [.shiftLeft, .character("H")], up: false, isBig: true),
        turn("turn-knob-far-up", "Turn the knob far up", "A big step up.", [.shiftRight, .character("L")], up: true, isBig: true),
        Command(
            "choose-next-knob", "Choose the next knob", "Only the knobs that change something in the selected layer take turns.",
            keys: [.tab], in: Place.shaping, .knobs, unless: { exampleKnob($0) ?? noLayer($0) }
        ) { explorer, _ in explorer.moveKnob(by: 1) }.hinted(1, "knob"),
        Command(
            "choose-previous-knob", "Choose the previous knob", "The other way round.",
            keys: [.backTab], in: Place.shaping, .knobs, unless: { exampleKnob($0) ?? noLayer($0) }
        ) { explorer, _ in explorer.moveKnob(by: -1) },
        chooseKnob("choose-ratio", .amount, "p", "The pruning ratio (threshold over σ) or level (share of zeros)."),
        chooseKnob("choose-bits", .bits, "b", "The bits of a stored weight."),
        chooseKnob(
            "choose-weights", .representation, "w",
            "How weights are stored: floats, linear codes, shared, ternary, binary, DoReFa, factors of a low rank (SVD, spatial, Tucker), "
                + "whose rows below the layer have knobs of their own."),
        chooseKnob("choose-pattern", .pattern, nil, "What shape pruning keeps to: single weights, N of M (2:4), or blocks of outputs."),
        chooseKnob("choose-activations", .activations, nil, "Bits of the values that the layer hands on."),
        chooseKnob("choose-temperature", .temperature, "T", "The softmax temperature of distillation, one for the network."),
        Command(
            "choose-sums", "Turn the sums",
            "Bits of what sums of two ways hand on, with the Relu behind them, and of Concats, one for the network; the knob after it says whether "
                + "clips are learned.",
            keys: [], in: Place.shaping, .knobs, unless: { noLayer($0) ?? $0.sumsObstacle }
        ) { explorer, _ in
            explorer.knob = .sums
            if explorer.focus == .example { explorer.focus(on: .layers) }
        },
        Command(
            "enter-value", "Type an exact value", "Asks for the knob's value; words may be shortened.",
            keys: [.enter], in: Place.shaping, .knobs, unless: noLayer
        ) { explorer, _ in explorer.promptForValue() }.hinted(2, "type"),
        Command(
            "switch-criterion", "Switch between ratio and level",
            "For the selected layer (a for all); the amount is translated, so that about the same weights are pruned.",
            keys: [.character("%")], in: Place.shaping, .knobs, unless: noLayer
        ) { $0.turn(.criterion, up: true, isBig: false, time: $1) },
        Command(
            "bypass-layer", "Bypass the layer", "Shows the layer as in the original, and back; its knobs keep their values.",
            keys: [.character(" ")], in: Place.shaping, .knobs, unless: noLayer
        ) { $0.toggleBypass(time: $1) }.hinted(6, "bypass"),
        Command(
            "apply-to-all", "Apply the knob to all layers",
            "Gives the knob's value to all layers, or to those that the filter lists; that of a factor to the factors of its side.",
            keys: [.character("a")], in: Place.shaping, .knobs,
            unless: { $0.activeKnob.wholeWord.map { "\($0) for the whole network" } ?? noLayer($0) }
        ) { $0.applyToAll(time: $1) }.hinted(10, "apply to all"),
        Command(
            "reset-layer", "Reset the layer", "Takes every knob of the layer, or of the marked ones, back to the original.",
            keys: [.character("0")], in: Place.shaping, .knobs, unless: noLayer
        ) { $0.resetLayer(time: $1) },
    ]

    private static func turn(
        _ name: String, _ title: String, _ help: String, _ keys: [Key], up: Bool, isBig: Bool = false
    ) -> Command {
        Command(name, title, help, keys: keys, in: Place.shaping, .knobs, unless: noLayer) {
            $0.turn($0.activeKnob, up: up, isBig: isBig, time: $1)
        }.repeated
    }

    private static let exampleKnob: @Sendable (Explorer) -> String? = {
        $0.focus == .example ? "here the arrow keys turn the temperature; 1 goes to the layers' knobs" : nil
    }

    private static func chooseKnob(_ name: String, _ knob: Knob, _ key: Character?, _ help: String) -> Command {
        let word = name.replacing("choose-", with: "")
        return Command(
            name, "Turn the \(word)", help, keys: key.map { [.character($0)] } ?? [], in: Place.shaping, .knobs, unless: noLayer
        ) { explorer, _ in
            explorer.knob = knob
            if explorer.focus == .example, knob != .temperature { explorer.focus(on: .layers) }
        }
    }
}
