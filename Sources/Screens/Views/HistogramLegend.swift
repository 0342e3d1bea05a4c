import Compression
import Frames
import Networks
import Sessions

/// What the glyphs of the histogram mean, in a corner of the plot where nothing else stands.
enum HistogramLegend {
    static func draw(_ explorer: Explorer, _ layer: Layer, in plot: Rect, on frame: inout Frame) {
        draw(lines(explorer, layer), in: plot, on: &frame)
    }

    /// Lines in the upper right corner, or the left one, whichever is blank.
    static func draw(_ lines: [StyledText], in plot: Rect, on frame: inout Frame) {
        let width = lines.map(\.cellWidth).max() ?? 0
        guard width > 0, plot.height >= lines.count, plot.width >= width + 12 else { return }
        for x in [plot.maxX - width, plot.x] {
            let place = Rect(x: x, y: plot.y, width: width, height: lines.count)
            guard isBlank(place, frame) else { continue }
            for (row, line) in lines.enumerated() { frame.draw(line, at: Point(x: x, y: plot.y + row), clip: plot) }
            return
        }
    }

    private static func isBlank(_ rect: Rect, _ frame: Frame) -> Bool {
        (rect.y..<rect.maxY).allSatisfy { y in (rect.x..<rect.maxX).allSatisfy { x in frame[x, y].scalar == 32 } }
    }

    private static func lines(_ explorer: Explorer, _ layer: Layer) -> [StyledText] {
        var lines: [StyledText] = []
        if let pruned = explorer.prunedCount(of: layer), pruned > 0, layer.count > 0 {
            let share = explorer.numbers.percent(Double(pruned) / Double(layer.count))
            let isProduct = explorer.plan(of: layer).inForce.weights.isProduct
            let pattern = explorer.plan(of: layer).inForce.pattern.map { " by \($0.rawValue), no threshold" } ?? ""
            let words = isProduct ? " \(share) pruned before the product" : " pruned \(share)\(pattern)"
            lines.append(StyledText(String(explorer.glyphs.shade), .pruned) + StyledText(words, .muted))
            if isProduct, explorer.isFresh(layer), explorer.summary(of: layer)?.zeros == 0 {
                lines.append(StyledText("  the product has no zeros", .muted))
            }
        }
        if let threshold = explorer.threshold(of: layer), threshold > 0 {
            let text = " threshold \(explorer.numbers.significant(threshold))"
            lines.append(StyledText(String(explorer.glyphs.vertical), .threshold) + StyledText(text, .muted))
        }
        if let beyond = beyond(explorer, layer) { lines.append(beyond) }
        if let codes = codes(explorer, layer, explorer.numbers) { lines.append(codes) }
        if let overlay = overlay(explorer) { lines.append(overlay) }
        if let absence = spectrumAbsence(explorer, layer) { lines.append(StyledText(absence, .muted)) }
        if let resolution = resolution(explorer, layer) { lines.append(resolution) }
        return lines
    }

    /// `→ 0.3% beyond`, of weights that are further out than what is drawn.
    private static func beyond(_ explorer: Explorer, _ layer: Layer) -> StyledText? {
        guard let share = explorer.shareBeyondHistogram(of: layer), share > 0 else { return nil }
        return StyledText("\(explorer.glyphs.arrow) \(explorer.numbers.percent(share)) beyond", .muted)
    }

    private static func codes(_ explorer: Explorer, _ layer: Layer, _ numbers: NumberFormat) -> StyledText? {
        guard let summary = explorer.summary(of: layer), !summary.codebook.isEmpty else { return nil }
        let role: Role = explorer.isFresh(layer) ? .centroid : .muted
        guard summary.plan.weights.form.table == .grid else {
            let word = summary.codebook.count == 1 ? " centroid" : " centroids"
            return StyledText(String(explorer.glyphs.centroid), role)
                + StyledText(" " + numbers.integer(summary.codebook.count) + word, .muted)
        }
        let clip = summary.clip.map { "[ ] clip \(numbers.significant($0))" } ?? ""
        return StyledText(String(explorer.glyphs.tick), role) + StyledText(" grid \(clip)", .muted)
    }

    /// How closely the weights are known, where they were not sorted one by one.
    private static func resolution(_ explorer: Explorer, _ layer: Layer) -> StyledText? {
        switch explorer.distribution(of: layer)?.resolution {
        case .fine: StyledText("counted in bins 0.05 % wide, not sorted", .muted)
        case .coarse: StyledText("coarse, as kept; being read again", .muted)
        default: nil
        }
    }

    /// Why the spectrum of factors does not stand here.
    private static func spectrumAbsence(_ explorer: Explorer, _ layer: Layer) -> String? {
        guard explorer.plan(of: layer).inForce.weights.isProduct, explorer.spectrum(of: layer) == nil else { return nil }
        let isMade = explorer.isFresh(layer) && explorer.compressed[layer.weight] != nil
        return isMade ? "trained factors have no spectrum" : "the spectrum is being found"
    }

    private static func overlay(_ explorer: Explorer) -> StyledText? {
        let name: String
        switch explorer.histogram.reference {
        case .none: return nil
        case .original: name = "original"
        case .snapshot(let id):
            guard let snapshot = explorer.snapshots.first(where: { $0.id == id }) else { return nil }
            name = snapshot.name
        }
        return StyledText(String(explorer.glyphs.outlineMiddle), .overlay) + StyledText(" " + name.truncated(to: 16), .muted)
    }
}
