import Frames

extension RetrainView {
    package static let commands: [Command] = [
        Command(
            "start-training", "Start the training", "Trains all layers as the panel says; the screen goes on meanwhile.",
            keys: [.enter], in: [.retrain], .training
        ) { $0.startTraining(time: $1) }
        .hinted(0) { $0.trainingForm?.isRunning == true ? "done" : "start" },
        turn("turn-setting-down", "Turn the setting down", "One step down, or the word before.", [.left, .character("h")], up: false),
        turn("turn-setting-up", "Turn the setting up", "One step up, or the next word.", [.right, .character("l")], up: true)
            .hinted(2, "turn", keys: "←→"),
        turn(
            "turn-setting-far-down", "Turn the setting far down", "Five steps down, or a tenth.", [.shiftLeft, .character("H")], up: false,
            isBig: true),
        turn(
            "turn-setting-far-up", "Turn the setting far up", "Five steps up, or ten times.", [.shiftRight, .character("L")], up: true,
            isBig: true),
        Command(
            "enter-setting", "Type an exact setting", "Asks for the value; a digit begins to type at once, words may be shortened.",
            keys: [.character("t"), .tab], in: [.retrain], .training
        ) { explorer, _ in
            if let form = explorer.trainingForm { explorer.promptForSetting(of: form) }
        }.hinted(3, "type"),
        Command(
            "reset-settings", "Suggested settings", "Takes every setting back to what fits the plan.",
            keys: [.character("d")], in: [.retrain], .training
        ) { explorer, _ in explorer.resetTrainingForm() }.hinted(4, "suggested"),
    ]

    private static func turn(
        _ name: String, _ title: String, _ help: String, _ keys: [Key], up: Bool, isBig: Bool = false
    ) -> Command {
        Command(name, title, help, keys: keys, in: [.retrain], .training) { $0.turnSetting(up: up, isBig: isBig, time: $1) }
    }
}
