import Networks
import OrderedCollections

extension CompressionPlan {
    /// What this plan does with each layer.
    ///
    /// An entry's pattern is an exact name (`conv2.weight`, or the layer's name `conv2`) or a glob over either. An exact name replaces
    /// the longest matching glob (of equally long ones the first) and nothing is merged. Globs reach weights only, never biases or
    /// normalization. A layer that nothing matches is unchanged.
    ///
    /// The factors of a layer are `conv2.left`, `conv2.middle` and `conv2.right`, or a glob before such an ending: `*.left`. Only patterns with the
    /// ending reach them, in the same order of precedence; what none of them says of a factor is what the layer's own entry says of it.
    ///
    /// - Throws: a `PlanError` for a pattern without a layer, two exact names of one layer, or a value out of range.
    ///
    /// Cost: O(entries + layers · globs).
    public func resolved(for layers: [Layer]) throws(PlanError) -> ResolvedPlan {
        let entries = try PlanEntries(self, for: layers)
        return ResolvedPlan(
            temperature: temperature, lossWeights: lossWeights,
            layers: OrderedDictionary(layers.map { ($0.weight, entries.plan(of: $0)) }) { first, _ in first }, sums: sums)
    }

    /// The plan of one weight parameter: its exact entry, else the longest matching glob, else unchanged.
    ///
    /// Setting writes an exact entry and leaves the globs alone.
    public subscript(weight: String) -> LayerPlan {
        get {
            if let index = index(ofExact: weight) { return layers[index].plan }
            let short = LayerName.owner(of: weight)
            let globs = CompressionPlan.longestFirst(layers.map { (Glob($0.pattern), $0) })
            return globs.first { $0.glob.matches(weight) || $0.glob.matches(short) }?.entry.plan ?? .unchanged
        }
        set {
            let entry = Entry(pattern: weight, plan: newValue)
            if let index = index(ofExact: weight) { layers[index] = entry } else { layers.append(entry) }
        }
    }

    private func index(ofExact weight: String) -> Int? {
        let short = LayerName.owner(of: weight)
        return layers.firstIndex { $0.pattern == weight } ?? layers.firstIndex { $0.pattern == short }
    }

    static func longestFirst(_ globs: [(glob: Glob, entry: Entry)]) -> [(glob: Glob, entry: Entry)] {
        globs.enumerated()
            .sorted { ($1.element.glob.pattern.count, $0.offset) < ($0.element.glob.pattern.count, $1.offset) }
            .map(\.element)
    }
}

extension Glob {
    /// Whether the pattern matches the weight's or the layer's name.
    func matches(_ layer: Layer) -> Bool { matches(layer.weight) || matches(layer.name) }
}

/// Layers by their names, found once.
struct LayerNames {
    private let layers: [Layer]
    private let weights: [String: Int]
    private let names: [String: Int]

    init(_ layers: [Layer]) {
        self.layers = layers
        weights = Dictionary(layers.enumerated().map { ($0.element.weight, $0.offset) }) { first, _ in first }
        names = Dictionary(layers.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    }

    /// A weight's exact name goes before a layer's name.
    func layer(named name: String) -> Layer? { (weights[name] ?? names[name]).map { layers[$0] } }
}
