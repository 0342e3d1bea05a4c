import Compression
import Frames
import Networks
import Sessions

extension Histogram {
    /// The same with what is not in the bins of `survivors` as pruned; without them all stays.
    fileprivate func leaving(_ survivors: Histogram?) -> Histogram {
        guard let survivors, survivors.counts.count == counts.count else { return self }
        var parted = self
        for bin in counts.indices { parted.pruned[bin] = max(0, counts[bin] - survivors.counts[bin] + survivors.pruned[bin]) }
        return parted
    }
}

extension Explorer {
    /// What a pattern leaves of a layer, of the plan as it stands; nil while it is being made, and for a state that was read from a session.
    func survivors(of layer: Layer) -> WeightDistribution? {
        isFresh(layer) ? made(layer)?.survivors : nil
    }
}

extension HistogramView {
    /// The chart of a layer; nil until its weights are sorted. Cost: O(bins · log n).
    static func chart(_ explorer: Explorer, _ layer: Layer, bins: Int) -> HistogramChart? {
        guard let distribution = explorer.distribution(of: layer), let range = explorer.histogramRange(of: layer)
        else { return nil }
        let rule = explorer.ruleInForce(of: layer)
        let counts = histogram(of: distribution, rule, explorer.survivors(of: layer), bins: bins, over: range)
        let threshold = explorer.threshold(of: layer) ?? 0
        return HistogramChart(
            range: range, kept: kept(counts), pruned: counts.pruned.map(Double.init),
            overlay: overlay(explorer, layer, distribution, bins: bins, over: range),
            scale: explorer.histogram.isLogarithmic ? .logarithmic : .linear,
            thresholds: threshold > 0 ? [-threshold, threshold] : [], marks: marks(explorer, layer))
    }

    private static func histogram(
        of distribution: WeightDistribution, _ rule: PruningRule, _ survivors: WeightDistribution?, bins: Int,
        over range: ClosedRange<Double>
    ) -> Histogram {
        switch rule {
        case .none: distribution.histogram(bins: bins, over: range)
        case .threshold(let threshold): distribution.histogram(bins: bins, over: range, threshold: threshold)
        case .zeros(let zeros, _):
            distribution.histogram(
                bins: bins, over: range, survivors: Survivors(distribution, zeros: max(zeros, distribution.givenZeros)))
        case .pattern:
            distribution.histogram(bins: bins, over: range).leaving(survivors?.histogram(bins: bins, over: range, threshold: 0))
        }
    }

    private static func kept(_ histogram: Histogram) -> [Double] {
        zip(histogram.counts, histogram.pruned).map { Double($0 - $1) }
    }

    /// All weights of the original, or those that a snapshot's threshold leaves.
    private static func overlay(
        _ explorer: Explorer, _ layer: Layer, _ distribution: WeightDistribution, bins: Int, over range: ClosedRange<Double>
    ) -> [Double] {
        switch explorer.histogram.reference {
        case .none: return []
        case .original:
            let isOpened = explorer.base == nil || layer.part != nil
            let original = isOpened ? distribution : explorer.desk.originalDistributions[layer.weight]
            return original?.histogram(bins: bins, over: range).counts.map(Double.init) ?? []
        case .snapshot:
            // No threshold parts what a pattern leaves.
            guard let summary = snapshotSummary(explorer, layer), summary.plan.inForce.pattern == nil else { return [] }
            return kept(distribution.histogram(bins: bins, over: range, threshold: summary.threshold))
        }
    }

    /// What the snapshot that is laid over the histogram made of this layer.
    static func snapshotSummary(_ explorer: Explorer, _ layer: Layer) -> LayerSummary? {
        guard case .snapshot(let id) = explorer.histogram.reference else { return nil }
        let snapshot = explorer.snapshots.first { $0.id == id }
        return explorer.summary(of: layer, in: snapshot?.report.layers.first { $0.weight == layer.whole })
    }

    private static func marks(_ explorer: Explorer, _ layer: Layer) -> [HistogramChart.Mark] {
        guard let summary = explorer.summary(of: layer) else { return [] }
        let kind: HistogramChart.Mark.Kind = summary.plan.weights.form.table == .grid ? .grid : .centroid
        let isChoosing = explorer.focus == .centroids
        return summary.codebook.enumerated().map { index, centroid in
            HistogramChart.Mark(centroid.value, kind: kind, isEmphasized: isChoosing && index == explorer.centroid)
        }
    }

    /// The row of marks below the plot; nil where the chart has none.
    private static func markRow(_ chart: HistogramChart, in rect: Rect) -> Rect? {
        let plot = chart.plotRect(in: rect)
        guard !chart.marks.isEmpty, plot.maxY < rect.maxY else { return nil }
        return Rect(x: rect.x, y: plot.maxY, width: rect.width, height: 1)
    }

    /// Both ends of a linear quantizer's range; of an asymmetric one only those that the clip cuts.
    private static func clips(_ explorer: Explorer, _ layer: Layer) -> [(Double, String)] {
        guard let summary = explorer.summary(of: layer), let clip = summary.clip else { return [] }
        let ends = [(-clip, "["), (clip, "]")]
        guard summary.plan.weights.form.cutsOneEnd, let step = summary.scales.first else { return ends }
        return ends.filter { end in summary.codebook.contains { abs($0.value - end.0) <= step } }
    }

    /// The clip of a linear quantizer as brackets, a snapshot's centroids between the layer's own, and all of it muted while stale.
    static func drawMarks(_ explorer: Explorer, _ layer: Layer, _ chart: HistogramChart, in rect: Rect, on frame: inout Frame) {
        guard let row = markRow(chart, in: rect) else { return }
        for (value, bracket) in clips(explorer, layer) {
            guard let column = chart.column(of: value, in: rect) else { continue }
            frame.draw(bracket, at: Point(x: column, y: row.y), style: Style(.centroid, .bold), clip: row)
        }
        if !explorer.isFresh(layer) { frame.restyle(row) { $0 = Style(.muted, .dim) } }
        for centroid in snapshotSummary(explorer, layer)?.codebook ?? [] {
            guard let column = chart.column(of: centroid.value, in: rect), frame[column, row.y].scalar == 32 else { continue }
            frame[column, row.y] = Cell(explorer.glyphs.tick, style: Style(.overlay))
        }
    }

    /// Where the snapshot's thresholds lie, drawn beside the layer's own.
    static func drawSnapshotLines(
        _ explorer: Explorer, _ layer: Layer, _ chart: HistogramChart, in rect: Rect, on frame: inout Frame
    ) {
        guard let threshold = snapshotSummary(explorer, layer)?.threshold, threshold > 0 else { return }
        let own = Set(chart.thresholds.compactMap { chart.column(of: $0, in: rect) })
        let plot = chart.plotRect(in: rect)
        for value in [-threshold, threshold] {
            guard let column = chart.column(of: value, in: rect), !own.contains(column) else { continue }
            // Every other row, so that it is told from the layer's own line without colour.
            for y in stride(from: plot.maxY - 1, through: plot.y, by: -2) {
                frame[column, y] = Cell(explorer.glyphs.vertical, style: Style(.overlay))
            }
        }
    }
}
