import Frames
import Reports

/// The figures of an accuracy report in words, the most important first.
struct AccuracyText {
    private let explorer: Explorer
    private let accuracy: AccuracyReport
    private var numbers: NumberFormat { explorer.numbers }
    private let isFresh: Bool

    init(_ explorer: Explorer, _ accuracy: AccuracyReport) {
        self.explorer = explorer
        self.accuracy = accuracy
        isFresh = explorer.isAccuracyFresh
    }

    var parts: [StyledText] {
        guard accuracy.evaluated > 0 else { return [original, label("this plan is being measured")] }
        if let found = accuracy.figure { return figureParts(found) }
        if let found = accuracy.fidelity { return fidelityParts(found) }
        if accuracy.isAgreement { return agreementParts }
        var parts = [original + label(" \(explorer.glyphs.arrow) ") + current, extent] + verdict + [discordance]
        if accuracy.notANumber > 0 { parts.insert(notANumber, at: 2) }
        parts += [agreement, crossEntropy, crossEntropyChange, crossEntropyInterval]
        parts.append(leftOut(accuracy.crossEntropyLeftOut, "no finite cross-entropy"))
        if let topFive = accuracy.topFive { parts.append(label("top-5 ") + figure(numbers.percent(topFive, isSpaced: true))) }
        if accuracy.isNearChance { parts.insert(StyledText("hardly better than guessing", .warning), at: 1) }
        return parts + input
    }

    /// Without labels: what agrees with the original, and how alike the logits are.
    private var agreementParts: [StyledText] {
        let oneClass: StyledText =
            accuracy.namesOneClass ? StyledText("the original names one class for all inputs", isFresh ? .warning : .muted) : ""
        var parts = [
            oneClass, label("agreement with the original ") + current, extent,
            figure(numbers.integer(accuracy.losses), accuracy.losses > 0 ? .bad : .muted) + label(" name another class"),
            label("cosine of logits ") + figure(numbers.decimal(accuracy.cosine, digits: 6)),
            label("KL ") + figure(numbers.significant(accuracy.divergence) + " nat"),
            leftOut(accuracy.logitsLeftOut, "a logit that is not finite"),
            label("not accuracy: \(accuracy.kind == .generated ? "the inputs are drawn at random" : "the examples have no labels")"),
        ]
        // What still tells them apart goes before what does not.
        if accuracy.namesOneClass { parts = [parts[0]] + parts[4...5] + parts[1...3] + parts[6...] }
        if accuracy.notANumber > 0 { parts.insert(notANumber, at: 2) }
        if !accuracy.namesOneClass { parts.insert(contentsOf: verdict, at: 3) }
        return parts + input
    }

    /// Of an output that is no list of classes: how near it comes to the original's.
    private func fidelityParts(_ found: Fidelity) -> [StyledText] {
        let decibels = found.decibels.map { $0.isFinite ? numbers.signed($0, digits: 1) + " dB" : "none" } ?? numbers.missing
        let parts = [
            label("cosine to the original ") + figure(numbers.decimal(accuracy.cosine, digits: 6)), extent,
            label("error ") + figure(decibels),
            found.agreement.map { label("same answers ") + figure(numbers.percent($0, digits: 2, isSpaced: true)) } ?? "",
            label("largest deviation ") + figure(numbers.significant(found.largest)),
            leftOut(accuracy.logitsLeftOut, "a value that is not finite"),
            label("no accuracy: \(found.outputWords)"),
        ]
        return parts + input
    }

    /// Of labels of positions, several labels or values.
    private func figureParts(_ found: OutputFigure) -> [StyledText] {
        let words = FigureText(figure: found, numbers: numbers)
        let arrow = " \(explorer.glyphs.arrow) "
        let first =
            found.reading.measure == .r2
            ? label("R² ") + StyledText(numbers.decimal(accuracy.original, digits: 4), .text) + label(arrow)
                + figure(numbers.decimal(accuracy.current, digits: 4))
                + figure(accuracy.isExact ? "" : " " + numbers.plusMinus + numbers.decimal(accuracy.interval.halfWidth, digits: 4), .text)
            : label(accuracy.figureName + " ") + original + label(arrow) + current
        var parts = [first, extent] + (verdict.isEmpty ? [label(words.difference)] : verdict)
        if found.reading.decision != .values { parts.append(discordance + label(" \(found.reading.answerName)s")) }
        parts += words.rows(String(explorer.glyphs.arrow), isComplete: false).map { label($0) }
        if let near = accuracy.fidelity {
            let decibels = near.decibels.map { $0.isFinite ? numbers.signed($0, digits: 1) + " dB" : "none" } ?? numbers.missing
            parts += [
                label("cosine to the original ") + figure(numbers.decimal(accuracy.cosine, digits: 6)), label("error ") + figure(decibels),
            ]
        }
        parts += words.remarks.map { StyledText($0, isFresh ? .warning : .muted) }
        return parts + [label(found.reading.sentence)] + input
    }

    /// How stored examples become inputs.
    private var input: [StyledText] {
        guard let facts = explorer.dataset?.facts else { return [] }
        return [label("input ") + StyledText(facts.sentence, .text)]
    }

    private func label(_ text: String) -> StyledText { StyledText(text, .muted) }
    private func figure(_ text: String, _ role: Role = .value) -> StyledText { ViewText.figure(text, isFresh: isFresh, role) }

    private var original: StyledText {
        let isExact = accuracy.originalEvaluated == accuracy.count
        let width = isExact ? "" : " " + numbers.halfWidth(accuracy.originalInterval.halfWidth)
        return StyledText(numbers.percentFigure(accuracy.original) + width, .text)
    }

    private var current: StyledText {
        let width = accuracy.isExact ? " %" : " " + numbers.halfWidth(accuracy.interval.halfWidth) + " %"
        return figure(numbers.percentFigure(accuracy.current)) + figure(width, .text)
    }

    private var extent: StyledText {
        if accuracy.isExact { return label("exact on \(numbers.integer(accuracy.count))") }
        return label("measured on \(numbers.integer(accuracy.evaluated)) of \(numbers.integer(accuracy.count))")
    }

    /// `+12 −43 of 10,000`.
    private var discordance: StyledText {
        figure("+" + numbers.integer(accuracy.gains), accuracy.gains > 0 ? .good : .muted) + label(" ")
            + figure(numbers.minus + numbers.integer(accuracy.losses), accuracy.losses > 0 ? .bad : .muted)
            + (accuracy.figure == nil ? label(" of \(numbers.integer(accuracy.evaluated))") : "")
    }

    /// The difference with its interval and what that is of; then budget and verdict, with McNemar's p.
    private var verdict: [StyledText] {
        guard let text = VerdictText(accuracy, allowing: explorer.budget, numbers: numbers) else { return [] }
        let found = text.verdict
        let difference = label("difference ") + figure(text.difference, ViewText.role(change: found.difference, isBetterWhenLarger: true))
        let standing = text.standing.map { figure($0, found.standing == .within ? .good : found.standing == .over ? .bad : .warning) }
        if accuracy.isAgreement { return [standing].compactMap(\.self) }
        if found.word == .unchanged { return [label(text.word)] + [standing].compactMap(\.self) }
        let role: Role = found.word == .worse ? .bad : found.word == .better ? .good : .value
        let p = accuracy.figure == nil ? label(" (p \(numbers.probability(accuracy.mcNemar)))") : ""
        let range = label("95 % \(text.scope): \(text.interval)")
        return [difference, range] + [standing].compactMap(\.self) + [figure(text.word, role) + p]
    }

    private var notANumber: StyledText {
        let word = accuracy.notANumber == 1 ? "output is" : "outputs are"
        return StyledText("\(numbers.integer(accuracy.notANumber)) \(word) no number, counted as wrong", isFresh ? .warning : .muted)
    }

    private var agreement: StyledText { label("agreement ") + figure(numbers.percent(accuracy.agreement, digits: 2, isSpaced: true)) }

    private var crossEntropy: StyledText {
        guard accuracy.crossEntropy != nil else { return label("cross-entropy not measured") }
        return label("cross-entropy ") + StyledText(numbers.decimal(accuracy.originalCrossEntropy, digits: 4), .text)
            + label(" \(explorer.glyphs.arrow) ") + figure(numbers.decimal(accuracy.crossEntropy, digits: 4))
    }

    /// `3 examples with … left out`; empty where none is.
    private func leftOut(_ count: Int?, _ what: String) -> StyledText {
        guard let count, count > 0 else { return "" }
        return StyledText("\(numbers.count(count, "example")) with \(what) left out", isFresh ? .warning : .muted)
    }

    private var crossEntropyChange: StyledText {
        guard let after = accuracy.crossEntropy, let before = accuracy.originalCrossEntropy else { return "" }
        let change = after - before
        let role = ViewText.role(change: change, isBetterWhenLarger: false)
        return label("difference ") + figure(numbers.signed(change, digits: 4), role)
    }

    /// Of the paired difference; empty where it has no width.
    private var crossEntropyInterval: StyledText {
        guard let interval = accuracy.crossEntropyDifference, interval.low < interval.high else { return "" }
        return label("95 %: \(numbers.signed(interval.low, digits: 4)) to \(numbers.signed(interval.high, digits: 4))")
    }
}
