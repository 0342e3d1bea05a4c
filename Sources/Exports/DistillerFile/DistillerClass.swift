/// The classes of Distiller's schedules, by the section that they stand in.
enum DistillerClass: String, CaseIterable {
    case sensitivity = "SensitivityPruner"
    case magnitude = "MagnitudeParameterPruner"
    case level = "SparsityLevelParameterPruner"
    case gradual = "AutomatedGradualPruner"
    case splicing = "SplicingPruner"
    case lasso = "L1Regularizer"
    case dorefa = "DorefaQuantizer"
    case exponential = "ExponentialLR"
    case step = "StepLR"
    case multiStep = "MultiStepLR"
    case multiGamma = "MultiStepMultiGammaLR"
    case plateau = "ReduceLROnPlateau"

    var section: String {
        switch self {
        case .sensitivity, .magnitude, .level, .gradual, .splicing: "pruners"
        case .lasso: "regularizers"
        case .dorefa: "quantizers"
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
        case .lasso: ["reg_regims", "threshold_criteria"]
        case .dorefa: ["bits_weights", "bits_activations", "bits_bias", "overrides"]
        case .exponential: ["gamma"]
        case .step: ["step_size", "gamma"]
        case .multiStep: ["milestones", "gamma"]
        case .multiGamma: ["milestones", "gammas"]
        case .plateau: PlateauFields.torch.keys + ["verbose"]
        }
    }

    /// The sections with the key by which a policy refers to their instances.
    static let sections = [
        "pruners": "pruner", "regularizers": "regularizer", "quantizers": "quantizer", "lr_schedulers": "lr_scheduler",
        "extensions": "extension",
    ]

    /// Classes that Distiller has and Pare does not.
    static let unsupported: Set = [
        "BaiduRNNPruner", "L1RankedStructureParameterPruner", "L2RankedStructureParameterPruner", "ActivationAPoZRankedFilterPruner",
        "ActivationMeanRankedFilterPruner", "GradientRankedFilterPruner", "RandomRankedFilterPruner", "BernoulliFilterPruner",
        "RandomLevelStructureParameterPruner", "FMReconstructionChannelPruner", "StructureParameterPruner",
        "L1RankedStructureParameterPruner_AGP", "L2RankedStructureParameterPruner_AGP", "ActivationAPoZRankedFilterPruner_AGP",
        "ActivationMeanRankedFilterPruner_AGP", "GradientRankedFilterPruner_AGP", "RandomRankedFilterPruner_AGP",
        "BernoulliFilterPruner_AGP", "FMReconstructionChannelPruner_AGP", "GroupLassoRegularizer", "GroupVarianceRegularizer",
        "DropFilterRegularizer", "WRPNQuantizer", "PACTQuantizer", "QuantAwareTrainRangeLinearQuantizer", "NCFQuantAwareTrainQuantizer",
        "PostTrainLinearQuantizer", "FilterRemover", "ChannelRemover", "PolynomialLR",
        "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "LambdaLR", "CyclicLR", "OneCycleLR",
    ]
}
