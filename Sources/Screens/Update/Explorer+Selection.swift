import Frames
import Networks

extension Explorer {
    /// The layers of the list: those whose name contains the filter, or all.
    public var visibleLayers: [Layer] { filter.isEmpty ? layers : layers.filter { matches($0, filter) } }

    func matches(_ layer: Layer, _ text: String) -> Bool {
        [layer.name, layer.weight].contains { $0.lowercased().contains(text.lowercased()) }
    }

    mutating func select(weight: String) {
        select(nil)
        guard let index = layers.firstIndex(where: { $0.weight == weight }), index != selection else { return }
        selection = index
        stack[CentroidsView.self].selection = 0
        emitFocus()
    }

    /// Selects the next layer, in the whole network, whose name contains the last text searched for.
    mutating func selectMatch(forward: Bool) {
        let found = layers.indices.filter { matches(layers[$0], search) }
        let next = forward ? found.first { $0 > selection } ?? found.first : found.last { $0 < selection } ?? found.last
        guard let next else { return say("no layer's name has '\(search)' in it", .warning) }
        if !filter.isEmpty, !matches(layers[next], filter) { stack[LayersView.self].filter = "" }
        select(weight: layers[next].weight)
    }

    /// Lists only the layers whose name contains `text`, and selects one of them.
    mutating func setFilter(_ text: String) {
        stack[LayersView.self].filter = text
        if !text.isEmpty { stack[LayersView.self].search = text }
        let first = layerRows.first { if case .layer = $0 { true } else { false } }
        if selectedRow == nil, let first { select(first) }
    }

    mutating func focus(on pane: Place) {
        if pane != focus { stack.isMaximised = false }
        stack.focus = pane
        // A training that is over leaves its place to the pane that is wanted there.
        if pane == .training { trainings.show(true) }
        if pane == .accuracy || pane == .centroids, !isTraining { trainings.show(false) }
    }

    /// The next knob of the selected layer, round and round.
    mutating func moveKnob(by offset: Int) {
        guard let layer = selectedLayer else { return }
        let knobs = knobs(of: layer)
        guard let index = knobs.firstIndex(of: activeKnob) else { return }
        knob = knobs[(index + offset + knobs.count) % knobs.count]
    }

    /// The number of rows of the centroid table.
    var centroidCount: Int { selectedLayer.flatMap { summary(of: $0) }?.codebook.count ?? 0 }
}
