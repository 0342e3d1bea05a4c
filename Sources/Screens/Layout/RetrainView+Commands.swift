import Frames

extension RetrainView {
    package static let commands: [Command] = [
        Command(
            "start-training", "Start the training", "Trains all layers as the panel says; the screen goes on meanwhile.",
            keys: [.enter], in: [.retrain], .training
        ) { $0.startTraining(time: $1) }
        .hinted(0) { $0.trainingForm?.isRunning == true ? "done" : "start" },
        Command(
            "turn-setting-down", "Turn the setting down", "One step down, or the word before.",
            keys: [.left, .character("h")], in: [.retrain], .training
        ) { $0.turnSetting(up: false, isBig: false, time: $1) },
        Command(
            "turn-setting-up", "Turn the setting up", "One step up, or the next word.",
            keys: [.right, .character("l")], in: [.retrain], .training
        ) { $0.turnSetting(up: true, isBig: false, time: $1) }.hinted(2, "turn", keys: "←→"),
        Command(
            "turn-setting-far-down", "Turn the setting far down", "Five steps down, or a tenth.",
            keys: [.shiftLeft, .character("H")], in: [.retrain], .training
        ) { $0.turnSetting(up: false, isBig: true, time: $1) },
        Command(
            "turn-setting-far-up", "Turn the setting far up", "Five steps up, or ten times.",
            keys: [.shiftRight, .character("L")], in: [.retrain], .training
        ) { $0.turnSetting(up: true, isBig: true, time: $1) },
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
}
