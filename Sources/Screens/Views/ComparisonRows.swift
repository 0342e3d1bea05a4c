import Compression
import Frames
import Networks
import Reports

/// The texts of a comparison.
struct ComparisonRows {
    let left: ComparedState
    let right: ComparedState
    let explorer: Explorer

    private var numbers: NumberFormat { explorer.numbers }
    private var arrow: String { " \(explorer.glyphs.arrow) " }

    static let columns: [Table.Column] = [
        .init("layer", alignment: .left, minimumWidth: 5, priority: 9, keepsEnd: true), .init("ratio", minimumWidth: 11, priority: 5),
        .init("kept", minimumWidth: 19, priority: 8), .init("stored", alignment: .left, minimumWidth: 16, priority: 4),
        .init("dB", minimumWidth: 16, priority: 3), .init("bytes", minimumWidth: 20, priority: 7),
    ]

    /// The side that the arrow keys choose carries the mark and is underlined.
    func heading(choosesRight: Bool) -> StyledText {
        func side(_ name: String, isChosen: Bool) -> StyledText {
            let mark = isChosen ? "\(explorer.glyphs.mark)" : " "
            return StyledText(mark, .title) + StyledText(name, isChosen ? .knob : .title, isChosen ? .underline : [])
        }
        return side(left.name, isChosen: !choosesRight) + StyledText(arrow, .muted) + side(right.name, isChosen: choosesRight)
    }

    /// The layers, each with the factors that it has on either side below it.
    var all: [Table.Row] {
        explorer.layers.flatMap { layer in
            [row(layer.name, left.layers[layer.weight], right.layers[layer.weight])]
                + FactorPart.Side.allCases.compactMap { side in
                    let part = LayerPart(whole: layer.weight, side: side)
                    let (before, after) = (left.factors[part], right.factors[part])
                    return before == nil && after == nil ? nil : row("  " + side.rawValue, before, after)
                }
        }
    }

    private func row(_ name: String, _ before: ComparedState.Figures?, _ after: ComparedState.Figures?) -> Table.Row {
        let isFresh = (before?.isFresh ?? true) && (after?.isFresh ?? true)
        return Table.Row([
            StyledText(name, .title), words(before?.amount, after?.amount),
            change(before?.kept, after?.kept, isFresh: isFresh, { numbers.percent($0) }, points),
            words(before?.stored, after?.stored),
            change(before?.decibels, after?.decibels, isFresh: isFresh, { numbers.decibels($0) }, decibels),
            change(before?.bytes, after?.bytes, isFresh: isFresh),
        ])
    }

    /// What belongs to no layer, so that the column of bytes sums to the totals.
    var rest: Table.Row? {
        guard left.rest != nil || right.rest != nil else { return nil }
        let blank = Array(repeating: StyledText(""), count: Self.columns.count - 2)
        return Table.Row([StyledText("biases, graph", .muted)] + blank + [change(left.rest, right.rest, isFresh: right.isFresh)])
    }

    /// Accuracy, bytes and zeros of the whole network.
    var totals: [StyledText] {
        let isFresh = left.isFresh && right.isFresh
        return [
            StyledText(([left, right].map(\.figureName).first { $0 != "accuracy" } ?? "accuracy") + " ", .muted)
                + change(accuracy(of: left), accuracy(of: right), isFresh: isFresh, accuracyDifference),
            StyledText("bytes ", .muted)
                + change(left.bytes, right.bytes, isFresh: isFresh),
            StyledText("zeros ", .muted) + change(left.sparsity, right.sparsity, isFresh: isFresh, { numbers.percent($0) }, points),
        ]
    }

    // MARK: Differences

    /// `left → right`, one word where both are equal.
    private func words(_ before: String?, _ after: String?) -> StyledText {
        let texts = [before ?? numbers.missing, after ?? numbers.missing]
        if texts[0] == texts[1] { return StyledText(texts[0], .muted) }
        return StyledText(texts[0], .text) + StyledText(arrow, .muted) + StyledText(texts[1], .value)
    }

    private func change(
        _ before: Double?, _ after: Double?, isFresh: Bool, _ text: (Double?) -> String, _ difference: (Double, Double) -> StyledText
    ) -> StyledText {
        let between = before.flatMap { before in after.map { difference(before, $0) } }
        return change(text(before), text(after), isFresh: isFresh, between)
    }

    /// Sizes, an estimate with its `~`.
    private func change(_ before: ByteFigure?, _ after: ByteFigure?, isFresh: Bool) -> StyledText {
        let between = before.flatMap { before in
            after.flatMap { isOfOneKind(before, $0) ? byteShare(Double(before.count), Double($0.count)) : nil }
        }
        return change(numbers.integer(before), numbers.integer(after), isFresh: isFresh, between)
    }

    /// Bytes of a file and an estimate of another accounting say nothing of each other; the original's bytes are the same in both.
    private func isOfOneKind(_ before: ByteFigure, _ after: ByteFigure) -> Bool {
        before.isExact == after.isExact || left.isOriginal || right.isOriginal
    }

    private func change(_ before: String, _ after: String, isFresh: Bool, _ difference: StyledText?) -> StyledText {
        if before == after { return StyledText(before, .muted) }
        var result = StyledText(before, .text) + StyledText(arrow, .muted) + StyledText(after, .value)
        if let difference { result += " " + difference }
        return isFresh ? result : result.restyled { $0 = Style(.muted) }
    }

    /// Fewer weights kept is neither better nor worse by itself.
    private func points(_ before: Double, _ after: Double) -> StyledText {
        StyledText(numbers.signed(100 * (after - before), digits: 1), .muted)
    }

    private func accuracy(of side: ComparedState) -> String {
        numbers.quality(side.accuracy, side.figureName) + width(side.accuracyWidth)
    }

    private var accuracyDifference: StyledText? {
        guard let before = left.accuracy, let after = right.accuracy else { return nil }
        let isShare = left.figureName != OutputMeasure.r2.name
        let change = (isShare ? 100 : 1) * (after - before)
        let points = StyledText(numbers.signed(change, digits: isShare ? 2 : 4), ViewText.role(change: change, isBetterWhenLarger: true))
        return points + StyledText(width(differenceWidth), .muted)
    }

    /// Against the original that of the pairs; between two others, which were not paired, at most both together.
    private var differenceWidth: Double? {
        if left.isOriginal { return right.differenceWidth }
        if right.isOriginal { return left.differenceWidth }
        let widths = [left.accuracyWidth, right.accuracyWidth].compactMap(\.self)
        return widths.isEmpty ? nil : widths.reduce(0, +)
    }

    /// ` ±0.12` while it is counted; nothing where it is exact.
    private func width(_ width: Double?) -> String { width.map { " " + numbers.qualityWidth($0, right.figureName) } ?? "" }

    private func decibels(_ before: Double, _ after: Double) -> StyledText {
        let change = after - before
        guard change.isFinite else {
            return StyledText(change > 0 ? "+" : numbers.minus, ViewText.role(change: change, isBetterWhenLarger: true))
        }
        return StyledText(numbers.signed(change, digits: 1), ViewText.role(change: change, isBetterWhenLarger: true))
    }

    private func byteShare(_ before: Double, _ after: Double) -> StyledText {
        guard before > 0 else { return "" }
        let change = (after - before) / before
        return StyledText(numbers.signed(100 * change, digits: 1) + "%", ViewText.role(change: change, isBetterWhenLarger: false))
    }
}
