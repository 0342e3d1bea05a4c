import Compression
import Networks

extension Knob {
    /// The value as labels and the inspector show it: `0.50`, `5`, `shared`.
    public func text(in plan: LayerPlan, of layer: Layer) -> String {
        switch self {
        case .amount: Self.amountText(plan.pruning)
        case .bits: String(plan.weights.bits)
        case .representation: plan.weights.name
        case .start: plan.sharing?.start.rawValue ?? ""
        case .method: plan.sharing?.method.rawValue ?? ""
        case .seed: plan.sharing.map { String($0.seed) } ?? plan.lattice?.dither.map { String($0) } ?? ""
        case .step: plan.lattice?.step.decimals(atLeast: 2) ?? ""
        case .lambda: plan.lattice?.lambda.decimals(atLeast: 2) ?? ""
        case .rate: plan.lattice?.rate.rawValue ?? ""
        case .symmetry: plan.linear.map { $0.isSymmetric ? "symmetric" : "asymmetric" } ?? ""
        case .channels: Self.channelsText(plan.weights)
        case .clip: plan.linear.map { Self.clipText($0.clip) } ?? ""
        case .percentile: if case .percentile(let percent) = plan.linear?.clip { percent.trimmed } else { "" }
        case .scale: if case .binary(let scale) = plan.weights { scale.rawValue } else { "" }
        case .criterion: plan.pruning.criterion.rawValue
        case .scope: plan.pruning.scope.rawValue
        case .deviation: plan.pruning.deviation.rawValue
        case .biases: plan.biases.rawValue
        case .activations: Self.activationText(plan.activations)
        case .activationClip: if case .clipped(_, let clip) = plan.activations { clip.rawValue } else { "" }
        case .indexBits: String(plan.indexBits(of: layer)) + (plan.indexBits == nil ? "*" : "")
        case .coder: plan.coder?.name ?? "smallest"
        case .temperature: ""
        }
    }

    /// A ratio of σ with two to four decimals, a level in per cent.
    static func amountText(_ pruning: Pruning) -> String {
        switch pruning.criterion {
        case .ratio: pruning.amount.decimals(atLeast: 2)
        case .level: (100 * pruning.amount).decimals(atLeast: 1) + "%"
        }
    }

    /// `float`, `4` for 4 bits, `sign`.
    static func activationText(_ activations: ActivationQuantization?) -> String {
        switch activations {
        case nil: "float"
        case .clipped(let bits, _): String(bits)
        case .sign: "sign"
        }
    }

    /// Which weights have a scale or a codebook of their own.
    private static func channelsText(_ weights: WeightRepresentation) -> String {
        switch weights {
        case .normalFloat(let group): "group \(group)"
        case .shared(let sharing):
            switch sharing.span {
            case nil: "layer"
            case .channel: "channel"
            case .group(let group): "group \(group)"
            }
        case .linear(let linear): linear.group.map { "group \($0)" } ?? (linear.isPerChannel ? "channel" : "layer")
        default: ""
        }
    }

    private static func clipText(_ clip: LinearQuantization.Clip) -> String {
        switch clip {
        case .maximum: "max"
        case .percentile: "percentile"
        case .meanSquaredError: "mse"
        }
    }

    /// What may be typed, for the prompt.
    public func rangeText(in plan: LayerPlan) -> String {
        switch self {
        case .amount: plan.pruning.criterion == .ratio ? Self.text(of: .ratio) + " times σ" : "0…1, or 0%…100%"
        case .bits: Self.text(of: plan.linear == nil ? .sharedBits : .linearBits) + ", 16 or 32"
        case .seed: "a whole number, " + Self.text(of: .ditherSeed)
        case .percentile: Self.text(of: .percentile)
        case .step: Self.text(of: .latticeStep) + " times σ"
        case .lambda: Self.text(of: .latticeLambda) + ": what a bit may cost in squared steps"
        case .activations: Self.text(of: .activationBits) + ", sign or float"
        case .indexBits: Self.text(of: .indexBits) + ", or default"
        case .temperature: Self.text(of: .temperature)
        default: choices.joined(separator: ", ")
        }
    }

    private static func text(of knob: PlanKnob) -> String { "\(knob.range.lowerBound.plain)…\(knob.range.upperBound.plain)" }

    /// The words that may be typed; empty for numbers.
    var choices: [String] {
        switch self {
        case .representation:
            ["float32", "float16", "bfloat16", "linear", "shared", "nf4", "ternary", "binary", "dorefa", "entropy", "universal"]
        case .start: WeightSharing.Start.allCases.map(\.rawValue)
        case .method: WeightSharing.Method.allCases.map(\.rawValue)
        case .symmetry: ["symmetric", "asymmetric"]
        case .channels: ["layer", "channel"] + WeightGroups.sizes.map { "group \($0)" }
        case .clip: ["max", "mse", "percentile"]
        case .scale: BinaryScale.allCases.map(\.rawValue)
        case .rate: LatticeQuantization.Rate.allCases.map(\.rawValue)
        case .criterion: Pruning.Criterion.allCases.map(\.rawValue)
        case .scope: Pruning.Scope.allCases.map(\.rawValue)
        case .deviation: Pruning.Deviation.allCases.map(\.rawValue)
        case .biases: BiasRepresentation.allCases.map(\.rawValue)
        case .activationClip: ActivationQuantization.Clip.allCases.map(\.rawValue)
        case .coder: ["smallest"] + WeightCoding.allCases.map(\.name)
        case .amount, .bits, .seed, .percentile, .step, .lambda, .activations, .indexBits, .temperature: []
        }
    }
}

extension LayerPlan {
    /// The index bits in force: as set, else 8 for convolutions and 5 for the rest.
    func indexBits(of layer: Layer) -> Int { indexBits ?? (layer.isConvolution ? 8 : 5) }
}
