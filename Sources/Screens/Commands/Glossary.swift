/// What a number on the screen means: the words of its definition.
public struct Glossary: Hashable, Sendable {
    public let word: String
    public let meaning: String

    var entry: ListEntry { ListEntry(title: "number: \(word)", detail: meaning, keys: "", command: nil, obstacle: nil) }

    public static let all: [Glossary] = [
        Glossary(word: "σ", meaning: "Unbiased standard deviation (n − 1) of the layer's original weights."),
        Glossary(word: "ratio", meaning: "Threshold t = ratio · σ; a weight stays when |w| > t."),
        Glossary(word: "level", meaning: "The share of the weights that become zero, smallest first: exactly round(level · n) of them."),
        Glossary(word: "kept", meaning: "1 − sparsity: the share of weights that are not zero after every step of the plan."),
        Glossary(word: "zeros", meaning: "Sparsity of the network: zeros / weights over all layers after every step of the plan."),
        Glossary(word: "bits", meaning: "Bits of one stored value before entropy coding; an index comes on top where weights are pruned."),
        Glossary(
            word: "dB", meaning: "Signal to noise of the whole layer: 10 · log10(Σ w² / Σ (w − ŵ)²); higher is closer to the original."),
        Glossary(
            word: "accuracy",
            meaning:
                "Top-1 of the original → under the plan, estimated pairwise on the examples measured so far, with a 95 % interval; exact without ±."
        ),
        Glossary(word: "+gains −losses", meaning: "Examples that only the plan gets right, and that only the original gets right."),
        Glossary(
            word: "better, worse",
            meaning:
                "Whether the difference reaches beyond these examples: sure, or likely (McNemar's p below 0.05); else it could be chance."
        ),
        Glossary(
            word: "size",
            meaning:
                "Original (4 bytes a parameter) → bytes of the .pare file; with ~ an estimate, until the file is encoded."
        ),
        Glossary(word: "×", meaning: "Original bytes / bytes of the file, or their estimate."),
        Glossary(
            word: "act",
            meaning:
                "Bits of the values that the layer hands on, on levels from 0 to a clip: calibrated (least squared error on 512 examples) or learned; sign is −1 or +1."
        ),
        Glossary(word: "index", meaning: "Bits of a gap between two weights that stay; a longer gap costs a filler. * marks the default."),
        Glossary(word: "T", meaning: "Temperature: logits are divided by it before the softmax; higher is softer."),
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
