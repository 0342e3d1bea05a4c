import Engine
import Networks

extension LayerActivations: ShownReport {
    func show(on explorer: inout Explorer) { explorer.findings.take(self) }
}

extension Explorer {
    /// Whether the weights pane shows what the selected layer hands on.
    public var showsActivations: Bool { histogram.showsActivations }

    /// Switches the histogram between weights and activations.
    mutating func toggleActivations() {
        stack[HistogramView.self].options.showsActivations.toggle()
        emitObservation()
        say(histogram.showsActivations ? "what the layer hands on, over the calibration examples" : "the weights")
    }

    /// Asks the engine for what the pane shows now.
    mutating func emitObservation() {
        guard histogram.showsActivations, let layer = selectedWhole else { return emit(.tell(.observation, .stop)) }
        start(ObservationRequest(weight: layer.weight))
    }

    /// Why activations can't be shown, or nil.
    var activationsObstacle: String? {
        guard !histogram.showsActivations else { return nil }
        if isDataExpected { return "the data are still being loaded" }
        return AccuracyObstacle(self).map { $0.text.replacing("accuracy can't be measured", with: "no example can be run") }
    }

    /// What a layer hands on, and whether that is of the plan and the state as they stand.
    func activations(of layer: Layer) -> (found: LayerActivations, isFresh: Bool)? {
        guard let found = findings.activations[layer.weight] else { return nil }
        let wanted = resolvedPlan.activations(of: desk.graph.network)[layer.weight]
        return (found, found.base == base?.id && found.quantization == wanted)
    }

    /// The values that the histogram shows: from the least, or 0, to the largest or the clip, over 2^zoom.
    func activationRange(of found: LayerActivations) -> ClosedRange<Double> {
        let factor = 1 / Double(1 << max(0, histogram.zoom))
        let low = min(0, found.values.nonzero?.minimum ?? 0, found.levels.first ?? 0)
        let high = max(0, found.values.nonzero?.maximum ?? 0, found.levels.last ?? 0)
        guard high > low else { return 0...1 }
        return low * factor...high * factor
    }
}
