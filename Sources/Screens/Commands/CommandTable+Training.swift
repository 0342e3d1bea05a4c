import Engine
import Frames

extension CommandTable {
    static let training: [Command] = [
        Command(
            "retrain-network", "Retrain under the plan",
            "Opens the panel of retraining, where Enter starts; while it trains, T and the loss weights can be turned there.",
            keys: [.character("r")], in: Place.panes, .training, unless: { $0.isTraining ? nil : $0.trainingObstacle }
        ) { explorer, _ in explorer.openTrainingPanel() }
        .hinted(5) { $0.isTraining ? "settings" : "retrain" },
        Command(
            "pause-training", "Pause or resume the training", "Between two batches; nothing is lost.",
            keys: [.character(".")], in: trainingPlaces, .training, unless: noTraining
        ) { explorer, _ in explorer.togglePause() }
        .hinted(0, if: \.isTraining) { $0.isTrainingPaused ? "resume" : "pause" },
        Command(
            "end-training", "Stop and keep", "Ends the training; its best epoch is kept, as one change that can be undone.",
            keys: [.character("E")], in: trainingPlaces, .training, unless: noTraining
        ) { explorer, _ in explorer.tell(.stop) }
        .hinted(0, if: \.isTraining) { _ in "end, keep" },
        Command(
            "abandon-training", "Abandon the training",
            "Asks, then throws the training away; weights and plan are as before it, but for knobs turned meanwhile.",
            keys: [.character("B")], in: trainingPlaces, .training, unless: noTraining
        ) { explorer, _ in explorer.askToGoBack() }
        .hinted(1, if: \.isTraining) { _ in "abandon" },
        Command(
            "resume-training", "Resume what was cut off",
            "Goes on from the last finished epoch of a training that a kill cut off, or with a task that the program's end cut off.",
            keys: [.character("R")], in: Place.panes, .training, unless: \.resumeObstacle
        ) { explorer, time in explorer.interrupted == nil ? explorer.resumeTasks() : explorer.resumeTraining(time: time) }
        .hinted(4, if: { ($0.interrupted != nil || !$0.tasks.interrupted.isEmpty) && !$0.isTraining }) { _ in "resume" },
        Command(
            "end-task", "End the background task", "What it came to is kept; a grid goes on with Enter in its view.",
            keys: [], in: Place.panes, .training, unless: { $0.tasks.running.isEmpty ? "no background task runs" : nil }
        ) { explorer, _ in explorer.endTask() },
        derivation(
            "reestimate-normalization", "Re-estimate batch norm",
            "Measures mean and variance of every normalization anew, as the plan leaves the layers before it.", .normalization,
            unless: \.normalizationObstacle, "mean and variance of the normalizations are being measured"),
        derivation(
            "follow-normalization", "Let normalizations follow",
            "Moves mean and variance of every normalization by what the plan did to what it reads: what ranks and pruning need first.",
            .followingNormalization, unless: \.normalizationObstacle,
            "what the normalizations read is being measured, before and under the plan"),
        derivation(
            "correct-biases", "Correct the biases", "Shifts each bias by what the plan did to the mean of its output.", .biases,
            unless: \.biasObstacle, "the means of the outputs are being measured"),
        Command(
            "remove-filters", "Remove filters",
            "Makes the network smaller: the weakest filters of the layer go, by norm, distance or scale, with what makes and reads the same.",
            keys: [], in: Place.panes, .training, unless: { $0.isTraining ? duringTraining : $0.filterObstacle }
        ) { explorer, _ in explorer.askForFilters() },
        Command(
            "replace-layer", "Replace by a module",
            "Puts a Fire module, a depthwise separable one or a plain 1 × 1 in the layer's place, fitted to what the layer gives.",
            keys: [], in: Place.panes, .training, unless: { $0.isTraining ? duringTraining : $0.moduleObstacle }
        ) { explorer, _ in explorer.askForModule() },
        Command(
            "equalize-layers", "Equalize the layers",
            "Balances each channel's weights between layers, so that few bits for a whole layer lose less; what the network says stays.",
            keys: [], in: Place.panes, .training, unless: { $0.isTraining ? duringTraining : $0.equalizationObstacle }
        ) { explorer, _ in explorer.equalize() },
        Command(
            "open-grid", "Temperature × bits grid",
            "Retrains at each number of bits and each temperature of distillation, and shows which suits which.",
            keys: [], in: Place.panes, .training, unless: noLayer
        ) { explorer, _ in explorer.open(GridView.self) },
    ]

    /// A state that is made without training, of the plan in force.
    private static func derivation(
        _ name: String, _ title: String, _ detail: String, _ derivation: StateDerivation,
        unless obstacle: @escaping @Sendable (Explorer) -> String?, _ announcement: String
    ) -> Command {
        Command(
            name, title, detail, keys: [], in: Place.panes, .training,
            unless: { $0.isTraining ? duringTraining : $0.examplesObstacle ?? obstacle($0) }
        ) { explorer, _ in
            explorer.start(DerivationOrder(derivation, plan: explorer.plan, base: explorer.base))
            explorer.say(announcement + String(explorer.glyphs.ellipsis))
        }
    }

    private static let trainingPlaces = Place.panes.union([.maskMap, .compare])
    fileprivate static let duringTraining = "not while it trains; E ends the training"
    private static let noTraining: @Sendable (Explorer) -> String? = {
        guard $0.isTraining else { return "nothing is being trained; r begins" }
        return $0.training?.isStopping == true ? "the training ends already" : nil
    }
}

extension Explorer {
    fileprivate var resumeObstacle: String? {
        if isTraining { return CommandTable.duringTraining }
        if interrupted != nil { return trainingObstacle }
        return tasks.interrupted.isEmpty ? "no training was cut off" : nil
    }

    var normalizationObstacle: String? {
        let hasNormalization = network.nodes.contains { if case .batchNormalization = $0.operation { true } else { false } }
        return hasNormalization ? nil : "this network has no batch normalization"
    }

    var biasObstacle: String? { layers.contains { $0.bias != nil } ? nil : "this network has no biases" }
}
