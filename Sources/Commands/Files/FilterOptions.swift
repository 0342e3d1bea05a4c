import ArgumentParser
import Compression
import Engine
import Networks

/// Which filters of a network go.
struct FilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Layers and how many of their filters go; may be given several times.", valueName: "layer:amount"))
    var filters: [FilterChoice] = []

    @Option(
        help: ArgumentHelp("What ranks the filters where --filters does not say it: \(FilterCriterion.words).", valueName: "criterion"))
    var criterion: FilterCriterion = .l1

    @Option(help: ArgumentHelp("Which filters are held against one another: \(FilterRanking.words).", valueName: "ranking"))
    var ranking: FilterRanking = .layer

    @Option(
        help: ArgumentHelp(
            "Let go until at most this part of the multiply-adds is left: of all layers, or of those that --filters names without an amount.",
            valueName: "percent"))
    var macs: PercentArgument?

    @Option(help: ArgumentHelp("The same in parameters.", valueName: "percent"))
    var parameters: PercentArgument?

    @Option(
        help: ArgumentHelp("What stays of each layer where several are ranked together or an aim is given (10%).", valueName: "percent"))
    var floor: PercentArgument?

    @Option(help: ArgumentHelp("What goes as a whole: \(FilterUnit.words).", valueName: "unit"))
    var whole: FilterUnit = .heads

    @Option(help: ArgumentHelp("Go there in so many steps, importance measured again after the repair of each.", valueName: "number"))
    var steps = 1

    @Option(help: ArgumentHelp("Training examples that importance is measured on, by criteria that need some (256).", valueName: "number"))
    var examples: Int = CalibrationKey.standard.examples

    @Option(
        help: ArgumentHelp(
            "The seed of --criterion random and --fresh, of the choice of examples, and of labels that fisher draws.", valueName: "seed"))
    var seed = CalibrationKey.standard.seed

    func validate() throws {
        guard macs == nil || parameters == nil else { throw ValidationError("Aim at multiply-adds or at parameters, not at both.") }
        for aim in [macs, parameters].compactMap(\.self) where aim.share <= 0 || aim.share >= 1 {
            throw ValidationError("An aim lies between 0% and 100%.")
        }
        guard FilterRequest.stepRange.contains(steps) else {
            throw ValidationError("--steps is 1 to \(FilterRequest.stepRange.upperBound).")
        }
        guard examples > 0 else { throw ValidationError("--examples is a number above 0.") }
        if let problem = filters.lazy.compactMap(\.problem).first { throw ValidationError(problem) }
        if aim == nil, let choice = filters.first(where: { $0.request.amount == nil }) {
            let cure = "\(choice.pattern):25%, or an aim such as --macs 45%"
            throw ValidationError("--filters \(choice.text) says no amount: \(cure).")
        }
    }

    var isEmpty: Bool { filters.isEmpty && aim == nil }

    private var aim: FilterAmount? { macs.map { .aim(.multiplyAdds, $0.share) } ?? parameters.map { .aim(.parameters, $0.share) } }

    /// What goes, in the order in which it is done: layers with an amount of their own, then those of the aim.
    func removals(of network: Network) throws(CommandFailure) -> [FilterRemoval] {
        var removals: [FilterRemoval] = []
        for choice in filters { if let amount = choice.request.amount { removals.append(try removal(choice, amount, network)) } }
        guard let aim else { return removals }
        let rest = filters.filter { $0.request.amount == nil }
        let choices = rest.isEmpty ? [FilterChoice.all] : rest
        for choice in choices { _ = try choice.layers(of: network) }
        var removal = try removal(choices[0], aim, network)
        removal.layers = network.layers.filter { layer in choices.contains { $0.names(layer) } }.map(\.weight)
        removal.passesHeld = removal.layers.count > 1 || choices.contains(where: \.isPattern)
        removals.append(removal)
        return removals
    }

    private func removal(_ choice: FilterChoice, _ amount: FilterAmount, _ network: Network) throws(CommandFailure) -> FilterRemoval {
        let (layers, request) = (try choice.layers(of: network), choice.request)
        if case .share(let share) = amount, share >= 1 {
            throw CommandFailure(
                "--filters \(choice.text): all would go, and of each layer something has to stay. Say less than 100%.", .usage)
        }
        var removal = FilterRemoval(
            layers: layers.map(\.weight), amount: amount, criterion: request.criterion ?? criterion, seed: seed)
        removal.ranking = request.ranking ?? ranking
        removal.unit = request.unit ?? whole
        removal.rounding = request.rounding
        removal.passesHeld = layers.count > 1 || choice.isPattern
        removal.examples = CalibrationKey(examples: examples, seed: seed)
        var isShared = removal.ranking != .layer
        if case .aim = amount { isShared = true }
        removal.floor = floor?.share ?? (isShared ? FilterRemoval.sharedFloor : 0)
        if !removal.passesHeld, !isShared { try check(choice, amount, removal, layers[0], network) }
        return removal
    }

    /// An amount of a layer that was named has to be one.
    private func check(
        _ choice: FilterChoice, _ amount: FilterAmount, _ removal: FilterRemoval, _ layer: Layer, _ network: Network
    ) throws(CommandFailure) {
        guard network.filterObstacle(of: layer, unit: removal.unit) == nil else { return }
        let total = network.removableFilters(of: layer, unit: removal.unit)
        guard amount.removed(of: total, rounding: removal.rounding) == nil else { return }
        let multiple = removal.rounding.multiple(of: total)
        if multiple >= total, total > 1 {
            throw CommandFailure(
                "--filters \(choice.text): \(layer.name) has \(total) \(layer.filterWord), and no fewer are a multiple of \(multiple). Round to less.",
                .usage)
        }
        throw CommandFailure(
            "--filters \(choice.text): of the \(total) \(layer.filterWord) of \(layer.name), 1 to \(total - 1) can go, for one has to stay.",
            .usage)
    }
}

extension FilterThinning.Outcome {
    /// What became of each layer: `conv1: 5 of 20 filters go by L1 norm, 15 stay`.
    var lines: [String] {
        let ranked = removal.ranking == .layer ? "" : ", ranked \(removal.ranking.title)"
        let lines = shares.map { share in
            let (name, word) = (share.layer.name, share.layer.filterWord)
            let floor = share.isAtFloor ? ": its floor" : ""
            guard share.gone > 0 else { return "\(name): all \(share.of) \(word) stay\(floor)" }
            let gone = "\(name): \(share.gone) of \(share.of) \(word) go by \(removal.criterion.title)"
            return gone + "\(ranked), \(share.of - share.gone) stay\(floor)"
        }
        var said = held.map { "\($0.layer.name): its \($0.layer.filterWord) stay: \($0.obstacle)" }
        if removal.criterion.need != .nothing, !shares.isEmpty {
            let (count, seed) = (removal.examples.examples, removal.examples.seed)
            said.append(
                removal.criterion == .reconstruction
                    ? "importance is measured on as many examples of the training split as a repair takes"
                    : "importance is measured on at most \(count) examples of the training split, drawn by seed \(seed)")
        }
        return lines + said
    }
}
