import Compression
import Networks
import Reports

/// The knobs of what sums hand on, which belong to the whole network.
extension Explorer {
    /// The knobs of a layer in the order of Tab, and those of the whole plan: of sums only where this network has some that can be quantized.
    func knobs(of layer: Layer) -> [Knob] {
        Knob.knobs(of: plan(of: layer), layer: layer) + [.sums, .sumsClip].filter(appliesToSums)
    }

    /// Whether a knob is one of sums, and this network has some that can be quantized.
    func appliesToSums(_ knob: Knob) -> Bool {
        guard knob.isOfSums, desk.graph.hasSums else { return false }
        return knob.whole?.value(in: resolvedPlan) != nil
    }

    /// Why no sum can be quantized, or nil.
    var sumsObstacle: String? {
        if desk.graph.hasSums { return nil }
        return desk.graph.network.junctions.isEmpty
            ? "no ways of this network meet in a sum"
            : "every sum of this network may be below 0, which levels from 0 to a clip do not have"
    }

    /// Says which sums a turn has reached.
    mutating func saySums(_ knob: Knob) {
        guard knob.isOfSums else { return }
        let report = SumsReport(CompressionPlan(resolved: resolvedPlan), of: desk.graph.network)
        say(report.map { "sums: \($0.sentence)" } ?? "sums stay float")
    }

    /// That a layer's own quantizer has no place, where its activations are turned before a sum that is quantized.
    func sumsRemark(on knob: Knob, of layer: Layer) -> String? {
        guard knob == .activations || knob == .activationClip, resolvedPlan.sums != nil, plan(of: layer).activations != .sign,
            let junction = desk.graph.network.junctions.first(where: { !$0.isSigned && $0.layers.contains(layer.weight) })
        else { return nil }
        return "\(layer.name) hands its floats to \(junction.name), which is quantized in its place"
    }
}

extension Knob {
    /// Whether it turns what sums hand on, which not every network has.
    var isOfSums: Bool { self == .sums || self == .sumsClip }

    /// What a knob of the whole network is, for a refusal; nil of one of a layer.
    var wholeWord: String? {
        guard whole != nil else { return nil }
        return self == .temperature ? "the temperature is one" : "sums have one setting"
    }
}
