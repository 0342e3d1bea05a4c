import Compression
import Frames
import Networks

/// The lines above the table of shared values, and the sentence in its place where there is none.
enum CentroidHeading {
    /// The most important part first.
    static func parts(_ explorer: Explorer, _ layer: Layer, _ summary: LayerSummary) -> [StyledText] {
        let isFresh = explorer.isFresh(layer)
        return summary.plan.weights.form.facts(of: summary).map { ViewText.figure(text($0, explorer.numbers), isFresh: isFresh, .text) }
    }

    private static func text(_ fact: CodeFact, _ numbers: NumberFormat) -> String {
        switch fact {
        case .words(let words): return words
        case .count(let count, let noun, let before, let after): return before + numbers.count(count, noun) + after
        case .share(let used, let all, let after): return "\(numbers.integer(used)) of \(numbers.integer(all))\(after)"
        case .number(let before, let value): return before + numbers.significant(value)
        case .fraction(let before, let value): return before + numbers.percent(value)
        case .bytes(let before, let count): return "\(before)\(numbers.integer(count)) B"
        case .optimum(let distance, let bins):
            return numbers.decimal(distance, digits: distance < 10 ? 3 : 1) + " \(numbers.times) optimum"
                + (bins.map { " on \(numbers.count($0, "bin"))" } ?? "")
        // So that the bound holds as it is written.
        case .bound(let before, let bound):
            return before + numbers.decimal((bound * 1_000).rounded(.up) / 1_000, digits: 3) + " \(numbers.times) optimum"
        case .scales(let before, let scales, let word):
            guard let low = scales.min(), let high = scales.max() else { return before + numbers.missing }
            if scales.count == 1 { return before + numbers.significant(low) }
            return "\(before)\(numbers.significant(low)) to \(numbers.significant(high)) over \(numbers.integer(scales.count)) \(word)"
        }
    }

    /// Why there is no table, and how to get one.
    static func absence(_ explorer: Explorer, _ layer: Layer) -> String {
        let plan = explorer.plan(of: layer)
        if plan.bypass { return "bypassed: \(layer.name) is \(explorer.bypassedText); Space brings its plan back" }
        guard explorer.isFresh(layer) else { return "the table of \(layer.name) is being made" }
        if explorer.prunedCount(of: layer) == layer.count { return "every weight is pruned: nothing is left to share" }
        return "\(plan.weights.name): each weight keeps a value of its own, so there is no table; turn the knob weights to shared, "
            + "or bits below \(plan.weights.bits), to see one"
    }
}
