import Networks

extension Applied {
    /// What the weights that a parameter of the network holds are whole multiples of: one step, or one for each output channel and maybe each of equal
    /// pieces of it; nil of weights on no grid.
    public func steps(of parameter: String) -> [Float]? {
        guard let layer = layer(heldBy: parameter) else { return nil }
        if parameter == layer.layer.weight { return layer.form.steps }
        return layer.parts.first { $0.layer.weight == parameter }?.form.steps
    }
}

extension StoredForm {
    /// The steps of a grid; nil of everything else.
    fileprivate var steps: [Float]? {
        guard case .levels(let stored) = self, case .grid(let scales, _) = stored.values else { return nil }
        return scales
    }
}
