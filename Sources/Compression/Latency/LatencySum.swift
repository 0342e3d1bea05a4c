import Networks

/// The layers of a network and what stands between them against the whole of it.
public struct LatencySum: Codable, Hashable, Sendable {
    public var device: LatencyDevice
    /// By weight; layers that were not measured are missing.
    public var layers: [String: Latency]
    /// By weight, by lists of the weights that are left; only layers that are mostly zeros.
    public var lists: [String: Latency]?
    /// By weight, in whole numbers of 8 bits; layers that were not measured so are missing.
    public var int8: [String: Latency]?
    /// Σ of the layers; nil where one is missing.
    public var sum: Latency?
    /// What is no layer (sums, pooling and normalization that no layer's kernel does) in the network itself; nil where it was not measured.
    public var others: Double?
    /// The network measured whole; nil where it was not.
    public var whole: Double?

    /// The network measured as the evaluator runs it, by lists where that is faster; nil where it was not.
    public var wholeByLists: Double?

    /// Layers and others: what is expected of the whole. Nil where one of both is missing.
    public var expected: Latency? {
        sum.flatMap { sum in others.map { Latency(sum.milliseconds + $0, isEstimate: sum.isEstimate) } }
    }

    /// What the network takes beside what is expected; negative where kernels are faster in it than alone. Nil where one of both is missing.
    public var residue: Double? { whole.flatMap { whole in (expected ?? sum).map { whole - $0.milliseconds } } }

    /// Times of what a network is made of, by the layers of the plan: one that is several in the graph has their sum.
    ///
    /// - Parameters:
    ///   - works: Of the layers of the graph, with what is joined to them.
    ///   - zeros: Zeros of a thousand of the layers of the graph that are mostly zeros.
    /// Throws where shapes do not fit. Cost: O(nodes), and O(layers · works) for what was not measured.
    public init(
        of network: Network, works: [String: LayerWork], in table: LatencyTable, zeros: [String: Int] = [:],
        owner: (String) -> String? = { $0 }
    ) throws(ShapeError) {
        device = table.device
        var (layers, missing): ([String: Latency], Set<String>) = ([:], [])
        var (lists, int8): ([String: Latency], [String: Latency]) = ([:], [:])
        for layer in network.layers {
            let name = owner(layer.weight) ?? layer.weight
            guard let time = works[layer.weight].flatMap({ table.latency(of: $0) }) else {
                missing.insert(name)
                continue
            }
            layers[name] = layers[name].map { $0 + time } ?? time
            guard name == layer.weight, let work = works[name] else { continue }
            int8[name] = table.measured(work, .int8).map { Latency($0) }
            lists[name] = zeros[name].flatMap { table.latency(of: work, .lists(zeros: $0)) }
        }
        (self.lists, self.int8) = (lists.isEmpty ? nil : lists, int8.isEmpty ? nil : int8)
        self.layers = layers.filter { !missing.contains($0.key) }
        let all = layers.sorted { $0.key < $1.key }.map(\.value)
        sum = missing.isEmpty ? all.dropFirst().reduce(all.first) { sum, time in sum.map { $0 + time } } : nil
        let key = try network.timingKey()
        (whole, others) = (table.measured(network: key), table.measured(network: key, .others))
        wholeByLists = table.measured(network: try network.timingKey(zeros: zeros), .lists)
    }
}
