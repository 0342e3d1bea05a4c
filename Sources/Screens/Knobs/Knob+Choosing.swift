import Compression
import Networks

extension Knob {
    /// Sets a knob of words to one of its ``choices``.
    func choose(_ word: String, in plan: inout LayerPlan) throws(KnobRefusal) {
        switch self {
        case .representation: plan.weights = Self.representation(word, from: plan.weights)
        case .start:
            let start = try choice(word, WeightSharing.Start.init(rawValue:))
            try plan.setSharing { $0.start = start }
        case .method:
            let method = try choice(word, WeightSharing.Method.init(rawValue:))
            try plan.setSharing { $0.method = method }
        case .symmetry: try plan.setLinear { $0.isSymmetric = word == "symmetric" }
        case .channels where plan.sharing != nil:
            try plan.setSharing { $0.span = Self.group(word).map { .group($0) } ?? (word == "channel" ? .channel : nil) }
        case .channels where plan.linear == nil: plan.weights = .normalFloat(group: Self.group(word) ?? WeightGroups.sizes[0])
        case .channels:
            try plan.setLinear {
                $0.isPerChannel = word == "channel"
                $0.group = Self.group(word)
            }
        case .clip: try plan.setLinear { $0.clip = Self.clip(word) }
        case .scale: plan.weights = .binary(try choice(word, BinaryScale.init(rawValue:)))
        case .rate:
            let rate = try choice(word, LatticeQuantization.Rate.init(rawValue:))
            try plan.setLattice { $0.rate = rate }
        case .criterion: plan.pruning.criterion = try choice(word, Pruning.Criterion.init(rawValue:))
        case .scope: plan.pruning.scope = try choice(word, Pruning.Scope.init(rawValue:))
        case .deviation: plan.pruning.deviation = try choice(word, Pruning.Deviation.init(rawValue:))
        case .biases: plan.biases = try choice(word, BiasRepresentation.init(rawValue:))
        case .activationClip:
            let clip = try choice(word, ActivationQuantization.Clip.init(rawValue:))
            if case .clipped(let bits, _) = plan.activations { plan.activations = .clipped(bits: bits, clip: clip) }
        case .coder: plan.coder = word == "smallest" ? nil : try choice(word, WeightCoding.init(name:))
        case .amount, .bits, .seed, .percentile, .step, .lambda, .activations, .indexBits, .temperature: break
        }
    }

    private func choice<Value>(_ word: String, _ make: (String) -> Value?) throws(KnobRefusal) -> Value {
        guard let value = make(word) else { throw .notAChoice(word, choices: choices) }
        return value
    }

    /// `64` of `group 64`.
    private static func group(_ word: String) -> Int? { word.split(separator: " ").last.flatMap { Int($0) } }

    private static func clip(_ word: String) -> LinearQuantization.Clip {
        switch word {
        case "max": .maximum
        case "percentile": .percentile(99.9)
        default: .meanSquaredError
        }
    }

    /// Another representation that keeps the number of bits where it has one of its own.
    static func representation(_ word: String, from old: WeightRepresentation, bits: Int? = nil) -> WeightRepresentation {
        let plan = LayerPlan(weights: old)
        let wanted = bits ?? plan.sharing?.bits ?? plan.linear?.bits
        switch word {
        case "float16": return .float16
        case "bfloat16": return .bfloat16
        case "linear":
            if bits == nil, case .linear = old { return old }
            return .linear(LinearQuantization(bits: max(2, wanted ?? 8)))
        case "shared":
            if bits == nil, case .shared = old { return old }
            return .shared(WeightSharing(bits: wanted ?? 5))
        case "nf4":
            if bits == nil, case .normalFloat = old { return old }
            return .normalFloat(group: plan.linear?.group ?? 64)
        case "ternary": return .ternary
        case "binary": return .binary(.channel)
        case "dorefa":
            if bits == nil, case .dorefa = old { return old }
            return .dorefa(bits: wanted ?? 4)
        case "entropy", "universal": return .lattice(Self.lattice(from: old, bits: wanted, isUniversal: word == "universal"))
        default: return .float32
        }
    }

    /// A step of those bits; step and λ stay between the two kinds.
    private static func lattice(from old: WeightRepresentation, bits: Int?, isUniversal: Bool) -> LatticeQuantization {
        var lattice = LayerPlan(weights: old).lattice ?? LatticeQuantization(step: 0.5)
        if let bits { lattice.bits = bits }
        lattice.dither = isUniversal ? lattice.dither ?? 1 : nil
        return lattice
    }
}
