import Compression

/// What plans made of the layers, with a version for each; the last few of every layer are kept, so that undo costs nothing.
///
/// A state that differs in nothing from what the plan started from has that one's version. Owned by the lane.
final class LayerStates {
    /// What determines a layer's state.
    struct Recipe: Hashable {
        var plan: LayerPlan
        var rule: PruningRule
        /// Versions of the layers before it, where it depends on them.
        var before: [UInt64] = []
    }

    private struct Kept {
        var recipe: Recipe
        var layer: CompressedLayer
        var version: UInt64
    }

    /// How many of each layer stay.
    private let most: Int
    private var kept: [String: [Kept]] = [:]
    /// By weight, the version of the weights that plans start from.
    private let unchanged: [String: UInt64]
    private let versions: VersionCounter

    init(unchanged: [String: UInt64], versions: VersionCounter, most: Int = 6) {
        self.unchanged = unchanged
        self.most = most
        self.versions = versions
    }

    /// The state that this recipe made before, if it is still kept.
    func state(of weight: String, recipe: Recipe) -> (layer: CompressedLayer, version: UInt64)? {
        guard var states = kept[weight], let place = states.firstIndex(where: { $0.recipe == recipe }) else { return nil }
        let found = states.remove(at: place)
        states.append(found)
        kept[weight] = states
        return (found.layer, found.version)
    }

    /// Keeps a new state and gives it a version: that of the weights that it started from when nothing differs.
    func keep(_ layer: CompressedLayer, recipe: Recipe) -> UInt64 {
        let isUnchanged =
            recipe.plan.bypass
            || (layer.summary.signalToNoise.whole == nil && (recipe.plan.biases == .float32 || layer.bias == nil))
        let version = isUnchanged ? unchanged[layer.layer.weight] ?? versions.next() : versions.next()
        keep(layer, recipe: recipe, version: version)
        return version
    }

    /// Keeps a state that has its version from elsewhere.
    func keep(_ layer: CompressedLayer, recipe: Recipe, version: UInt64) {
        kept[layer.layer.weight, default: []].append(Kept(recipe: recipe, layer: layer, version: version))
        if kept[layer.layer.weight, default: []].count > most { kept[layer.layer.weight]?.removeFirst() }
    }

    /// Others beside these, with versions that none of these has, for tries that nobody goes back to: one of each layer.
    func beside() -> LayerStates { LayerStates(unchanged: unchanged, versions: versions, most: 1) }

    /// Takes a figure more of a state that is kept.
    func amend(_ layer: CompressedLayer, recipe: Recipe) {
        guard let place = kept[layer.layer.weight]?.firstIndex(where: { $0.recipe == recipe }) else { return }
        kept[layer.layer.weight]?[place].layer = layer
    }

    /// What a plan's search may start from for a first answer: the newest state of the layer; nil where that gains nothing.
    func warmStart(of weight: String, for plan: LayerPlan) -> [Double]? {
        kept[weight]?.last.flatMap { plan.warmStart(from: $0.layer.summary) }
    }
}
