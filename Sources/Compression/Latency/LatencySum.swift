import Networks

/// The layers of a network against the whole of it: what no layer's kernel takes is the residue (reorders, pooling, sums, normalization).
public struct LatencySum: Codable, Hashable, Sendable {
    public var device: LatencyDevice
    /// By weight; layers that were not measured are missing.
    public var layers: [String: Latency]
    /// Σ of the layers; nil where one is missing.
    public var sum: Latency?
    /// The network measured whole; nil where it was not.
    public var whole: Double?

    /// What the network takes beside its layers; negative where kernels are faster in it than alone. Nil where one of both is missing.
    public var residue: Double? { whole.flatMap { whole in sum.map { whole - $0.milliseconds } } }

    /// Times of what a network is made of, by the layers of the plan: one that is several in the graph has their sum.
    ///
    /// Throws where shapes do not fit. Cost: O(nodes), and O(layers · works) for what was not measured.
    public init(of network: Network, in table: LatencyTable, owner: (String) -> String? = { $0 }) throws(ShapeError) {
        device = table.device
        let works = try network.works()
        var (layers, missing): ([String: Latency], Set<String>) = ([:], [])
        for layer in network.layers {
            let name = owner(layer.weight) ?? layer.weight
            guard let time = works[layer.weight].flatMap({ table.latency(of: $0) }) else {
                missing.insert(name)
                continue
            }
            let before = layers[name]
            layers[name] = Latency(
                time.milliseconds + (before?.milliseconds ?? 0), isEstimate: time.isEstimate || before?.isEstimate == true)
        }
        self.layers = layers.filter { !missing.contains($0.key) }
        let all = layers.sorted { $0.key < $1.key }.map(\.value)
        sum =
            missing.isEmpty && !all.isEmpty
            ? Latency(all.reduce(0) { $0 + $1.milliseconds }, isEstimate: all.contains(where: \.isEstimate)) : nil
        whole = table.measured(network: try network.timingKey())
    }
}
