import Compression
import Engine
import Frames
import Networks

extension FilterRemovalOrder: TaskRequest {
    public var task: LaneTask { .filterRemoval(self) }
    public var loss: String? { "the removal of filters" }
}

/// Filters that are removed from the network.
extension Explorer {
    /// Why no filter of the selected layer can be removed, or nil; of a network with many channels the lane looks, and says it.
    var filterObstacle: String? {
        guard let layer = selectedWhole else { return "this network has no layer with weights" }
        if selectedGroup != nil { return "filters are removed from one layer at a time; select it in the group" }
        if awaitedState != nil { return "a trained state is still being read; try again in a moment" }
        return hasManyChannels ? nil : network.filterObstacle(of: layer).map { "the \(layer.filterWord) of \(layer.name) stay: \($0)" }
    }

    /// Whether it takes longer than a frame to find what channels run through.
    var hasManyChannels: Bool { network.parameters.values.reduce(0) { $0 + $1.shape.dimensions.reduce(0, +) } > 20_000 }

    mutating func askForFilters() { ask(TextPrompt(.filters, placeholder: "25%")) }

    /// The question, with at most so many cells of the layer's name.
    func filterQuestion(width: Int) -> String {
        let name = (selectedWhole?.name ?? "").truncatedAtStart(to: width, ellipsis: String(glyphs.ellipsis))
        return "remove from \(name):"
    }

    /// What may be typed.
    var filterRange: String? {
        guard let layer = selectedWhole else { return nil }
        return "1…\(removable(layer) - 1) \(word(layer)), or a share such as 25%"
    }

    /// What would be done: `5 of 20 filters go`; nil where the text is none that is allowed.
    func filterConsequence(of text: String) -> String? {
        guard let layer = selectedWhole, let request = request(text, of: layer) else { return nil }
        guard let count = request.count else { return allLayers(request.request) }
        let total = removable(layer, request.request.unit ?? .heads)
        var words = "\(numbers.integer(count)) of \(numbers.integer(total)) \(word(layer, request.request.unit ?? .heads)) go"
        if let criterion = request.request.criterion, criterion != .l1 { words += " by \(criterion.title)" }
        let multiple = request.request.rounding.multiple(of: total)
        if case .share? = request.request.amount, multiple > 1 {
            words += "; \(numbers.integer(total - count)) stay, a multiple of \(multiple)"
        }
        return words + steps(request.request)
    }

    private func steps(_ request: FilterRequest) -> String { request.steps > 1 ? ", in \(request.steps) steps" : "" }

    /// What a request of more than the selected layer does: `40% of the filters of all layers go, ranked over all layers`.
    private func allLayers(_ request: FilterRequest) -> String {
        let what =
            switch request.amount {
            case .count(let count): "\(numbers.integer(count)) channels of all layers go"
            case .share(let share): "\(numbers.percent(share, digits: 0)) of all layers' channels go"
            case .aim(let cost, let share):
                "channels of all layers go until \(numbers.percent(share, digits: 0)) of the \(cost.title) are left"
            case nil: ""
            }
        let way = request.criterion.map { " by \($0.title)" } ?? ""
        return what + way + ", ranked \((request.ranking ?? .layer).title)" + steps(request)
    }

    mutating func removeFilters(_ text: String) throws(KnobRefusal) {
        guard let layer = selectedWhole else { return }
        do throws(WordProblem) { _ = try FilterRequest(reading: text) } catch { throw .notRead(error) }
        guard let found = request(text, of: layer) else { throw .notAllowed(filterRange ?? "") }
        let (request, unit) = (found.request, found.request.unit ?? .heads)
        let criterion = request.criterion ?? .l1
        var removal = FilterRemoval(
            layers: found.count == nil ? layers.map(\.weight) : [layer.weight], amount: request.amount ?? .count(0), criterion: criterion)
        (removal.ranking, removal.unit, removal.rounding) = (request.ranking ?? .layer, unit, request.rounding)
        var label: String
        if let count = found.count {
            if request.steps == 1 { removal.amount = .count(count) }
            label = "\(layer.name): \(count) of \(removable(layer, unit)) \(word(layer, unit)) removed"
            if criterion != .l1 { label += " by \(criterion.rawValue)" }
        } else {
            (removal.floor, removal.passesHeld) = (FilterRemoval.sharedFloor, true)
            label = allLayers(request)
        }
        if criterion.need != .nothing, criterion != .reconstruction { label += " on \(removal.examples.examples) examples" }
        start(FilterRemovalOrder(removal, base: base, label: label, options: .init(steps: request.steps)))
        say("\(found.count == nil ? "channels of all layers" : layer.name + ": " + word(layer, unit)) are being removed\(glyphs.ellipsis)")
    }

    /// What a text asks for, and how many channels of the selected layer that is; nil is a number of all layers.
    private func request(_ text: String, of layer: Layer) -> (request: FilterRequest, count: Int?)? {
        guard let request = FilterRequest(text), let amount = request.amount else { return nil }
        var isShared = request.ranking != nil && request.ranking != .layer
        if case .aim = amount { isShared = true }
        if isShared { return (request, nil) }
        guard let count = amount.removed(of: removable(layer, request.unit ?? .heads), rounding: request.rounding) else { return nil }
        return (request, count)
    }

    /// How many can be chosen from.
    private func removable(_ layer: Layer, _ unit: FilterUnit = .heads) -> Int {
        hasManyChannels ? layer.outputCount : network.removableFilters(of: layer, unit: unit)
    }

    /// What these are: one by one the layer's filters, or channels of several.
    private func word(_ layer: Layer, _ unit: FilterUnit = .heads) -> String {
        if unit != .heads { return unit.rawValue }
        return removable(layer) == layer.outputCount ? layer.filterWord : "channels"
    }
}
