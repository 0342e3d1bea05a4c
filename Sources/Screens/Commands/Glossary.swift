import Compression

/// What a number on the screen means: the words of its definition.
public struct Glossary: Hashable, Sendable {
    public let word: String
    public let meaning: String

    var entry: ListEntry { ListEntry(title: "number: \(word)", detail: meaning, keys: "", command: nil, obstacle: nil) }

    public static let all: [Glossary] = weights + figures + Knob.allCases.filter { $0 != .amount }.flatMap(\.glossary) + outputs

    private static let weights =
        [Glossary(word: "σ", meaning: "Unbiased standard deviation (n − 1) of the layer's original weights.")] + Knob.amount.glossary

    private static let figures = [
        Glossary(word: "kept", meaning: "1 − sparsity: the share of weights that are not zero after every step of the plan."),
        Glossary(word: "zeros", meaning: "Sparsity of the network: zeros / weights over all layers after every step of the plan."),
        Glossary(word: "bits", meaning: "Bits of one stored value before entropy coding; an index comes on top where weights are pruned."),
        Glossary(
            word: "rank, r48, r16/32",
            meaning:
                "Of factors, a product of low rank (from the singular values, SVD): so many filters between the layers that take a layer's place."
        ),
        Glossary(
            word: "channel, spatial, tucker",
            meaning:
                "Methods of factors: the window, then 1 × 1 (SVD); kh × 1, then 1 × kw (Jaderberg); 1 × 1, the window, 1 × 1 with two ranks (Tucker-2)."
        ),
        Glossary(
            word: "dB", meaning: "Signal to noise of the whole layer: 10 · log10(Σ w² / Σ (w − ŵ)²); higher is closer to the original."),
        Glossary(
            word: "accuracy",
            meaning:
                "Top-1 of the original → under the plan, estimated pairwise on the examples measured so far, with a 95 % interval; exact without ±."
        ),
        Glossary(word: "+gains −losses", meaning: "Examples that only the plan gets right, and that only the original gets right."),
        Glossary(
            word: "surely worse, surely better, no difference seen",
            meaning:
                "Whether the 95 % interval of the difference leaves out 0: of this split at every look while examples are counted, of others like them when all are. No difference seen is not the same as none."
        ),
        Glossary(
            word: "within, over, budget",
            meaning:
                "What the figure may fall by (=): within it the whole interval is above, over it the whole interval below; else it is not yet known, with about how many examples more that needs."
        ),
        Glossary(
            word: "size",
            meaning:
                "Original (4 bytes a parameter) → bytes of the .pare file; with ~ an estimate, until the file is encoded."
        ),
        Glossary(word: "×", meaning: "Original bytes / bytes of the file, or their estimate."),
    ]

    private static let outputs = [
        Glossary(word: "entropy", meaning: "H = −Σ q · ln q of the softened outputs, in nats."),
        Glossary(word: "KL", meaning: "Σ p · ln(p / q) from the original's softened outputs to those under the plan, in nats."),
        Glossary(
            word: "optimized loss",
            meaning:
                "Mean of the loss that the training lowers, over the last batches: w_s · CE + w_d · T² · KL; not to be compared between temperatures or weights."
        ),
        Glossary(
            word: "CE",
            meaning: "Mean cross-entropy at T = 1 with the labels, on validation, as the network is evaluated under the plan; in nats."),
        Glossary(
            word: "KL at T 1", meaning: "Mean divergence of the student's outputs from the teacher's at T = 1, on validation; in nats."),
        Glossary(
            word: "!", meaning: "The layer has a remark, shown when it is selected: a step without effect, or structure that it came with."),
    ]
}

extension Glossary {
    /// A setting that is a number.
    fileprivate init?<Root>(_ setting: PlanSetting<Root>) {
        guard let word = setting.word, setting.kind.numbers != nil else { return nil }
        self.init(word: word, meaning: setting.help)
    }
}

extension Knob {
    /// What it turns of every layer, or of the whole network.
    fileprivate var glossary: [Glossary] {
        LayerPlan.ownSettings.filter { $0.id == rawValue }.compactMap { Glossary($0) } + [whole.flatMap { Glossary($0) }].compactMap(\.self)
    }
}
