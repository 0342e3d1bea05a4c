import Compression
import Engine
import Frames

/// The line of messages; while there is none, what should not be overlooked about the selected layer.
enum StatusView {
    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, let line = line(explorer, width: area.width) else { return }
        draw(line, isMessage: explorer.notice != nil, hidden: explorer.around.hiddenCount, explorer, in: area, on: &frame)
    }

    /// A line that is too long is cut; behind a message stands the key that shows all of it, and how many were not seen.
    static func draw(_ line: StyledText, isMessage: Bool, hidden: Int = 0, _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let hasKey = Place.commanding.contains(explorer.place) && explorer.place != .messages
        let isCut = line.cellWidth > area.width
        let words = hidden > 0 ? " \(hidden) more" : " all"
        let hint: StyledText =
            isMessage && hasKey && (isCut || hidden > 0) ? StyledText(" M", .key, .bold) + StyledText(words, .keyLabel) : ""
        let (text, right) = area.splitLeft(area.width - hint.cellWidth)
        ViewText.draw([line], explorer, in: text, on: &frame)
        frame.draw(hint, at: Point(x: right.x, y: right.y), clip: right)
    }

    private static func line(_ explorer: Explorer, width: Int) -> StyledText? {
        if let own = explorer.stack.top.status(explorer, width: width) { return own }
        if let notice = explorer.notice { return text(of: notice) }
        if let run = explorer.training, !run.isEnded { return TrainingText(explorer, run).line(width: width) }
        if let line = explorer.taskLine { return line }
        // What an older plan did is no remark on this one.
        guard let layer = explorer.selectedLayer else { return nil }
        guard explorer.isFresh(layer), let summary = explorer.summary(of: layer) else { return explanation(explorer, width: width) }
        let remarks =
            summary.remarks.filter(\.isNotable).map { $0.text(explorer.numbers) }
            + (explorer.arithmeticRemark(layer).map { [$0] } ?? [])
        guard !remarks.isEmpty else { return explanation(explorer, width: width) }
        return StyledText(" ! \(layer.name): ", .warning) + StyledText(remarks.joined(separator: "; "), .text)
    }

    /// `prune · ratio: how much becomes zero…; 0…1000 times σ`, of the knob that the arrow keys turn; the range goes first where there is little room.
    private static func explanation(_ explorer: Explorer, width: Int) -> StyledText? {
        let knob = explorer.activeKnob
        guard explorer.stack.isEmpty, let found = KnobExplanation(knob), let layer = explorer.selectedLayer else { return nil }
        let plan = explorer.selectedPlan
        let name = StyledText(" \(found.group.rawValue) \(explorer.glyphs.dot) \(knob.name(in: plan)): ", .muted)
        let range = knob.rangeText(in: plan, of: layer)
        let texts = range.isEmpty ? [found.words] : ["\(found.words); \(range)", found.words]
        return texts.map { name + StyledText($0, .muted) }.first { $0.cellWidth <= width }
            ?? (name + StyledText(found.words, .muted)).truncated(to: width, ellipsis: String(explorer.glyphs.ellipsis))
    }

    /// A message with a mark that says its kind without colour.
    static func text(of message: Message) -> StyledText {
        switch message.kind {
        case .information: StyledText(" \(message.text)", .text)
        case .success: StyledText(" ✓ \(message.text)", .good)
        case .warning: StyledText(" ! \(message.text)", .warning)
        case .error: StyledText(" × \(message.text)", .error)
        }
    }
}

extension Explorer {
    /// The last message; after it has gone, what stays true of the network's file.
    var notice: Message? { message ?? fileChange.map { EngineFailure.changed($0).message } }
}

extension LayerRemark {
    /// Whether the table marks the layer: not for how a figure was measured.
    var isNotable: Bool {
        switch self {
        case .optimumOnHistogram, .estimated: false
        case .codebooks(_, let byteCount, let codes): byteCount > codes
        default: true
        }
    }

    /// Whether it is of the rank that was asked for.
    package var isOfRank: Bool {
        switch self {
        case .rankAboveLargest, .factorsAboveWeights: true
        default: false
        }
    }

    /// What should not be overlooked, in a few words.
    package func text(_ numbers: NumberFormat) -> String {
        switch self {
        case .thresholdBelowWeights(let smallest):
            "the threshold is below the smallest weight (\(numbers.significant(smallest))), so nothing is pruned"
        case .keptByFloor(let count):
            "keep holds: the pruning would leave fewer than \(numbers.count(count, "weight")), so the threshold is the one that leaves them"
        case .patternPrunesNothing(let pattern):
            pattern.setsAmount
                ? "\(pattern.rawValue) prunes nothing here: the layer has it already, or too few inputs at each position"
                : "no block is pruned: the mean |w| of each is above the limit"
        case .everythingPruned: "every weight is pruned"
        case .moreCentroidsThanValues(let distinct): "only \(numbers.count(distinct, "distinct value")), so fewer bits do the same"
        case .allRoundedToZero: "the quantizer rounds every weight that stays to zero; take more bits or another clip"
        case .optimumOnHistogram(let bins): "the optimum is that of a histogram with \(numbers.count(bins, "bin"))"
        case .estimated: "estimated from the layer's distribution, not from every weight"
        case .dampingRaised(let share, let times):
            "the second moments had no factor: damping raised \(numbers.count(times, "time")) to \(numbers.significant(share)) of their mean"
        case .roundedAlone(let groups, let all):
            "the inputs of \(numbers.integer(groups)) of \(numbers.count(all, "group")) say nothing on these examples: rounded alone"
        case .rankAboveLargest(let rank, let largest):
            "rank \(numbers.integer(rank)) is above the largest, \(numbers.integer(largest)), which is taken"
        case .factorsAboveWeights(let byteCount, let weights, let paying):
            "the factors take \(numbers.integer(byteCount)) B, the dense weights \(numbers.integer(weights)) B; "
                + (paying > 0 ? "they pay up to rank \(numbers.integer(paying))" : "no rank of this layer pays")
        case .codebooks(let count, let byteCount, let codes):
            "\(numbers.count(count, "codebook takes", "codebooks take")) \(numbers.integer(byteCount)) B, their codes \(numbers.integer(codes)) B"
        case .givenFloats(let type): "came as \(type)"
        case .givenZeros(let count): "came with \(numbers.count(count, "exact zero"))"
        case .givenCodebook(let distinct): "came with only \(numbers.count(distinct, "distinct value"))"
        case .givenCodes(let type, _, let scales):
            "came as \(type) \(numbers.times) \(numbers.integer(scales)), which is not kept as such: it is counted and written by its float values"
        case .keptCodes(let type, _, let scales): "came as \(type) \(numbers.times) \(numbers.integer(scales)), and is kept so"
        case .givenGrid(let step, let bits): "came on a grid of \(numbers.count(bits, "bit")), step \(numbers.significant(step))"
        }
    }
}
