import Compression
import Foundation
import Frames
import Networks

/// The singular values that the selected layer's factors are cut from, by falling size on a logarithmic scale: what the rank keeps solid, what it drops
/// shaded, with what the factors take beside the dense weights.
///
/// They do not depend on the rank, so that cut and figures stand in the same frame as the key; under Tucker-2 there are those of the inputs and those of
/// the outputs. Until the lane found them, and where the factors were trained, the histogram stays.
enum SpectrumView {
    /// What is drawn below the smallest value shown, in powers of ten, so that it has a bar.
    private static let (decades, margin) = (6.0, 0.2)

    static func draw(_ explorer: Explorer, _ layer: Layer, _ spectrum: FactorSpectrum, in area: Rect, on frame: inout Frame) {
        guard let made = explorer.plan(of: layer).factorization(of: layer.geometry) else { return }
        let lines = ViewText.flow(heading(explorer, layer, spectrum, made), width: area.width)
        let shown = area.height >= 6 ? min(lines.count, area.height / 2) : min(1, lines.count)
        let rest = ViewText.draw(Array(lines.prefix(shown)), explorer, in: area, on: &frame)
        let count = spectrum.values.count
        guard count > 0, rest.width >= 8 * count else { return }
        let width = (rest.width - (count - 1)) / count
        let names = count > 1 ? ["inputs ", "outputs "] : [""]
        for (place, values) in spectrum.values.enumerated() where place < made.ranks.count {
            let rect = Rect(x: rest.x + place * (width + 1), y: rest.y, width: width, height: rest.height)
            draw(values, rank: made.ranks[place], named: names[place], explorer, in: rect, on: &frame)
        }
    }

    private static func draw(
        _ values: [Double], rank: Int, named name: String, _ explorer: Explorer, in rect: Rect, on frame: inout Frame
    ) {
        guard !values.isEmpty, rect.height > 0 else { return }
        let (plot, axis) = rect.splitTop(rect.height >= 3 ? rect.height - 1 : rect.height)
        let heights = columns(of: values, width: plot.width)
        let chart = HistogramChart(
            range: 0...Double(values.count), kept: heights.map { $0.index < rank ? $0.height : 0 },
            pruned: heights.map { $0.index < rank ? 0 : $0.height }, thresholds: rank < values.count ? [Double(rank)] : [],
            showsAxis: false)
        chart.draw(in: plot, on: &frame, glyphs: explorer.glyphs)
        guard !axis.isEmpty else { return }
        let numbers = explorer.numbers
        let ends = (
            "\(name)\(explorer.glyphs.sigma)1 \(numbers.significant(values.first))",
            "\(explorer.glyphs.sigma)\(values.count) \(numbers.significant(values.last))"
        )
        frame.draw(StyledText(ends.0, .muted), at: Point(x: axis.x, y: axis.y), clip: axis)
        guard ends.0.cellWidth + ends.1.cellWidth < axis.width else { return }
        frame.draw(StyledText(ends.1, .muted), at: Point(x: axis.maxX - ends.1.cellWidth, y: axis.y), clip: axis)
    }

    /// For each column the first value in it, by its place, and how high it is of 1: log σ over the decades shown.
    private static func columns(of values: [Double], width: Int) -> [(index: Int, height: Double)] {
        let highest = log10(max(values[0], .leastNormalMagnitude))
        let lowest = values.last { $0 > 0 }.map { max(log10($0), highest - decades) } ?? highest
        return (0..<max(1, width)).map { column in
            let index = min(values.count - 1, column * values.count / max(1, width))
            let height = values[index] > 0 ? log10(values[index]) - lowest + margin : 0
            return (index, max(0, height))
        }
    }

    /// Rank, kept energy, and numbers, work and bytes beside those of the dense weights.
    private static func heading(
        _ explorer: Explorer, _ layer: Layer, _ spectrum: FactorSpectrum, _ made: Factorization
    ) -> [StyledText] {
        let numbers = explorer.numbers
        let largest = made.method.largestRanks(of: layer.geometry).map(String.init).joined(separator: "/")
        let (count, dense) = (made.parameterCount(of: layer.geometry), layer.count)
        let work = layer.multiplyAdds(made)
        func figure(_ word: String, _ value: String, _ whole: String, isMore: Bool) -> StyledText {
            StyledText("\(word) ", .muted) + StyledText(value, isMore ? .bad : .value) + StyledText(" of \(whole)", .muted)
        }
        return [
            StyledText("\(made.method.rawValue) rank ", .muted) + StyledText(made.text, .value) + StyledText(" of \(largest)", .muted),
            energy(explorer, layer, spectrum, made),
            figure("numbers", numbers.integer(count), numbers.integer(dense), isMore: count >= dense),
            figure(
                layer.isConvolution ? "MACs a pixel" : "MACs a row", numbers.integer(work), numbers.integer(dense), isMore: work >= dense),
            figure("as float32", numbers.bytes(4 * count), numbers.bytes(4 * dense), isMore: count >= dense),
        ] + pruned(explorer, layer)
    }

    /// Exact of one cut; of two no less than what both leave, until the lane has the factors themselves.
    private static func energy(_ explorer: Explorer, _ layer: Layer, _ spectrum: FactorSpectrum, _ made: Factorization) -> StyledText {
        let known = explorer.isFresh(layer) ? explorer.summary(of: layer)?.keptEnergy : nil
        let isBound = known == nil && spectrum.values.count > 1
        let share = explorer.numbers.percent(known ?? spectrum.keptEnergy(made), digits: 2)
        return StyledText(isBound ? "energy kept at least " : "energy kept ", .muted) + StyledText(share, isBound ? .muted : .value)
    }

    /// That pruning came before.
    private static func pruned(_ explorer: Explorer, _ layer: Layer) -> [StyledText] {
        guard let count = explorer.prunedCount(of: layer), count > 0, layer.count > 0 else { return [] }
        let share = explorer.numbers.percent(Double(count) / Double(layer.count))
        let note = explorer.isFresh(layer) && explorer.summary(of: layer)?.zeros == 0 ? "; the product has no zeros" : ""
        return [StyledText("\(share) pruned before the product\(note)", .muted)]
    }
}

extension Explorer {
    /// The singular values that a layer's factors are cut from, where the lane found them for this method, this pruning and this base; nil else.
    func spectrum(of layer: Layer) -> FactorSpectrum? {
        let plan = plan(of: layer).inForce
        guard case .factors(let rank) = plan.weights, let made = compressed[layer.weight]?.value, let spectrum = made.spectrum,
            case .factors(let old) = made.summary.plan.weights, (old.method, old.weighting) == (rank.method, rank.weighting),
            made.summary.plan.pruning == plan.pruning, made.summary.threshold == (threshold(of: layer) ?? 0)
        else { return nil }
        return spectrum
    }
}
