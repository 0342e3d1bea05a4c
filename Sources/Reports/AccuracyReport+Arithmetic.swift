import Networks

extension AccuracyReport {
    /// `integer` where every layer that reads levels was computed by integers, `simulated` where none was, else `mixed`; nil where none reads levels.
    public var arithmeticName: String? {
        guard let layers = arithmetic?.filter(\.readsLevels), !layers.isEmpty else { return nil }
        let whole = layers.count { $0.obstacle == nil }
        return whole == layers.count ? "integer" : whole == 0 ? "simulated" : "mixed"
    }

    /// `integer in 2 of 4 layers; what conv1 reads is not quantized`: the first reason against the others; nil where no layer reads levels.
    public var arithmeticSentence: String? {
        guard let arithmetic, arithmeticName != nil else { return nil }
        let whole = arithmetic.count { $0.obstacle == nil }
        let count = "\(whole) of \(arithmetic.count) layer\(arithmetic.count == 1 ? "" : "s") on a grid"
        // What a plan could change first: a layer that reads levels, then the others.
        let left = arithmetic.filter { $0.obstacle != nil }
        let first = left.first(where: \.readsLevels) ?? left.first
        let reason = first.flatMap { layer in layer.obstacle?.words(LayerName.owner(of: layer.weight)) }
        return (whole == 0 ? "simulated" : "integer in \(count)") + (reason.map { "; \($0)" } ?? "")
    }
}
