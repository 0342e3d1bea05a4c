import Compression
import Frames
import Networks

/// The weights of the selected layer, of factors their spectrum (``SpectrumView``), or what it hands on (``ActivationsHistogram``): what stays and what is pruned, thresholds, centroids or the grid, and an overlay.
///
/// Bins are columns, counted by search in the sorted weights, so that they stand in the same frame as the key. Where there is little
/// room, the legend goes first, then the axis labels (below four rows), then the marks (below three).
package struct HistogramView: PaneView {
    package static var place: Place { .weights }

    var options = HistogramOptions()

    package init() {}

    /// `conv2.weight · 25,000 · σ 0.0412 · ±0.31`, and what is unusual about the drawing.
    package func title(_ explorer: Explorer) -> String {
        if options.showsActivations { return ActivationsHistogram.title(explorer) }
        guard let layer = explorer.selectedLayer else { return "Weights" }
        let numbers = explorer.numbers
        let name = layer.shownWeight.truncatedAtStart(to: Self.longestName, ellipsis: String(explorer.glyphs.ellipsis))
        let plan = explorer.plan(of: layer)
        var parts = [name, numbers.integer(layer.count)]
        if let rank = plan.factorization(of: layer.geometry) { parts.append("rank \(rank.text)") }
        if let distribution = explorer.distribution(of: layer) {
            parts += Self.figures(of: distribution, plan, basis: explorer.desk.ratioBases[layer.weight], numbers)
        }
        let hasSpectrum = explorer.spectrum(of: layer) != nil
        if options.isLogarithmic, !hasSpectrum { parts.append("log") }
        if options.zoom == HistogramOptions.all, !hasSpectrum { parts.append("all") }
        if options.zoom > 0, !hasSpectrum { parts.append("zoom " + numbers.ratio(Double(1 << options.zoom), digits: 0)) }
        if plan.bypass { parts.append("bypassed") }
        return parts.joined(separator: " \(explorer.glyphs.dot) ")
    }

    /// Cells of a layer's name at most, so that the figures behind it have room on narrow screens.
    private static let longestName = 24

    /// σ that the layer's ratio multiplies: of the dense weights as opened, which `basis` keeps where a training has moved them.
    private static func figures(
        of distribution: WeightDistribution, _ plan: LayerPlan, basis: RatioBasis?, _ numbers: NumberFormat
    ) -> [String] {
        var isNonzero = plan.pruning.criterion == .ratio && plan.pruning.deviation == .nonzero
        let deviation: Double
        switch basis {
        case .dense(let statistics): deviation = statistics.deviation(isNonzero ? .nonzero : .all)
        case .deviation(let kept): (deviation, isNonzero) = (kept, false)
        case nil: deviation = distribution.deviation(isNonzero ? .nonzero : .all)
        }
        let largest = max(abs(distribution.minimum), abs(distribution.maximum))
        return [
            numbers.standardDeviation(deviation) + (isNonzero ? " of nonzero" : ""),
            numbers.plusMinus + numbers.significant(largest, 2),
        ]
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let layer = explorer.selectedLayer else {
            return ViewText.hint("this network has no layer with weights", explorer, in: area, on: &frame)
        }
        if options.showsActivations { return ActivationsHistogram.draw(explorer, in: area, on: &frame) }
        if let spectrum = explorer.spectrum(of: layer) { return SpectrumView.draw(explorer, layer, spectrum, in: area, on: &frame) }
        guard let chart = Self.chart(explorer, layer, bins: HistogramChart.binCount(in: area)) else {
            return ViewText.hint("the weights of \(layer.name) are being sorted", explorer, in: area, on: &frame)
        }
        chart.draw(in: area, on: &frame, glyphs: explorer.glyphs)
        Self.drawSnapshotLines(explorer, layer, chart, in: area, on: &frame)
        Self.drawMarks(explorer, layer, chart, in: area, on: &frame)
        HistogramLegend.draw(explorer, layer, in: chart.plotRect(in: area), on: &frame)
    }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) { explorer.moveSelection(by: offset) }

    package func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        explorer.around.isDragging = area.contains(mouse.point)
    }

    package func wheel(up: Bool, _ explorer: inout Explorer, time: Int64) { explorer.turn(.amount, up: up, isBig: false, time: time) }

    /// The weight at the middle of a column of the screen, by the chart's own mapping; nil outside or until the weights are sorted.
    static func value(atColumn column: Int, _ explorer: Explorer, in area: Rect) -> Double? {
        guard let layer = explorer.selectedLayer, let range = explorer.histogramRange(of: layer) else { return nil }
        return HistogramChart(range: range, kept: []).value(atColumn: column, in: area)
    }

    /// The column of the screen in which a weight lies; nil outside or until the weights are sorted.
    static func column(of value: Double, _ explorer: Explorer, in area: Rect) -> Int? {
        guard let layer = explorer.selectedLayer, let range = explorer.histogramRange(of: layer) else { return nil }
        return HistogramChart(range: range, kept: []).column(of: value, in: area)
    }
}

extension Place {
    public static let weights = Place("weights", .pane(number: 2))
}
