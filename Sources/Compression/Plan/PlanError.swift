import Networks

/// Why a plan can't be applied to a network.
public enum PlanError: Error, Hashable, Sendable {
    /// A name or glob that no layer has; `near` lists the names it may have meant, nearest first.
    case unknownName(pattern: String, near: [String])
    /// A name of a bias: biases are not pruned, their representation belongs to the layer's entry.
    case biasName(pattern: String, weight: String)
    /// Two entries name the same layer, for example `conv2` and `conv2.weight`.
    case duplicateEntry(first: String, second: String)
    /// A value outside its range; `entry` is nil for the plan's own knobs.
    case outOfRange(entry: String?, knob: PlanKnob, value: Double, allowed: ClosedRange<Double>)
}

/// The numbers of a plan that have a range.
public enum PlanKnob: String, Codable, Hashable, Sendable, CaseIterable {
    case temperature
    case distillationWeight, studentWeight
    case ratio, level
    case linearBits, percentile
    case sharedBits
    case dorefaBits
    case group
    case latticeStep, latticeLambda, ditherSeed
    case indexBits
    case activationBits

    /// The values that a plan may hold.
    public var range: ClosedRange<Double> {
        switch self {
        case .temperature: CompressionPlan.temperatures
        case .distillationWeight, .studentWeight: 0...100
        case .ratio: 0...1_000
        case .level: 0...1
        case .linearBits: Double(LinearQuantization.bitRange.lowerBound)...Double(LinearQuantization.bitRange.upperBound)
        case .percentile: 0...100
        case .sharedBits: Double(WeightSharing.bitRange.lowerBound)...Double(WeightSharing.bitRange.upperBound)
        case .dorefaBits:
            Double(WeightRepresentation.dorefaBitRange.lowerBound)...Double(WeightRepresentation.dorefaBitRange.upperBound)
        case .group: Double(WeightGroups.sizes[0])...Double(WeightGroups.sizes[2])
        case .latticeStep: 0.01...16
        case .latticeLambda: 0...10
        case .ditherSeed: 0...Double(UInt32.max)
        case .indexBits: 1...16
        case .activationBits:
            Double(ActivationQuantization.bitRange.lowerBound)...Double(ActivationQuantization.bitRange.upperBound)
        }
    }

    /// How plan files write it: `lossWeights.student`, `linear.bits`.
    public var key: String {
        switch self {
        case .temperature, .ratio, .level, .indexBits: rawValue
        case .distillationWeight: "lossWeights.distillation"
        case .studentWeight: "lossWeights.student"
        case .linearBits: "linear.bits"
        case .percentile: "linear.clip.percentile"
        case .sharedBits: "shared.bits"
        case .dorefaBits: "dorefa.bits"
        case .group: "group"
        case .latticeStep: "step"
        case .latticeLambda: "lambda"
        case .ditherSeed: "universal.seed"
        case .activationBits: "activations.bits"
        }
    }
}
