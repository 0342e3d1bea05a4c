import Compression

/// The exact bytes of the container that a network under a plan would be written to.
public struct FileBytes: Hashable, Sendable {
    /// The weights of one layer.
    public struct Layer: Hashable, Sendable {
        /// Bytes of the stream by every way of writing that can hold the levels.
        public var streams: [WeightCoding: Int]
        /// The way that is used: the chosen one, else the smallest.
        public var coding: WeightCoding
        /// Codebook or scales, and the record's head.
        public var overhead: Int
        /// ``LayerSummary/estimatedBytes`` of the same weights, to scale by while a newer plan is not encoded yet.
        public var estimate: Int

        public init(streams: [WeightCoding: Int], coding: WeightCoding, overhead: Int, estimate: Int) {
            self.streams = streams
            self.coding = coding
            self.overhead = overhead
            self.estimate = estimate
        }

        /// Stream, table and head.
        public var bytes: Int { streams[coding, default: 0] + overhead }

        /// The same of a layer that is held by this and another parameter: the ways that both can be written in, under the one that is larger's.
        public func with(_ other: Layer) -> Layer {
            let coding = bytes < other.bytes ? other.coding : coding
            var streams = streams.reduce(into: [:]) { sums, way in sums[way.key] = other.streams[way.key].map { $0 + way.value } }
            streams[coding] = self.streams[self.coding, default: 0] + other.streams[other.coding, default: 0]
            return Layer(streams: streams, coding: coding, overhead: overhead + other.overhead, estimate: estimate)
        }
    }

    /// The whole file: streams, tables, biases, graph and header.
    public var total: Int
    /// By weight.
    public var layers: [String: Layer]
    /// Of layers that are a product, each factor by its parameter: what the layer's bytes are the sum of.
    public var parts: [String: Layer] = [:]
    /// Not where activations are cut: what that takes in the graph is not counted.
    public var isExact: Bool

    public init(total: Int, layers: [String: Layer], isExact: Bool = true) {
        self.total = total
        self.layers = layers
        self.isExact = isExact
    }

    /// What the file may take under a newer plan: each layer by how its estimate has changed, the rest as it is.
    ///
    /// - Parameter estimates: What the layers' bytes go with (``LayerSummary/estimatedBytes``), by weight.
    public func scaled(to estimates: [String: Int]) -> Int {
        layers.reduce(total) { sum, entry in
            guard let now = estimates[entry.key] else { return sum }
            return sum - entry.value.bytes + entry.value.scaled(to: now)
        }
    }

    /// What no layer's weights take: biases, normalization, graph, card and heads.
    public var rest: Int { total - layers.values.reduce(0) { $0 + $1.bytes } }
}

extension FileBytes.Layer {
    /// What the layer may take under a newer plan, by how its estimate "han" has changed.
    public func scaled(to estimate: Int) -> Int {
        self.estimate > 0 ? Int((Double(bytes) * Double(estimate) / Double(self.estimate)).rounded()) : bytes
    }
}
