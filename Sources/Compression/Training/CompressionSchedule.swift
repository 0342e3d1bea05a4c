/// A way to a small network: stages that are gone through one after another, each a plan and how the network is trained under it.
public struct CompressionSchedule: Codable, Hashable, Sendable {
    /// One stage: the plan is applied to the float weights that the stage before left, then trained under.
    public struct Stage: Codable, Hashable, Sendable {
        public var name: String
        public var plan: CompressionPlan
        /// Nil applies the plan without training.
        public var recipe: TrainingRecipe?
        /// What changes while it trains: Distiller's policies.
        public var policies: [SchedulePolicy]
        /// Whether the next stage starts from the compressed values instead of the float weights behind them: pruned weights are zeros from
        /// then on (Han 2015), quantized ones lie on the grid that retraining in full precision starts from (Lee and Kim 2018).
        public var handsOnCompressed: Bool
        /// Whether channels that are wholly zero at its end are removed: what it leaves is a smaller network. Nil is no.
        public var thins: Bool?

        public init(
            name: String, plan: CompressionPlan = CompressionPlan(), recipe: TrainingRecipe?, policies: [SchedulePolicy] = [],
            handsOnCompressed: Bool = false, thins: Bool? = nil
        ) {
            self.name = name
            self.plan = plan
            self.recipe = recipe
            self.policies = policies
            self.handsOnCompressed = handsOnCompressed
            self.thins = thins
        }
    }

    public var stages: [Stage]

    public init(stages: [Stage]) { self.stages = stages }
}

/// Something that is done at certain epochs of the training.
public struct SchedulePolicy: Codable, Hashable, Sendable {
    /// The name of its instance in the file.
    public var name: String
    public var action: ScheduleAction
    /// Epochs 0… at whose start it acts: from, up to but not with, every.
    public var start: Int
    public var end: Int
    public var frequency: Int
    /// Acts also after every so many batches of those epochs.
    public var batchFrequency: Int?

    public init(name: String, action: ScheduleAction, start: Int, end: Int, frequency: Int = 1, batchFrequency: Int? = nil) {
        self.name = name
        self.action = action
        self.start = start
        self.end = end
        self.frequency = frequency
        self.batchFrequency = batchFrequency
    }
}

/// What a policy does. Names are weight parameters.
public enum ScheduleAction: Codable, Hashable, Sendable {
    /// |w| ≤ threshold becomes zero (MagnitudeParameterPruner).
    case magnitude([String: Double])
    /// |w| ≤ sensitivity · σ becomes zero, σ of the weights at the first time (SensitivityPruner; Han 2015).
    case sensitivity([String: Double])
    /// Exactly this share of zeros (SparsityLevelParameterPruner).
    case level([String: Double])
    /// s(t) = final + (initial − final) · (1 − t / span)³ (AutomatedGradualPruner; Zhu and Gupta 2017).
    case gradual(initial: Double, final: Double, weights: [String])
    /// |w| below low · limit becomes zero, above high · limit comes back, limit = mean|w| + sensitivity · σ of |w|
    /// (SplicingPruner; Guo 2016, Dynamic Network Surgery). With `growth` the sensitivity of epoch e is its value · (1 + growth · (e − start)).
    case splicing(sensitivities: [String: Double], low: Double, high: Double, growth: Double? = nil)
    /// Channels of the least importance become zero (L1RankedStructureParameterPruner and others that rank).
    case filters(FilterPolicy)
    /// Layers become factors of ranks that are learned, within a budget.
    case ranks(LearnedRanks)
    /// Adds strength · Σ|w| to the loss (L1Regularizer).
    case lasso([String: Double])
    /// Adds terms of the norms of groups to the loss (GroupLassoRegularizer, GroupVarianceRegularizer).
    case penalty(StructurePenalty)
    /// Adds what the bytes of levels cost to the loss.
    case bytes(ByteTerm)
    /// Groups whose measure is at most a limit become zero (StructureParameterPruner).
    case structures([String: [StructureTerm]], by: GroupMeasure)
    /// Weights and activations at so many bits (DorefaQuantizer; Zhou 2016); nil leaves them in float.
    case dorefa(weights: [String: Int], activations: [String: Int])
    /// The rate is multiplied by the factor at the start of each of these epochs, which count from the start of the stage
    /// (torch's ExponentialLR, StepLR, MultiStepLR; Distiller's MultiStepMultiGammaLR).
    case rate(factors: [Int: Double])
    /// The rate is lowered after epochs of the policy that bring no improvement.
    case plateau(PlateauRule)
}
