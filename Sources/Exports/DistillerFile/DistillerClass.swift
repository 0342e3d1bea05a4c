import Compression

/// The classes of Distiller's schedules, by the section that they stand in.
enum DistillerClass: String, CaseIterable {
    case sensitivity = "SensitivityPruner"
    case magnitude = "MagnitudeParameterPruner"
    case level = "SparsityLevelParameterPruner"
    case gradual = "AutomatedGradualPruner"
    case splicing = "SplicingPruner"
    case rankedL1 = "L1RankedStructureParameterPruner"
    case rankedL2 = "L2RankedStructureParameterPruner"
    case rankedAPoZ = "ActivationAPoZRankedFilterPruner"
    case rankedMean = "ActivationMeanRankedFilterPruner"
    case rankedGradient = "GradientRankedFilterPruner"
    case rankedRandom = "RandomRankedFilterPruner"
    case gradualL1 = "L1RankedStructureParameterPruner_AGP"
    case gradualL2 = "L2RankedStructureParameterPruner_AGP"
    case gradualAPoZ = "ActivationAPoZRankedFilterPruner_AGP"
    case gradualMean = "ActivationMeanRankedFilterPruner_AGP"
    case gradualGradient = "GradientRankedFilterPruner_AGP"
    case gradualRandom = "RandomRankedFilterPruner_AGP"
    case structures = "StructureParameterPruner"
    case lasso = "L1Regularizer"
    case groupLasso = "GroupLassoRegularizer"
    case groupVariance = "GroupVarianceRegularizer"
    case dorefa = "DorefaQuantizer"
    case structureRemover = "StructureRemover"
    case filterRemover = "FilterRemover"
    case channelRemover = "ChannelRemover"
    case exponential = "ExponentialLR"
    case step = "StepLR"
    case multiStep = "MultiStepLR"
    case multiGamma = "MultiStepMultiGammaLR"
    case plateau = "ReduceLROnPlateau"

    var section: String {
        switch self {
        case .sensitivity, .magnitude, .level, .gradual, .splicing: "pruners"
        case .rankedL1, .rankedL2, .rankedAPoZ, .rankedMean, .rankedGradient, .rankedRandom: "pruners"
        case .gradualL1, .gradualL2, .gradualAPoZ, .gradualMean, .gradualGradient, .gradualRandom: "pruners"
        case .structures: "pruners"
        case .lasso, .groupLasso, .groupVariance: "regularizers"
        case .dorefa: "quantizers"
        case .structureRemover, .filterRemover, .channelRemover: "extensions"
        case .exponential, .step, .multiStep, .multiGamma, .plateau: "lr_schedulers"
        }
    }

    /// The keys of an instance, beside `class`.
    var keys: [String] {
        switch self {
        case .sensitivity: ["sensitivities"]
        case .magnitude: ["thresholds"]
        case .level: ["levels"]
        case .gradual: ["initial_sparsity", "final_sparsity", "weights"]
        case .splicing: ["sensitivities", "low_thresh_mult", "hi_thresh_mult", "sensitivity_multiplier"]
        case .rankedL1, .rankedL2, .rankedAPoZ, .rankedMean, .rankedGradient, .rankedRandom: ["desired_sparsity"] + Self.structureKeys
        case .gradualL1, .gradualL2, .gradualAPoZ, .gradualMean, .gradualGradient, .gradualRandom:
            ["initial_sparsity", "final_sparsity"] + Self.structureKeys
        case .lasso, .groupLasso, .structures: ["reg_regims", "threshold_criteria"]
        case .groupVariance: ["reg_regims"]
        case .dorefa: ["bits_weights", "bits_activations", "bits_bias", "overrides"]
        case .structureRemover, .filterRemover, .channelRemover: ["thinning_func_str", "arch", "dataset"]
        case .exponential: ["gamma"]
        case .step: ["step_size", "gamma"]
        case .multiStep: ["milestones", "gamma"]
        case .multiGamma: ["milestones", "gammas"]
        case .plateau: PlateauFields.torch.keys + ["verbose"]
        }
    }

    private static let structureKeys = ["group_type", "weights", "group_dependency", "kwargs", "noise", "group_size", "rounding_fn"]

    /// What a class that ranks structures ranks them by; nil for others.
    var criterion: FilterCriterion? {
        switch self {
        case .rankedL1, .gradualL1: .l1
        case .rankedL2, .gradualL2: .l2
        case .rankedAPoZ, .gradualAPoZ: .apoz
        case .rankedMean, .gradualMean: .mean
        case .rankedGradient, .gradualGradient: .taylor
        case .rankedRandom, .gradualRandom: .random
        default: nil
        }
    }

    var isGradual: Bool { rawValue.hasSuffix("_AGP") }

    /// The class that masks as a policy does; nil where Distiller has none.
    init?(_ policy: FilterPolicy) {
        let found = Self.allCases.first { $0.criterion == policy.criterion && $0.isGradual == (policy.initial != nil) }
        guard let found, policy.ranking == .layer, policy.seed == 0 else { return nil }
        if policy.side == .inputs, policy.criterion != .l1, policy.criterion != .l2 { return nil }
        if policy.rankers == .all || policy.weights.isEmpty { return nil }
        self = found
    }

    /// The sections with the key by which a policy refers to their instances.
    static let sections = [
        "pruners": "pruner", "regularizers": "regularizer", "quantizers": "quantizer", "lr_schedulers": "lr_scheduler",
        "extensions": "extension",
    ]

    /// Classes that Distiller has and Pare does not, with what does in their place.
    static let unsupported: [String: String] = {
        let bernoulli = "it draws other masks for each batch; RandomRankedFilterPruner draws them once"
        let reconstruction = "a policy `filters` of a schedule of Pare ranks by reconstruction, and `pare thin` fits what reads the rest"
        let quantizer = "DorefaQuantizer is there, and linear weights and activations in a plan, whose clips are learned with learn-clips"
        let rate = "StepLR, MultiStepLR and ExponentialLR are there; cosine and one-cycle are courses of Pare's own schedules"
        var cures = [
            "BaiduRNNPruner": "AutomatedGradualPruner has a share that grows",
            "BernoulliFilterPruner": bernoulli, "BernoulliFilterPruner_AGP": bernoulli,
            "RandomLevelStructureParameterPruner":
                "it draws another share for each batch; L1RankedStructureParameterPruner_AGP has one that grows",
            "FMReconstructionChannelPruner": reconstruction, "FMReconstructionChannelPruner_AGP": reconstruction,
            "DropFilterRegularizer": "GroupLassoRegularizer makes filters small",
            "PostTrainLinearQuantizer": "give the bits in a plan",
        ]
        for name in ["WRPNQuantizer", "PACTQuantizer", "QuantAwareTrainRangeLinearQuantizer", "NCFQuantAwareTrainQuantizer"] {
            cures[name] = quantizer
        }
        for name in ["PolynomialLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "LambdaLR", "CyclicLR", "OneCycleLR"] {
            cures[name] = rate
        }
        return cures
    }()
}
