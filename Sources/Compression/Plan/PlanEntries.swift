import Networks
import OrderedCollections

/// The entries of a plan by the layers of a network that they reach.
struct PlanEntries {
    private var exact: [String: CompressionPlan.Entry] = [:]
    /// The longest first, of equally long ones the first.
    private var globs: [(glob: Glob, entry: CompressionPlan.Entry)] = []
    private(set) var parts = PartEntries()

    /// - Throws: a `PlanError` for a pattern without a layer, two exact names of one layer, or a value out of range.
    init(_ plan: CompressionPlan, for layers: [Layer]) throws(PlanError) {
        try plan.validate()
        let names = LayerNames(plan.layers.isEmpty ? [] : layers)
        var patterns = Set<String>()
        for entry in plan.layers {
            if let layer = names.layer(named: entry.pattern) {
                if let first = exact[layer.weight] {
                    throw .duplicateEntry(first: first.pattern, second: entry.pattern)
                }
                exact[layer.weight] = entry
            } else {
                let isOfParts = try parts.take(entry, layers, names)
                let isNew = patterns.insert(entry.pattern).inserted
                if let glob = try Self.glob(of: entry, for: layers, isNew: isNew, isOfParts: isOfParts) { globs.append((glob, entry)) }
            }
        }
        globs = CompressionPlan.longestFirst(globs)
        parts.rank()
    }

    /// What a layer follows; nil for one that nothing matches.
    func entry(of layer: Layer) -> CompressionPlan.Entry? {
        exact[layer.weight] ?? globs.first { $0.glob.matches(layer) }?.entry
    }

    /// The plan of a layer with those of its factors.
    func plan(of layer: Layer) -> LayerPlan { parts.applied(to: entry(of: layer)?.plan ?? .unchanged, of: layer) }

    /// Nil for a pattern that only factors have.
    private static func glob(
        of entry: CompressionPlan.Entry, for layers: [Layer], isNew: Bool, isOfParts: Bool
    ) throws(PlanError) -> Glob? {
        let glob = Glob(entry.pattern)
        guard isNew else {
            throw .duplicateEntry(first: entry.pattern, second: entry.pattern)
        }
        if glob.isGlob, layers.contains(where: glob.matches) { return glob }
        if isOfParts { return nil }
        if let layer = layers.first(where: { $0.bias == entry.pattern }) {
            throw .biasName(pattern: entry.pattern, weight: layer.weight)
        }
        throw .unknownName(pattern: entry.pattern, near: names(near: entry.pattern, in: layers))
    }

    /// Compared with and without `.weight`; the answer names weights.
    private static func names(near pattern: String, in layers: [Layer]) -> [String] {
        let full = NearNames.of(pattern, among: layers.map(\.weight))
        let short = NearNames.of(LayerName.owner(of: pattern), among: layers.map(\.name))
        let meant = short.compactMap { name in layers.first { $0.name == name }?.weight }
        return Array(OrderedSet(meant + full).prefix(3))
    }
}
