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
    private var hasManyChannels: Bool { network.parameters.values.reduce(0) { $0 + $1.shape.dimensions.reduce(0, +) } > 20_000 }

    mutating func askForFilters() { ask(TextPrompt(.filters, placeholder: "25%")) }

    /// The question, with at most so many cells of the layer's name.
    func filterQuestion(width: Int) -> String {
        let name = (selectedLayer?.name ?? "").truncatedAtStart(to: width, ellipsis: String(glyphs.ellipsis))
        return "remove from \(name):"
    }

    /// What may be typed.
    var filterRange: String? { selectedLayer.map { "1…\($0.outputCount - 1) \($0.filterWord), or a share such as 25%" } }

    /// What would be done: `5 of 20 filters go`; nil where the text is none that is allowed.
    func filterConsequence(of text: String) -> String? {
        guard let layer = selectedLayer, let count = try? filterCount(text, of: layer) else { return nil }
        return "\(numbers.integer(count)) of \(numbers.integer(layer.outputCount)) \(layer.filterWord) go"
    }

    mutating func removeFilters(_ text: String) throws(KnobRefusal) {
        guard let layer = selectedLayer else { return }
        let count = try filterCount(text, of: layer)
        let label = "\(layer.name): \(count) of \(layer.outputCount) \(layer.filterWord) removed"
        start(FilterRemovalOrder(FilterRemoval(weight: layer.weight, count: count), base: base, label: label))
    }

    /// How many filters a number or a share is.
    private func filterCount(_ text: String, of layer: Layer) throws(KnobRefusal) -> Int {
        let refusal = KnobRefusal.notAllowed(filterRange ?? "")
        let text = text.trimmingBlanks
        guard text.hasSuffix("%") else { return try Knob.whole(text, in: 1...Double(max(1, layer.outputCount - 1)), refusal) }
        let share = try Knob.number(String(text.dropLast()).trimmingBlanks, in: 0...100, refusal) / 100
        let count = Int((share * Double(layer.outputCount)).rounded())
        guard (1..<layer.outputCount).contains(count) else { throw refusal }
        return count
    }
}
