import Compression
import Engine
import Frames
import Networks

/// What the selected layer hands on over the calibration examples: the clip as a line, what it cuts shaded, the levels as marks below.
///
/// Values of exactly 0 are counted in the legend and not drawn: a ReLU makes so many that nothing else could be seen.
enum ActivationsHistogram {
    /// `fc1 activations · 131,072 values · at most 5.31`.
    static func title(_ explorer: Explorer) -> String {
        guard let layer = explorer.selectedWhole else { return "Activations" }
        var parts = ["\(layer.name) activations"]
        if let (found, isFresh) = explorer.activations(of: layer), found.values.count > 0 {
            parts.append(explorer.numbers.count(found.values.count, "value"))
            if let values = found.values.nonzero { parts.append("at most \(explorer.numbers.significant(values.maximum))") }
            if !isFresh { parts.append("of before") }
        }
        if explorer.histogram.isLogarithmic { parts.append("log") }
        if explorer.histogram.zoom > 0 { parts.append("zoom " + explorer.numbers.ratio(Double(1 << explorer.histogram.zoom), digits: 0)) }
        return parts.joined(separator: " \(explorer.glyphs.dot) ")
    }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard let layer = explorer.selectedWhole else { return }
        guard !layer.isRecurrent else {
            let text = "\(layer.name) is part of a recurrent layer, whose states are never made coarse"
            return ViewText.hint(text, explorer, in: area, on: &frame)
        }
        guard !layer.givesLogits else {
            return ViewText.hint("\(layer.name) gives the logits, which are never made coarse", explorer, in: area, on: &frame)
        }
        guard let (found, isFresh) = explorer.activations(of: layer) else {
            return ViewText.hint("the calibration examples are being run up to \(layer.name)", explorer, in: area, on: &frame)
        }
        guard found.values.nonzero != nil else {
            return ViewText.hint("\(layer.name) hands on nothing but zeros", explorer, in: area, on: &frame)
        }
        let chart = chart(explorer, found, bins: HistogramChart.binCount(in: area))
        chart.draw(in: area, on: &frame, glyphs: explorer.glyphs)
        if !isFresh { dim(chart, in: area, on: &frame) }
        HistogramLegend.draw(legend(explorer, found), in: chart.plotRect(in: area), on: &frame)
    }

    static func chart(_ explorer: Explorer, _ found: LayerActivations, bins: Int) -> HistogramChart {
        let range = explorer.activationRange(of: found)
        let (kept, cut) = counts(found, bins: bins, over: range)
        return HistogramChart(
            range: range, kept: kept, pruned: cut, scale: explorer.histogram.isLogarithmic ? .logarithmic : .linear,
            thresholds: lines(found), marks: found.levels.map { HistogramChart.Mark($0, kind: .grid) })
    }

    /// The clip of clipped values; of signs where they change.
    private static func lines(_ found: LayerActivations) -> [Double] {
        if found.quantization == .sign { return [0] }
        return found.clip.map { [Double($0)] } ?? []
    }

    /// Values between 0 and the clip, and those that a clipped quantizer cuts.
    private static func counts(_ found: LayerActivations, bins: Int, over range: ClosedRange<Double>) -> (kept: [Double], cut: [Double]) {
        guard let values = found.values.nonzero else { return ([], []) }
        guard let clip = found.clip, case .clipped = found.quantization else {
            return (values.histogram(bins: bins, over: range).counts.map(Double.init), [])
        }
        // A histogram counts as pruned what lies within ± a threshold: here what the clip leaves.
        let histogram = values.histogram(bins: bins, over: range, threshold: Double(clip))
        let width = (range.upperBound - range.lowerBound) / Double(max(1, bins))
        let inside = histogram.pruned.enumerated().map { index, count in
            range.lowerBound + Double(index + 1) * width <= 0 ? 0 : Double(count)
        }
        return (inside, zip(histogram.counts, inside).map { Double($0) - $1 })
    }

    private static func dim(_ chart: HistogramChart, in area: Rect, on frame: inout Frame) {
        let plot = chart.plotRect(in: area)
        let below = Rect(x: area.x, y: plot.maxY, width: area.width, height: area.maxY - plot.maxY)
        frame.restyle(below) { $0 = Style(.muted, .dim) }
    }

    private static func legend(_ explorer: Explorer, _ found: LayerActivations) -> [StyledText] {
        let zeros = explorer.numbers.percent(Double(found.values.zeros) / Double(max(1, found.values.count)))
        var lines = [StyledText("0 for \(zeros), not drawn", .muted)]
        switch found.quantization {
        case nil: lines.append(StyledText("float; the knob act makes them coarse", .muted))
        case .sign:
            lines.append(StyledText(String(explorer.glyphs.vertical), .threshold) + StyledText(" -1 below, 1 from here on", .muted))
        case .clipped(let bits, let origin):
            guard let clip = found.clip else { break }
            let cut = explorer.numbers.percent(found.clippedShare)
            let word = origin == .learned ? "learned clip" : "clip"
            lines.append(
                StyledText(String(explorer.glyphs.vertical), .threshold)
                    + StyledText(" \(word) \(explorer.numbers.significant(Double(clip))), cuts \(cut)", .muted))
            let levels = " \(explorer.numbers.count(bits, "bit")), \(explorer.numbers.count(1 << bits, "level"))"
            lines.append(StyledText(String(explorer.glyphs.tick), .centroid) + StyledText(levels, .muted))
        }
        return lines
    }
}
