import Foundation
import Networks
import Tensors

/// A factor as training left it, beside what it is stored as.
struct TrainedPart: Codable, Hashable, Sendable {
    /// Float values, those that are pruned too.
    var floats: [Float]
    /// 1 for each number that is kept; nil where nothing is pruned.
    var mask: [UInt8]?
    /// σ of the factor that its ratio was set on.
    var deviation: Double
    /// The threshold that made the mask.
    var threshold: Double

    init(floats: [Float], mask: [UInt8]? = nil, deviation: Double, threshold: Double) {
        (self.floats, self.mask, self.deviation, self.threshold) = (floats, mask, deviation, threshold)
    }

    init(_ layer: TrainedLayer) {
        (floats, mask) = (layer.floats.floats, layer.keptMask)
        (deviation, threshold) = (layer.deviation, layer.threshold)
    }

    private enum Key: String, CodingKey { case floats, mask, deviation, threshold }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let bytes = try container.decode(Data.self, forKey: .floats)
        floats = stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[bytes.startIndex + place + $1]) << (8 * UInt32($1)) })
        }
        mask = try container.decodeIfPresent(Data.self, forKey: .mask).map(Array.init)
        deviation = try container.decode(Double.self, forKey: .deviation)
        threshold = try container.decode(Double.self, forKey: .threshold)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let bytes = floats.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) } }
        try container.encode(Data(bytes), forKey: .floats)
        try container.encodeIfPresent(mask.map { Data($0) }, forKey: .mask)
        try container.encode(deviation, forKey: .deviation)
        try container.encode(threshold, forKey: .threshold)
    }
}

extension TrainedLayer {
    /// A factor as its plan and rule find it, or as training left it.
    ///
    /// - Parameters:
    ///   - context: Of the layer that is the product.
    ///   - trained: Where it is known, it goes before what the plan would make of the values.
    convenience init(
        _ part: FactorPart, of context: TrainedContext, values: [Float], trained: TrainedPart? = nil, _ options: TrainedOptions
    ) {
        var layer = context.layer.layer(of: part)
        layer.weight = "\(context.name)/\(part.side.rawValue)"
        let plan = context.plan.plan(of: part.side)
        let tensor = Tensor(shape: part.shape, floats: trained?.floats ?? values)
        let distribution = trained == nil ? try? WeightDistribution(tensor) : nil
        let rule = plan.bypass ? nil : distribution.map { PruningRule(plan, $0) }
        let mask = rule.flatMap { rule in tensor.withFloats { TrainedLayer.mask($0, of: layer, rule: rule, isGivenPruned: false) } }
        self.init(
            layer: layer, weights: tensor, plan: plan, mask: trained.map(\.mask) ?? mask,
            threshold: trained?.threshold ?? rule?.threshold ?? 0, deviation: trained?.deviation ?? distribution?.standardDeviation ?? 0,
            options: options)
    }

    /// What becomes of a factor in a file, with the figures of its own; nil where a number is not finite.
    var compressedPart: CompressedPart? {
        guard let distribution = try? WeightDistribution(floats) else { return nil }
        let made = compressed(bias: nil)
        var layer = made.layer
        layer.weight = layer.name
        var summary = made.summary
        summary.weight = layer.name
        if plan == .unchanged { summary.bytes = .floats(layer.count) }
        var result = CompressedLayer(layer: layer, weights: made.weights, form: made.form, bias: nil, summary: summary)
        result.survivors = made.survivors
        return CompressedPart(result, distribution)
    }
}
