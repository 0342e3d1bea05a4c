import Compression
import Foundation
import Networks

/// What views and keys read from the state; thresholds and counts are searches in the sorted weights.
extension Explorer {
    /// The layer that the knobs belong to; nil in a network without layers.
    public var selectedLayer: Layer? { layers.indices.contains(selection) ? layers[selection] : nil }

    public func plan(of layer: Layer) -> LayerPlan { plans[layer.weight] ?? .unchanged }

    public var selectedPlan: LayerPlan { selectedLayer.map(plan) ?? .unchanged }

    /// The engine's last figures of a layer; they may belong to an older plan, see ``isFresh(_:)``.
    public func summary(of layer: Layer) -> LayerSummary? { compressed[layer.weight]?.value.summary }

    /// Whether the engine's figures of a layer belong to the plan as it stands; stale ones are drawn muted.
    public func isFresh(_ layer: Layer) -> Bool {
        guard let result = compressed[layer.weight] else { return false }
        return result.generation >= changed[layer.weight, default: 0]
    }

    public var isAccuracyFresh: Bool { accuracy?.generation == generation }
    public var isBytesFresh: Bool { bytes?.generation == generation }
    public var isLensFresh: Bool { lens?.generation == generation }

    /// The plan as the engine, sessions and files take it: an exact entry for every layer, in the order of the graph.
    public var plan: CompressionPlan {
        CompressionPlan(
            temperature: temperature, lossWeights: lossWeights,
            layers: layers.map { CompressionPlan.Entry(pattern: $0.weight, plan: plan(of: $0)) })
    }

    /// The axis of the weights histogram of a layer, as wide as `columns`; nil until its weights are sorted.
    public func histogramAxis(of layer: Layer, columns: Int) -> HistogramAxis? {
        guard let distribution = distributions[layer.weight] else { return nil }
        let largest = max(abs(distribution.minimum), abs(distribution.maximum))
        let reach = largest > 0 ? largest / pow(2, Double(histogram.zoom)) : 1
        return HistogramAxis(range: -reach...reach, columns: columns)
    }
}
