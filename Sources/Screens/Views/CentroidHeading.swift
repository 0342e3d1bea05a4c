import Compression
import Frames
import Networks

/// The lines above the table of shared values, and the sentence in its place where there is none.
enum CentroidHeading {
    /// The most important part first.
    static func parts(_ explorer: Explorer, _ layer: Layer, _ summary: LayerSummary) -> [StyledText] {
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        let isFresh = explorer.isFresh(layer)
        return summary.plan.weights.form.facts(of: summary).map { fact in
            ViewText.figure(fact.before + text(fact.figure, numbers) + fact.after, isFresh: isFresh, .text)
        }
    }

    private static func text(_ figure: CodeFact.Figure, _ numbers: NumberFormat) -> String {
        switch figure {
        case .none: return ""
        case .count(let count, let noun): return numbers.count(count, noun)
        case .share(let used, let all): return "\(numbers.integer(used)) of \(numbers.integer(all))"
        case .number(let value): return numbers.significant(value)
        case .bytes(let count): return numbers.integer(count) + " B"
        case .optimum(let distance, let bins):
            return numbers.decimal(distance, digits: distance < 10 ? 3 : 1) + " \(numbers.times) optimum"
                + (bins.map { " on \(numbers.count($0, "bin"))" } ?? "")
        // So that the bound holds as it is written.
        case .bound(let bound): return numbers.decimal((bound * 1_000).rounded(.up) / 1_000, digits: 3) + " \(numbers.times) optimum"
        case .scales(let scales, let word):
            guard let low = scales.min(), let high = scales.max() else { return numbers.missing }
            if scales.count == 1 { return numbers.significant(low) }
            return "\(numbers.significant(low)) to \(numbers.significant(high)) over \(numbers.integer(scales.count)) \(word)"
        }
    }

    /// Why there is no table, and how to get one.
    static func absence(_ explorer: Explorer, _ layer: Layer) -> String {
        let plan = explorer.plan(of: layer)
        if plan.bypass { return "bypassed: \(layer.name) is as in the original; Space brings its plan back" }
        guard explorer.isFresh(layer) else { return "the table of \(layer.name) is being made" }
        if explorer.prunedCount(of: layer) == layer.count { return "every weight is pruned: nothing is left to share" }
        return "\(plan.weights.name): each weight keeps a value of its own, so there is no table; turn the knob weights to shared, "
            + "or bits below \(plan.weights.bits), to see one"
    }
}
