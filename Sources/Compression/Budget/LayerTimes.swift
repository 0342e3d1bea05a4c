import Networks

/// Milliseconds of a network's layers and of what they may become, as a table knows them: the costs of a budget in ``BudgetUnit/milliseconds``.
public struct LayerTimes: Hashable, Sendable {
    public let table: LatencyTable
    /// By weight, with what is joined to the layer.
    public let works: [String: LayerWork]
    /// What is no layer; 0 where it was not measured.
    public let others: Double

    /// Throws where shapes do not fit. Cost: O(nodes).
    public init(_ network: Network, works: [String: LayerWork], in table: LatencyTable) throws(ShapeError) {
        (self.table, self.works) = (table, works)
        others = table.measured(network: try network.timingKey(), .others) ?? 0
    }

    /// Of a layer as it is; nil where nothing tells.
    public func dense(_ weight: String) -> Latency? { works[weight].flatMap { table.latency(of: $0) } }

    /// Milliseconds of a layer of which this share of the weights stays, by lists of them where that is faster; nil where nothing tells. Between the shares that
    /// were timed along a line; of fewer weights than the fewest that were timed, what those take.
    public func thinned(_ weight: String, kept: Double) -> Double? {
        guard let work = works[weight], let dense = table.latency(of: work)?.milliseconds else { return nil }
        let zeros = Int(1_000 * (1 - kept))
        guard zeros >= LatencyOption.leastZeros else { return dense }
        let lists = table.latency(of: work, .lists(zeros: min(zeros, LatencyOption.levels.last ?? zeros)))?.milliseconds
        return min(dense, lists ?? dense)
    }

    /// What is timed so that ``thinned(_:kept:)`` is known of these layers.
    public func wantedThinned(_ layers: [Layer]) -> [TimedWork] {
        layers.compactMap { works[$0.weight] }.flatMap { work in LatencyOption.levels.map { TimedWork(work, .lists(zeros: $0)) } }
    }

    /// Of a layer's factors one after the other; nil where nothing tells, and for factors other than those of channels.
    public func factored(_ weight: String, _ factorization: Factorization) -> Latency? {
        let times = parts(weight, factorization)?.map { table.latency(of: $0) }
        guard let times, let first = times[0], let second = times[1] else { return nil }
        return first + second
    }

    /// The works that a layer becomes by factors; nil where it has none.
    private func parts(_ weight: String, _ factorization: Factorization) -> [LayerWork]? {
        guard factorization.method == .channel, let rank = factorization.ranks.first else { return nil }
        return works[weight]?.channelFactors(rank: rank)
    }

    /// What is measured before a budget: the layers, and some ranks of those that may have one (``RankChoices/timed(largest:)``).
    public func wanted(_ layers: [Layer]) -> [LayerWork] {
        layers.flatMap { layer -> [LayerWork] in
            guard let work = works[layer.weight] else { return [] }
            guard layer.hasSpectrum, let largest = FactorMethod.channel.largestRanks(of: layer.geometry).first else { return [work] }
            return [work] + RankChoices.timed(largest: largest).flatMap { work.channelFactors(rank: $0) ?? [] }
        }
    }

    /// What an answer is made of and was not measured.
    public func unmeasured(_ plans: [String: LayerPlan], _ layers: [Layer]) -> [LayerWork] {
        let all = layers.flatMap { layer -> [LayerWork] in
            guard let work = works[layer.weight] else { return [] }
            return plans[layer.weight]?.factorization(of: layer.geometry).map { parts(layer.weight, $0) ?? [] } ?? [work]
        }
        return all.filter { table.measured($0) == nil }
    }
}
