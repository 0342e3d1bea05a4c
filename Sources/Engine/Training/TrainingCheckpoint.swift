import Compression
import Foundation
import Networks
import Reports
import Tensors

/// Everything that a run needs to go on to the same bits: a header, and buffers by name for a safetensors file.
///
/// Buffers: `layer/NAME/shadow`, `…/mask`, `…/centroids`, `…/assignments`, `…/scales`, `…/shadow/moment0`…; `other/NAME`, `other/NAME/moment0`;
/// `statistics/NAME`; `ranks/NAME`; `best/parameter/NAME`, `best/weights/NAME`, `best/bias/NAME`, `best/mask/NAME`.
public struct TrainingCheckpoint: Sendable {
    public struct Header: Codable, Sendable {
        public var version = 1
        public var network: String
        public var recipe: TrainingRecipe
        /// As it was asked for, in force.
        public var plan: CompressionPlan
        /// Asked for, and in force from the next batch on.
        var planInWaiting: CompressionPlan?
        /// As the policies changed it.
        public var currentPlan: CompressionPlan
        public var progress: TrainingProgress
        /// Batches since the start.
        public var step: Int { counters.step }
        var counters: TrainingCounters
        var policyDeviations: [String: Double]
        /// Nil in checkpoints of versions without such policies.
        var maskedChannels: MaskedChannels?
        /// Nil where no ranks are learned.
        var learnedRanks: RankLearning.Kept?
        var layers: [String: KeptLayer]
        var bestState: KeptState?
        /// How many values each buffer has, by name, so that one that is lost is missed; nil in checkpoints that did not list them.
        package var bufferCounts: [String: Int]?
    }

    /// What of a layer is no buffer.
    struct KeptLayer: Codable, Sendable {
        var plan: LayerPlan
        var threshold: Double
        var deviation: Double
        var movesPruned: Bool
    }

    struct KeptState: Codable, Sendable {
        var id: String
        var plan: CompressionPlan
        var recipe: TrainingRecipe?
        var epochs: Int
        var deviations: [String: Double]
        var dense: [String: DenseStatistics]?
        var summaries: [String: LayerSummary]
        /// What each layer is held as; nil in checkpoints of early versions.
        var tables: [String: StoredTables]?
    }

    public var header: Header
    public var buffers: [String: Tensor]
    /// The file that it was read from, for messages.
    public var file: String?

    public init(header: Header, buffers: [String: Tensor]) {
        self.header = header
        self.buffers = buffers
    }

    /// From a file: the header as JSON, and the buffers.
    public init(json: Data, buffers: [String: Tensor]) throws(TrainingFailure) {
        do {
            self.init(header: try JSONDecoder().decode(Header.self, from: json), buffers: buffers)
        } catch {
            throw .checkpoint(reason: "its header can't be read")
        }
    }

    /// The header as JSON, keys sorted.
    public func json() throws(TrainingFailure) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do { return try encoder.encode(header) } catch { throw .checkpoint(reason: "a number of its header can't be written") }
    }

    /// Throws where the run began with other weights than these: σ of each layer as opened tells.
    func check(beginning network: TrainedNetwork) throws(TrainingFailure) {
        for layer in network.layers {
            guard let kept = header.layers[layer.layer.weight], kept.deviation != layer.deviation else { continue }
            throw failure("the run began with other weights in \(layer.layer.weight)")
        }
    }

    func check(against request: TrainingRequest) throws(TrainingFailure) {
        if header.version != 1 { throw failure("its version is \(header.version)") }
        if header.network != request.network.name { throw failure("it is of \(header.network), not of \(request.network.name)") }
        if header.recipe != request.recipe { throw failure("its recipe is another one") }
        try check(against: request.graph.layers)
    }

    /// Throws where it is of layers of other shapes.
    public func check(against layers: [Layer]) throws(TrainingFailure) {
        for layer in layers where header.layers[layer.weight] != nil {
            let shadow = try buffer("layer/\(layer.weight)/shadow")
            guard shadow.count == layer.count else {
                throw failure("\(layer.weight) has \(shadow.count) weights there and \(layer.count) here")
            }
        }
        for (name, count) in (header.bufferCounts ?? [:]).sorted(by: { $0.key < $1.key }) { _ = try buffer(name, count: count) }
    }

    /// A buffer that must be there, with so many values where that is known.
    func buffer(_ name: String, count: Int? = nil) throws(TrainingFailure) -> Tensor {
        guard let found = buffers[name] else { throw failure("buffer \(name) is missing") }
        if let count, found.count != count { throw failure("buffer \(name) has \(found.count) values, not \(count)") }
        return found
    }

    /// That it can't be gone on with, with the file's name.
    func failure(_ reason: String) -> TrainingFailure { .checkpoint(reason: file.map { "\($0): \(reason)" } ?? reason) }
}
