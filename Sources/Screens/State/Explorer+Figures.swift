import Compression
import Foundation
import Networks
import Reports

/// What views and keys read from the state; thresholds and counts are searches in the sorted weights.
extension Explorer {
    /// What the knobs belong to, a layer or a factor of one; nil in a network without layers.
    public var selectedLayer: Layer? {
        guard let whole = selectedWhole, let side else { return selectedWhole }
        return part(side, of: whole) ?? whole
    }

    /// The layer of the network that is selected, or that a factor of is.
    public var selectedWhole: Layer? { layers.indices.contains(selection) ? layers[selection] : nil }

    /// The plan of a layer, or of a factor of one.
    public func plan(of layer: Layer) -> LayerPlan { desk.plan[layer] }

    /// Of the plan in force, as its loss weights.
    public var temperature: Double { resolvedPlan.temperature }
    public var lossWeights: LossWeights { resolvedPlan.lossWeights }

    public var selectedPlan: LayerPlan {
        if let layer = selectedLayer { plan(of: layer) } else { .unchanged }
    }

    /// The engine's last figures of a layer; they may belong to an older plan, see ``isFresh(_:)``.
    public func summary(of layer: Layer) -> LayerSummary? { summary(of: layer, in: compressed[layer.whole]?.value.summary) }

    /// Whether the engine's figures of a layer belong to the plan as it stands; stale ones are drawn muted.
    public func isFresh(_ layer: Layer) -> Bool {
        findings.isFresh(layer.whole, since: desk.lastChange(of: layer.whole))
    }

    public var isAccuracyFresh: Bool { accuracy?.generation == generation }
    public var isBytesFresh: Bool { findings.bytes?.generation == generation }
    public var isFileFresh: Bool { file?.generation == generation }
    /// Whether the file's size is known to the byte: not where activations are cut, for what that takes in the graph is not counted.
    public var isFileExact: Bool { isFileFresh && file?.value.isExact == true }
    public var isLensFresh: Bool { findings.lens?.generation == generation }

    /// What the file that was encoded last holds of a layer or factor.
    func fileLayer(_ layer: Layer) -> FileBytes.Layer? {
        layer.part == nil ? file?.value.layers[layer.weight] : file?.value.parts[layer.weight]
    }

    /// Bytes of a layer's weights in the file, so that the rows of the table and `FileBytes.rest` sum to the size; scaled by the estimate while a
    /// newer plan is not encoded, and the estimate itself where nothing was encoded yet.
    func fileSize(of layer: Layer) -> (figure: ByteFigure, isFresh: Bool)? {
        let estimate = summary(of: layer)?.estimatedBytes
        guard let known = fileLayer(layer) else {
            return estimate.map { (ByteFigure($0, isExact: false), isFresh(layer)) }
        }
        if isFileFresh { return (ByteFigure(known.bytes, isExact: isFileExact), true) }
        return (ByteFigure(estimate.map(known.scaled) ?? known.bytes, isExact: false), false)
    }

    /// The size of the network as everything shows it: of the file where it was encoded for the plan as it stands, else by the layers' estimates;
    /// nil where nothing is known yet, or no layer was found.
    var fileSize: ByteFigure? {
        guard let file else { return estimatedFileBytes.map { ByteFigure($0, isExact: false) } }
        if isFileFresh { return ByteFigure(file.value.total, isExact: isFileExact) }
        return ByteFigure(file.value.scaled(to: compressed.mapValues { $0.value.summary.estimatedBytes }), isExact: false)
    }

    /// What of ``fileSize`` no layer's weights take, so that the column of bytes sums to it; nil where there is nothing such, or it is not known.
    var fileRest: ByteFigure? {
        if let file { return ByteFigure(file.value.rest, isExact: isFileExact) }
        return estimatedOthers.flatMap { $0 == 0 ? nil : ByteFigure($0, isExact: false) }
    }

    /// About the bytes of the file where nothing was encoded yet: all layers' estimates, and what no layer weighs; nil until all are known.
    private var estimatedFileBytes: Int? {
        estimatedOthers.map { others in layers.reduce(others) { $0 + (summary(of: $1)?.estimatedBytes ?? 0) } }
    }

    private var estimatedOthers: Int? {
        NetworkBytes(of: network, layers: layers, summaries: layers.compactMap { summary(of: $0) }).others
    }

    /// The plan as the engine, sessions and files take it: an exact entry for every layer, in the order of the graph.
    public var plan: CompressionPlan {
        CompressionPlan(
            temperature: temperature, lossWeights: lossWeights,
            layers: layers.map { CompressionPlan.Entry(pattern: $0.weight, plan: plan(of: $0)) }, sums: resolvedPlan.sums)
    }

    /// The weights that the histogram of a layer shows, see ``HistogramOptions/zoom``; nil until its weights are sorted.
    ///
    /// `HistogramChart` maps them to columns, for drawing and for dragging alike.
    public func histogramRange(of layer: Layer) -> ClosedRange<Double>? {
        guard let distribution = distribution(of: layer) else { return nil }
        let reach =
            histogram.zoom == HistogramOptions.all
            ? largest(distribution) : usualReach(of: layer, distribution) / pow(2, Double(histogram.zoom))
        return reach > 0 ? -reach...reach : -1...1
    }

    private func largest(_ distribution: WeightDistribution) -> Double { max(abs(distribution.minimum), abs(distribution.maximum)) }

    /// 4 σ, so that few weights far out do not press all others together; further where the threshold is, and never beyond the largest weight.
    private func usualReach(of layer: Layer, _ distribution: WeightDistribution) -> Double {
        let usual = max(HistogramOptions.usualDeviations * distribution.deviation(.all), threshold(of: layer) ?? 0)
        return usual > 0 ? min(usual, largest(distribution)) : largest(distribution)
    }

    /// Share of the weights that the histogram does not show; nil until they are sorted. Cost: O(log n).
    func shareBeyondHistogram(of layer: Layer) -> Double? {
        guard let distribution = distribution(of: layer), let range = histogramRange(of: layer), layer.count > 0 else { return nil }
        return Double(layer.count - distribution.zeros(threshold: range.upperBound)) / Double(layer.count)
    }

    /// Whether zooming out would show more weights.
    var canZoomOut: Bool {
        if histogram.zoom > 0 { return true }
        guard histogram.zoom == 0, !histogram.showsActivations, let layer = selectedLayer else { return false }
        return (shareBeyondHistogram(of: layer) ?? 0) > 0
    }

    /// t of a layer as the knobs stand, found by search: 0 where nothing is pruned or the layer is bypassed; nil until sorted.
    public func threshold(of layer: Layer) -> Double? {
        if let kept = keptSummary(of: layer) { return kept.threshold }
        guard distribution(of: layer) != nil else { return nil }
        return plan(of: layer).bypass ? 0 : rule(of: layer).threshold
    }

    /// Zeros that pruning makes of a layer, those that it came with included, found by search; nil until sorted, or until the layer was made where that
    /// takes the places of its weights.
    public func prunedCount(of layer: Layer) -> Int? {
        if let kept = keptSummary(of: layer) { return kept.zeros }
        guard let distribution = distribution(of: layer) else { return nil }
        if plan(of: layer).bypass { return distribution.givenZeros }
        switch rule(of: layer) {
        case .none: return distribution.givenZeros
        case .threshold(let threshold): return distribution.zeros(threshold: threshold)
        case .zeros(let zeros, _): return max(zeros, distribution.givenZeros)
        case .pattern(let rule): return rule.zeros(of: layer, given: distribution.givenZeros) ?? madeZeros(of: layer)
        }
    }

    /// Zeros of the layer as it was made, where these are those of its pattern.
    private func madeZeros(of layer: Layer) -> Int? {
        let made = isFresh(layer) && !plan(of: layer).weights.form.makesZeros ? survivors(of: layer) : nil
        return made?.givenZeros
    }

    /// 1 − sparsity and whether it belongs to the plan as it stands.
    ///
    /// By search where the representation makes no zeros of its own; else the engine's figure.
    public func kept(of layer: Layer) -> (fraction: Double, isFresh: Bool)? {
        if let summary = summary(of: layer), isFresh(layer) { return (summary.kept, true) }
        if plan(of: layer).weights.form.makesZeros { return summary(of: layer).map { ($0.kept, false) } }
        guard layer.count > 0 else { return nil }
        guard let pruned = prunedCount(of: layer) else { return summary(of: layer).map { ($0.kept, false) } }
        return (1 - Double(pruned) / Double(layer.count), true)
    }
}

extension LayerPlan {
    /// What counts of the plan: nothing while the layer is bypassed.
    var inForce: LayerPlan { bypass ? .unchanged : self }

    /// What stands in the place of a bypassed layer's pruning.
    package static let bypassWord = "bypass"
}
