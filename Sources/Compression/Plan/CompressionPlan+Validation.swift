import Networks

extension CompressionPlan {
    /// Checks every number of the plan against the range of its setting, whether or not it is in use.
    ///
    /// - Throws: `PlanError.outOfRange` with the entry, setting, value and range; NaN is outside every range.
    public func validate() throws(PlanError) {
        for setting in Self.settings { try setting.check(in: self, entry: nil) }
        for entry in layers { try entry.plan.validate(entry: entry.pattern) }
    }
}

extension LayerPlan {
    /// Checks whether a layer can have this plan.
    public func validate(for layer: Layer) throws(PlanError) {
        try validate(entry: layer.weight)
        if readsInputs, let reason = fitObstacle(in: layer) {
            throw .unsuited(layer: layer.name, representation: "fit: compensated", reason: reason)
        }
        guard !bypass, let reason = weights.form.obstacle(in: layer) else { return try validateParts(of: layer) }
        throw .unsuited(layer: layer.name, representation: weights.name, reason: reason)
    }

    /// Checks the numbers of one layer; `entry` is the name that the error carries.
    public func validate(entry: String) throws(PlanError) {
        for setting in Self.ownSettings { try setting.check(in: self, entry: entry) }
        for setting in weights.form.settings.list { try setting.check(in: self, entry: entry) }
        try validateParts(entry: entry)
    }
}
