import Compression
import Networks

/// Something that the arrow keys turn: one setting of a layer's plan, or the temperature.
public enum Knob: String, Hashable, Sendable, CaseIterable {
    /// The pruning ratio or level.
    case amount
    case bits, representation
    /// Of shared weights.
    case start, method, seed
    /// Of linear quantization.
    case symmetry, channels, clip, percentile
    /// Of binary weights.
    case scale
    /// Of entropy-constrained and universal quantization.
    case step, lambda, rate
    case criterion, scope, deviation, biases
    /// Bits of the values that the layer hands on, and where their clip comes from.
    case activations, activationClip
    case indexBits
    /// How the levels are written to a file.
    case coder
    /// Of distillation, for the whole network.
    case temperature

    /// Whether the knob changes anything in a layer with this plan; others are left out of the inspector and of Tab's way.
    public func applies(to plan: LayerPlan, of layer: Layer) -> Bool {
        switch self {
        case .amount, .bits, .representation, .criterion, .scope, .indexBits, .coder, .temperature: true
        case .deviation: plan.pruning.criterion == .ratio
        case .biases: layer.bias != nil
        case .activations: !layer.givesLogits
        case .activationClip: if case .clipped = plan.activations { !layer.givesLogits } else { false }
        case .start: plan.sharing?.method == .lloyd
        case .method: plan.sharing != nil
        case .seed: plan.sharing?.method == .lloyd && plan.sharing?.start == .random || plan.lattice?.dither != nil
        case .step, .lambda, .rate: plan.lattice != nil
        case .channels: if case .normalFloat = plan.weights { true } else { plan.linear != nil || plan.sharing != nil }
        case .symmetry, .clip: plan.linear != nil
        case .percentile: if case .percentile = plan.linear?.clip { true } else { false }
        case .scale: if case .binary = plan.weights { true } else { false }
        }
    }

    /// The knobs of a layer in the order of Tab.
    public static func knobs(of plan: LayerPlan, layer: Layer) -> [Knob] {
        allCases.filter { $0.applies(to: plan, of: layer) }
    }

    /// The word before the value: `ratio`, `bits`.
    public func name(in plan: LayerPlan) -> String {
        switch self {
        case .amount: plan.pruning.criterion.rawValue
        case .bits: "bits"
        case .representation: "weights"
        case .start: "start"
        case .method: "method"
        case .seed: "seed"
        case .symmetry: "codes"
        case .channels: "per"
        case .clip: "clip"
        case .percentile: "percentile"
        case .scale: "scale per"
        case .step: "step"
        case .lambda: "λ"
        case .rate: "rate"
        case .criterion: "by"
        case .scope: "scope"
        case .deviation: "σ over"
        case .biases: "biases"
        case .activations: "act"
        case .activationClip: "act clip"
        case .indexBits: "index"
        case .coder: "coder"
        case .temperature: "T"
        }
    }
}

extension LayerPlan {
    /// The settings of shared weights, where the layer has them.
    var sharing: WeightSharing? { if case .shared(let sharing) = weights { sharing } else { nil } }
    /// The settings of entropy-constrained or universal quantization, where the layer has it.
    var lattice: LatticeQuantization? { if case .lattice(let lattice) = weights { lattice } else { nil } }
    /// The settings of linear quantization, where the layer has it.
    var linear: LinearQuantization? { if case .linear(let linear) = weights { linear } else { nil } }
}
