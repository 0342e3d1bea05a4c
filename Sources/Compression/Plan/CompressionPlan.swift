import Networks

/// A recipe for making a network smaller: what to do with each parameter, by name or glob, and the temperature of distillation.
///
/// A plan is a value; nothing is computed until it is applied. Order of steps for one layer: prune, then represent the survivors.
public struct CompressionPlan: Codable, Hashable, Sendable {
    /// One line of a plan: an exact parameter name (`conv2.weight`) or a glob (`conv*`, `*`).
    public struct Entry: Codable, Hashable, Sendable {
        public var pattern: String
        public var plan: LayerPlan

        public init(pattern: String, plan: LayerPlan) {
            self.pattern = pattern
            self.plan = plan
        }
    }

    /// Softmax temperature of distillation, 0.5…50.
    public var temperature: Double
    public var lossWeights: LossWeights
    public var layers: [Entry]
    /// How what sums and Concats hand on is made coarse; nil leaves it float.
    public var sums: ActivationQuantization?

    public static let temperatures = 0.5...50.0

    public init(
        temperature: Double = 5, lossWeights: LossWeights = LossWeights(), layers: [Entry] = [], sums: ActivationQuantization? = nil
    ) {
        self.sums = sums
        self.temperature = temperature
        self.lossWeights = lossWeights
        self.layers = layers
    }
}

/// How distillation weighs the teacher's soft targets against the labels: w_s · CE + w_d · T² · KL.
public struct LossWeights: Codable, Hashable, Sendable {
    public var distillation: Double
    public var student: Double

    public init(distillation: Double = 0.9, student: Double = 0.1) {
        self.distillation = distillation
        self.student = student
    }
}

/// What is done with the weights and the bias of one layer.
public struct LayerPlan: Codable, Hashable, Sendable {
    public var pruning: Pruning
    public var weights: WeightRepresentation
    public var biases: BiasRepresentation
    /// Leaves the layer as in the original while the other knobs keep their values.
    public var bypass: Bool
    /// Bits of the relative index in the accounting "han"; nil is 8 for convolutions and 5 for the rest.
    public var indexBits: Int?
    /// What is done with the values that the layer hands on; nil leaves them float.
    public var activations: ActivationQuantization?

    /// How the levels are written to a file; nil is the way that takes the fewest bytes.
    public var coder: WeightCoding?
    /// So many weights stay whatever prunes, the largest magnitudes; nil sets no floor.
    public var keep: Int?
    /// What shape pruning keeps to; nil prunes weight by weight.
    public var pattern: PruningPattern?
    /// Whether weights make good what others lose for the layer's outputs; nil rounds and prunes each alone.
    public var fit: WeightFit?
    /// Which weights of such a layer are pruned; nil goes by magnitude.
    public var mask: MaskChoice?
    /// What is done with the factors where the weights are a product; nil leaves all as they were found.
    public internal(set) var parts: PartPlans?

    public init(
        pruning: Pruning = Pruning(), weights: WeightRepresentation = .float32, biases: BiasRepresentation = .float32,
        bypass: Bool = false, indexBits: Int? = nil, activations: ActivationQuantization? = nil
    ) {
        self.pruning = pruning
        self.weights = weights
        self.biases = biases
        self.bypass = bypass
        self.indexBits = indexBits
        self.activations = activations
    }

    /// Everything as in the original.
    public static let unchanged = LayerPlan()

    /// The plan without its activations and its coder: what decides what becomes of weights and bias.
    public var ofParameters: LayerPlan {
        var plan = self
        plan.activations = nil
        plan.coder = nil
        return plan
    }
}
