import Compression
import Networks

extension Layer {
    /// The weight of the layer of the network: its own, or that of the product which it is a factor of.
    var whole: String { part?.whole ?? weight }
}

/// Factors beside layers: what is asked of a factor is found in what the engine made of its layer.
extension Explorer {
    /// The factors of a layer as the plan stands, from left to right; none of one that is no product.
    func parts(of layer: Layer) -> [Layer] {
        guard let made = plan(of: layer).factorization(of: layer.geometry) else { return [] }
        return made.parts(of: layer.geometry).reversed().map { layer.layer(of: $0) }
    }

    /// One of them; nil where the layer has none of that side.
    func part(_ side: FactorPart.Side, of layer: Layer) -> Layer? { parts(of: layer).first { $0.part?.side == side } }

    /// What was made of a layer, or of a factor while it has the shape that the plan gives it.
    func made(_ layer: Layer) -> CompressedLayer? {
        guard layer.part != nil else { return compressed[layer.weight]?.value }
        return compressed[layer.whole]?.value.parts.first { $0.layer.weight == layer.weight && $0.layer.shape == layer.shape }
    }

    /// The sorted weights of a layer, or numbers of a factor as it was found; nil until then.
    func distribution(of layer: Layer) -> WeightDistribution? {
        guard let part = layer.part else { return distributions[layer.weight] }
        let found = compressed[part.whole]?.value.distribution(of: part.side)
        return found?.count == layer.count ? found : nil
    }

    /// Which weights become zero; those of a factor by a search of its own.
    func rule(of layer: Layer) -> PruningRule {
        guard layer.part != nil else { return desk.rules[layer.weight] ?? .none }
        return distribution(of: layer).map { PruningRule(plan(of: layer), $0) } ?? .none
    }

    /// The figures of a layer or factor among those of its layer.
    func summary(of layer: Layer, in whole: LayerSummary?) -> LayerSummary? {
        guard let part = layer.part else { return whole }
        return whole?.part(part.side)
    }

    /// What training left of a layer or factor, while the plan of the layer is one that it fits.
    func keptSummary(of layer: Layer) -> LayerSummary? { summary(of: layer, in: keptLayer(layer)?.compressed.summary) }

    /// Selects a factor of the selected layer, or the layer itself.
    mutating func select(_ side: FactorPart.Side?) {
        guard side != self.side else { return }
        self.side = side
        stack[CentroidsView.self].selection = 0
    }
}

extension [String: LayerPlan] {
    /// That of a layer or factor among those of layers, by weight.
    func plan(of layer: Layer) -> LayerPlan? {
        guard let part = layer.part else { return self[layer.weight] }
        return self[part.whole]?[part.side]
    }
}

extension LayerPlan {
    /// The factor whose plan alone is another one than before; nil where more differs.
    func onlyFactor(unlike before: LayerPlan) -> FactorPart.Side? {
        let sides = FactorPart.Side.allCases.filter { self[$0] != before[$0] }
        guard let side = sides.first, sides.count == 1 else { return nil }
        var same = before
        same[side] = self[side]
        return same == self ? side : nil
    }
}
