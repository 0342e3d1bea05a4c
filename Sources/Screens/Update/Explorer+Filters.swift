import Compression
import Engine
import Frames
import Networks

extension FilterRemovalOrder: TaskRequest {
    public var task: LaneTask { .filterRemoval(self) }
}

/// Filters that are removed from the network.
extension Explorer {
    /// Why no filter of the selected layer can be removed, or nil; of a network with many channels the lane looks, and says it.
    var filterObstacle: String? {
        guard let layer = selectedLayer else { return "this network has no layer with weights" }
        if selectedGroup != nil { return "filters are removed from one layer at a time; select it in the group" }
        if awaitedState != nil { return "a trained state is still being read; try again in a moment" }
        return hasManyChannels ? nil : network.filterObstacle(of: layer).map { "the \(layer.filterWord) of \(layer.name) stay: \($0)" }
    }

    /// Whether it takes longer than a frame to find what channels run through.
    var hasManyChannels: Bool { network.parameters.values.reduce(0) { $0 + $1.shape.dimensions.reduce(0, +) } > 20_000 }

    mutating func askForFilters() { ask(TextPrompt(.filters, placeholder: "25%")) }

    /// The question, with at most so many cells of the layer's name.
    func filterQuestion(width: Int) -> String {
        let name = (selectedLayer?.name ?? "").truncatedAtStart(to: width, ellipsis: String(glyphs.ellipsis))
        return "remove from \(name):"
    }

    /// What may be typed.
    var filterRange: String? {
        guard let layer = selectedLayer else { return nil }
        return "1…\(removable(layer) - 1) \(word(layer)), or a share such as 25%"
    }

    /// What would be done: `5 of 20 filters go`; nil where the text is none that is allowed.
    func filterConsequence(of text: String) -> String? {
        guard let layer = selectedLayer, let (request, count) = filters(text, of: layer) else { return nil }
        let total = removable(layer)
        var words = "\(numbers.integer(count)) of \(numbers.integer(total)) \(word(layer)) go"
        if request.criterion != .l1 { words += " by \(request.criterion.title)" }
        let multiple = request.rounding.multiple(of: total)
        if case .share = request.amount, multiple > 1 { words += "; \(numbers.integer(total - count)) stay, a multiple of \(multiple)" }
        return words
    }

    mutating func removeFilters(_ text: String) throws(KnobRefusal) {
        guard let layer = selectedLayer else { return }
        guard let (request, count) = filters(text, of: layer) else { throw .notAllowed(filterRange ?? "") }
        let way = request.criterion == .l1 ? "" : " by \(request.criterion.rawValue)"
        let label = "\(layer.name): \(count) of \(removable(layer)) \(word(layer)) removed\(way)"
        start(FilterRemovalOrder(FilterRemoval(weight: layer.weight, count: count, criterion: request.criterion), base: base, label: label))
    }

    /// What a text asks for, and how many filters that is.
    private func filters(_ text: String, of layer: Layer) -> (request: FilterRequest, count: Int)? {
        guard let request = FilterRequest(text), let count = request.amount.removed(of: removable(layer), rounding: request.rounding) else {
            return nil
        }
        return (request, count)
    }

    /// How many can be chosen from.
    private func removable(_ layer: Layer) -> Int { hasManyChannels ? layer.outputCount : network.removableFilters(of: layer) }

    /// What these are: one by one the layer's filters, or channels of several.
    private func word(_ layer: Layer) -> String { removable(layer) == layer.outputCount ? layer.filterWord : "channels" }
}
