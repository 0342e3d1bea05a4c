import Compression
import Networks
import Tensors

/// What is known of the layers of a network that is too large to be sorted and kept: counted distributions within a budget, coarse ones of all the
/// others, and summaries. Owned by the lane.
final class LargeLayers {
    /// What one step of reading led to.
    struct Progress {
        /// The layer's distribution, once all of it is counted.
        var read: WeightDistribution?
        /// Layers that gave way, with what is left of them.
        var evicted: [(weight: String, left: WeightDistribution)] = []
    }

    private let network: Network
    private let budget: Int
    private var counted: [String: WeightDistribution] = [:]
    private var order = UseOrder()
    private var countedBytes = 0
    private var coarse: [String: WeightDistribution]
    private var tally: (weight: String, tally: WeightTally)?
    private var summaries: [String: [(recipe: LayerStates.Recipe, summary: LayerSummary)]] = [:]
    /// Layers that were read since ``keptData()`` was last asked for.
    private(set) var newlyRead = 0
    /// Whether so many were read that keeping all of them again is worth it: all keeping together takes O(layers · log layers).
    var shouldKeep: Bool { newlyRead >= max(Self.keptEvery, coarse.count / 4) }

    /// Weights that are counted in one step: some 5 ms where they are cached.
    private static let piece = 4 << 20
    private static let keptSummaries = 4
    /// Layers after which what was found is kept at the soonest.
    private static let keptEvery = 256

    /// - Parameters:
    ///   - budget: Bytes of counted distributions.
    ///   - kept: What an earlier opening found.
    init(network: Network, budget: Int, kept: [String: WeightDistribution]) {
        self.network = network
        self.budget = budget
        coarse = kept.filter { network.parameters[$0.key]?.count == $0.value.count }
    }

    /// The best that is known of a layer's weights.
    func distribution(_ weight: String) -> WeightDistribution? { counted[weight] ?? coarse[weight] }

    /// A distribution that tells every weight's value or its bin; nil where the layer must be read.
    func counted(_ weight: String) -> WeightDistribution? {
        if let known = counted[weight] {
            order.use(weight)
            return known
        }
        return coarse[weight].flatMap { $0.resolution == .coarse ? nil : $0 }
    }

    /// Distributions of all layers that were read, by weight.
    var all: [String: WeightDistribution] { coarse.merging(counted) { _, counted in counted } }

    /// Counts the next piece of a layer. Throws where it holds a NaN or an infinity.
    func read(_ weight: String) throws(DistributionError) -> Progress {
        guard let tensor = network.parameters[weight]?.values, tensor.count <= WeightTally.largestCount else {
            throw .noMemory(byteCount: (network.parameters[weight]?.count ?? 0) * 4)
        }
        let tally = self.tally.flatMap { $0.weight == weight ? $0.tally : nil } ?? WeightTally(tensor)
        self.tally = (weight, tally)
        tally.add(Self.piece)
        guard tally.isDone else { return Progress() }
        self.tally = nil
        let distribution = try tally.distribution()
        keep(distribution, of: weight)
        return Progress(read: distribution, evicted: evict(but: weight))
    }

    private func keep(_ distribution: WeightDistribution, of weight: String) {
        if coarse[weight] == nil { newlyRead += 1 }
        coarse[weight] = distribution.coarsened
        if let old = counted[weight] { countedBytes -= old.byteCount }
        counted[weight] = distribution
        countedBytes += distribution.byteCount
        order.use(weight)
    }

    private func evict(but newest: String) -> [(String, WeightDistribution)] {
        var evicted: [(String, WeightDistribution)] = []
        while countedBytes > budget, let oldest = order.removeOldest(but: newest) {
            guard let gone = counted.removeValue(forKey: oldest), let left = coarse[oldest] else { continue }
            countedBytes -= gone.byteCount
            evicted.append((oldest, left))
        }
        return evicted
    }

    /// Coarse distributions of all layers as bytes to be kept for the next opening.
    func keptData() -> [UInt8] {
        newlyRead = 0
        return KeptDistributions.data(of: coarse)
    }

    /// The summary that this recipe made before, if it is still known.
    func summary(of weight: String, recipe: LayerStates.Recipe) -> LayerSummary? {
        summaries[weight]?.first { $0.recipe == recipe }?.summary
    }

    func keep(_ summary: LayerSummary, of weight: String, recipe: LayerStates.Recipe) {
        summaries[weight, default: []].append((recipe, summary))
        if summaries[weight, default: []].count > Self.keptSummaries { summaries[weight]?.removeFirst() }
    }
}
