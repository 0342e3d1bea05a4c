import Networks
import Tensors

/// What training made of a network: kept as it is, never derived again from its plan.
///
/// A plan is a recipe; this is what it made. While the plan of a layer is the one that it was trained under, the layer is `Layer.compressed`;
/// under any other plan it starts from the float values here, with the σ of the weights that the ratio was set on.
public struct TrainedState: Sendable, Identifiable {
    /// One layer as its plan and the training left it.
    public struct Layer: Sendable {
        public var plan: LayerPlan
        /// Weights and bias as they are evaluated, codebook and scales in the summary.
        public var compressed: CompressedLayer
        /// σ of the dense weights that the plan's ratio was set on.
        public var deviation: Double
        /// What ratios of any scope are set on; nil in states of early versions, see ``RatioBasis``.
        public var dense: DenseStatistics?
        /// The plan that was asked for where policies of a schedule changed it; nil where `plan` is that one.
        public var requested: LayerPlan?
        /// Which weights the plan keeps, uint8 [n], 1 kept; nil where nothing is pruned. With quantized weights zeros alone do not tell.
        public var mask: Tensor?

        public init(
            plan: LayerPlan, compressed: CompressedLayer, deviation: Double, dense: DenseStatistics? = nil, mask: Tensor? = nil
        ) {
            self.plan = plan
            self.compressed = compressed
            self.deviation = deviation
            self.dense = dense
            self.mask = mask
        }

        /// Whether the layer is what this plan asks for; while it trains, policies may have moved on from what was asked for.
        public func fits(_ asked: LayerPlan, isTraining: Bool) -> Bool {
            plan.ofParameters == asked.ofParameters || (isTraining && requested?.ofParameters == asked.ofParameters)
        }

        /// Weights that the plan keeps.
        public var keptCount: Int { mask?.bytes.count { $0 != 0 } ?? compressed.layer.count }
    }

    /// Names the state in a session: made once, kept with it.
    public var id: String
    /// The graph that it has; nil is the one that was opened.
    public var graph: StateGraph?
    /// Float values of every parameter by name; a pruned weight has the last value that it had.
    public var parameters: [String: Tensor]
    /// By weight.
    public var layers: [String: Layer]
    /// What it was trained under.
    public var plan: CompressionPlan
    public var recipe: TrainingRecipe?
    /// Epochs that were finished.
    public var epochs: Int

    public init(
        id: String, graph: StateGraph? = nil, parameters: [String: Tensor], layers: [String: Layer], plan: CompressionPlan,
        recipe: TrainingRecipe?, epochs: Int
    ) {
        self.id = id
        self.graph = graph
        self.parameters = parameters
        self.layers = layers
        self.plan = plan
        self.recipe = recipe
        self.epochs = epochs
    }
}

/// Two states are equal where their names are: a name is given to one state only.
extension TrainedState: Hashable {
    public static func == (left: TrainedState, right: TrainedState) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
