import Networks

extension Applied.Versions {
    /// The same in the order of an edited network's layers: each has the version of the base's layer that it holds.
    func following(_ network: Network, from base: Network, _ layers: [CompressedLayer], _ holders: [String: Int]) -> Applied.Versions {
        let own = Dictionary(zip(base.layers.map(\.weight), self.layers)) { first, _ in first }
        let versions = network.layers.map { layer in own[holders[layer.weight].map { layers[$0].layer.weight } ?? layer.weight] ?? 0 }
        return Applied.Versions(layers: versions, others: others, graph: graph)
    }
}
