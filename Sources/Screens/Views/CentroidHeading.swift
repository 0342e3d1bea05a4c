import Compression
import Frames
import Networks

/// The lines above the table of shared values, and the sentence in its place where there is none.
enum CentroidHeading {
    /// The most important part first.
    static func parts(_ explorer: Explorer, _ layer: Layer, _ summary: LayerSummary) -> [StyledText] {
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        let isFresh = explorer.isFresh(layer)
        let texts =
            switch summary.plan.weights {
            case .shared(let sharing): shared(summary, sharing, numbers, explorer.glyphs)
            case .linear(let linear): self.linear(summary, linear, numbers)
            case .ternary: ["ternary: a zero and one scale with both signs"]
            case .binary: binary(summary, numbers)
            case .dorefa(let bits):
                ["\(numbers.integer(summary.codebook.count)) of \(numbers.integer(1 << bits)) steps of tanh"]
            case .normalFloat(let group): ["NF4, scale \(range(of: summary.scales, numbers, over: "groups of \(group)"))"]
            case .lattice(let lattice): self.lattice(summary, lattice, numbers)
            case .float32, .float16, .bfloat16: ["the layer came with these values"]
            }
        return texts.map { ViewText.figure($0, isFresh: isFresh, .text) }
    }

    private static func shared(
        _ summary: LayerSummary, _ sharing: WeightSharing, _ numbers: NumberFormat, _ glyphs: Glyphs
    ) -> [String] {
        for case .codebooks(let count, let byteCount, _) in summary.remarks {
            let cells =
                if case .group(let size) = sharing.span {
                    numbers.count(count, "group") + " of \(size)"
                } else { numbers.count(count, "channel") }
            return [
                "codes of \(cells), mean values", "codebooks \(numbers.integer(byteCount)) B",
            ]
        }
        var parts = ["\(numbers.integer(summary.codebook.count)) of \(numbers.integer(1 << sharing.bits)) used"]
        if let distance = summary.distanceFromOptimum {
            parts.append(numbers.decimal(distance, digits: distance < 10 ? 3 : 1) + " \(glyphs.times) optimum" + bins(summary, numbers))
        } else if let bound = summary.distanceBound {
            let name = sharing.method == .optimal ? "near-optimal, " : ""
            parts.append("\(name)at most \(upwards(bound, numbers)) \(glyphs.times) optimum")
        }
        if sharing.method == .lloyd { parts.append(numbers.count(summary.steps, "step")) }
        return parts
    }

    /// With 3 digits, so that the bound holds as it is written.
    private static func upwards(_ bound: Double, _ numbers: NumberFormat) -> String {
        numbers.decimal((bound * 1_000).rounded(.up) / 1_000, digits: 3)
    }

    private static func bins(_ summary: LayerSummary, _ numbers: NumberFormat) -> String {
        for case .optimumOnHistogram(let bins) in summary.remarks { return " on \(numbers.count(bins, "bin"))" }
        return ""
    }

    private static func linear(_ summary: LayerSummary, _ linear: LinearQuantization, _ numbers: NumberFormat) -> [String] {
        let codes = linear.isSymmetric ? (1 << linear.bits) - 1 : 1 << linear.bits
        let used = linear.hasManyScales ? summary.codebook.count : summary.codebook.count { $0.count > 0 }
        var parts = ["scale \(range(of: summary.scales, numbers, over: linear.group.map { "groups of \($0)" } ?? "channels"))"]
        if let clip = summary.clip { parts.append("clip \(numbers.significant(clip))") }
        // Codes of channels count from each channel's own zero, so that together they may be more than one grid has.
        parts.append(
            linear.hasManyScales && !linear.isSymmetric
                ? numbers.count(used, "code") : "\(numbers.integer(used)) of \(numbers.count(codes, "code"))")
        return parts
    }

    private static func lattice(_ summary: LayerSummary, _ lattice: LatticeQuantization, _ numbers: NumberFormat) -> [String] {
        let zeroed = summary.codebook.first { $0.value == 0 }?.count ?? 0
        return [
            "step \(range(of: summary.scales, numbers))", numbers.count(summary.codebook.count { $0.value != 0 }, "level"),
            "\(numbers.count(zeroed, "survivor")) became 0", lattice.dither.map { "dither \($0)" },
        ].compactMap(\.self)
    }

    private static func binary(_ summary: LayerSummary, _ numbers: NumberFormat) -> [String] {
        let name = summary.zeros > 0 ? "binary + mask" : "binary"
        return [name, "mean |w| \(range(of: summary.scales, numbers))"]
    }

    /// One number, or the smallest and largest of several.
    private static func range(of scales: [Double], _ numbers: NumberFormat, over word: String = "channels") -> String {
        guard let low = scales.min(), let high = scales.max() else { return numbers.missing }
        if scales.count == 1 { return numbers.significant(low) }
        return "\(numbers.significant(low)) to \(numbers.significant(high)) over \(numbers.integer(scales.count)) \(word)"
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
