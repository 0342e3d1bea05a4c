import Compression
import Networks

/// Milliseconds that a search goes by: of another device, or measured here before it begins, and of what it chose measured whole.
struct SearchTiming {
    /// Families whose kernels are not timed for it.
    static let untimed: Set<String> = ["rank"]

    let times: LayerTimes
    private let model: OpenedModel
    private let base: TrainedState?
    private var timing: BudgetTiming?

    /// Throws where a layer's time is not known. Cost: that of the kernels that were not timed before, about 0.1 s each.
    init(_ model: OpenedModel, _ base: TrainedState?, batch: Int, latency: String?, _ locations: Locations) throws(CommandFailure) {
        (self.model, self.base) = (model, base)
        let graph = model.network.graph(of: base)
        let other = try latency.map { path throws(CommandFailure) in try LatencyOptions.read(path) }
        do throws(ShapeError) {
            if let other {
                times = try LayerTimes(graph, in: other)
            } else {
                var timing = BudgetTiming(graph, batch: batch, locations)
                times = try timing.thinned()
                self.timing = timing
            }
        } catch {
            throw CommandFailure("\(model.network.name) can't be timed: \(error)", .badData)
        }
        if let layer = graph.layers.first(where: { times.thinned($0.weight, kept: 1) == nil }) {
            let cure =
                latency.map { "\($0) has no line for it" } ?? "others had the processor too often, or its kernel can't be timed alone"
            throw CommandFailure("--ms: the milliseconds of \(layer.name) are not known: \(cure).", .unavailable)
        }
    }

    /// Milliseconds of the network under a plan, by lists of weights where that is faster; nil of another device, and where others disturbed it.
    func whole(under plan: ResolvedPlan) throws -> Double? {
        guard var timing else { return nil }
        let plan = CompressionPlan(resolved: plan)
        let applied = Applied(try Measurement.layers(model, plan: plan, base: base), of: model.network, plan: plan, base: base)
        return try timing.wholeThinned(of: applied.network)
    }
}
