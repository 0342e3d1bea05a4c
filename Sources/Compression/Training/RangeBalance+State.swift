import Networks

extension RangeBalance {
    /// What came of it as a state, where it began with the float values of what plans start from: the base, or the network as opened.
    ///
    /// Layers that did not change are what training left of them; the others start from their float values, which their plans are
    /// applied to anew. A clip goes with the values that it was found for, so that it is calibrated again.
    public func state(from base: TrainedState?) throws(EqualizeRanges.Failure) -> TrainedState {
        let network = try equalized()
        var state = TrainedState(id: "\(base?.id ?? "opened")-equalized", network: network)
        state.graph = base?.graph
        guard let base else { return state }
        state.parameters.merge(base.parameters) { equalized, _ in equalized }
        for layer in network.layers where rescaled.contains(layer.weight) { state.parameters[layer.clip] = nil }
        state.layers = base.layers.filter { !changed.contains($0.key) }
        (state.plan, state.recipe, state.epochs) = (base.plan, base.recipe, base.epochs)
        return state
    }
}
