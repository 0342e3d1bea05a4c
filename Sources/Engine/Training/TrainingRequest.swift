import Compression
import Kernels
import Networks

/// What is trained, how, and with which examples.
public struct TrainingRequest: Sendable {
    public typealias ExecutorFactory = @Sendable (Network, _ batchSize: Int) throws(KernelError) -> any TrainingExecutor

    /// Names the states that the run makes: `identifier/epoch`.
    public var identifier: String
    /// As it was opened, or the base's own graph: σ of its weights is what ratios are set on.
    public var graph: Network { didSet { network = edits.applied(to: graph) } }
    /// The same with the edits of the plan: what is trained.
    public private(set) var network: Network
    /// What the plan does to the graph.
    private(set) var edits = GraphEdits()
    /// A trained state to go on from; nil starts from the network's own values.
    public var base: TrainedState?
    public var plan: CompressionPlan
    public var recipe: TrainingRecipe
    public var policies: [SchedulePolicy]
    public var training: Dataset
    public var validation: Dataset
    /// The networks of the recipe's teachers, loaded, in any order; their softened outputs are averaged.
    public var teachers: [Network]
    /// Clips of quantized activations by weight, as calibrated; those of the base state go before.
    public var clips: [String: Float] = [:]
    /// Main directions of what layers give in the base, by weight: of those whose factors are nearest to that.
    public var outputs: [String: OutputBasis] = [:]
    /// Layers as fitting to their inputs made them in the base, by weight: what a training under such a plan begins with.
    public var fitted: [String: CompressedLayer] = [:]
    /// Plans that come into force at their steps: a run that is repeated. In the order in which they came.
    public var turns: [TrainingTurn] = []
    /// The last epoch to be trained, while rate and policies go by the recipe's number; nil is all of them.
    public var lastEpoch: Int?
    public var options: EngineOptions
    public var makeExecutor: ExecutorFactory

    public init(
        identifier: String, network: Network, base: TrainedState? = nil, plan: CompressionPlan, recipe: TrainingRecipe,
        policies: [SchedulePolicy] = [], training: Dataset, validation: Dataset, teachers: [Network] = [],
        options: EngineOptions = EngineOptions(), makeExecutor: @escaping ExecutorFactory
    ) {
        self.identifier = identifier
        graph = network.graph(of: base)
        self.network = graph
        self.base = base
        self.plan = plan
        self.recipe = recipe
        self.policies = policies
        self.training = training
        self.validation = validation
        self.teachers = teachers
        self.options = options
        self.makeExecutor = makeExecutor
    }

    /// Throws for examples that do not fit, an empty split, a teacher of other classes or a recipe that makes no sense.
    func check() throws(TrainingFailure) {
        for data in [training, validation] {
            guard data.count > 0, !data.labels.isEmpty || data.targets != nil else {
                throw .noExamples(dataset: data.name, split: data.split)
            }
            try checkData(data, network)
        }
        for teacher in teachers {
            try checkData(training, teacher)
            try check(teacher)
        }
        let positive = [("the rate", recipe.rate.rate), ("the batch size", Double(recipe.batchSize))]
        for (name, value) in positive where !(value > 0) || !value.isFinite { throw .recipe(name: name, value: value) }
        if recipe.epochs < 0 { throw .recipe(name: "the number of epochs", value: Double(recipe.epochs)) }
        for policy in policies where policy.frequency < 1 || (policy.batchFrequency ?? 1) < 1 {
            throw .policy(name: policy.name, reason: "its frequency is below 1")
        }
    }

    private func check(_ teacher: Network) throws(TrainingFailure) {
        guard teacher.classCount == network.classCount else {
            throw .teacher(
                name: teacher.name, expected: "\(network.classCount ?? 0) classes", actual: "\(teacher.classCount ?? 0) classes")
        }
        let (own, other) = (network.outputWithoutClasses, teacher.outputWithoutClasses)
        guard own == other else {
            throw .teacher(name: teacher.name, expected: "outputs [\(own ?? [])]", actual: "[\(other ?? [])]")
        }
    }

    /// How the loss reads the output; nil is a class an example.
    var trainedReading: OutputReading? {
        guard training.targets != nil || network.outputWithoutClasses != nil else { return nil }
        return (try? network.reading(of: training)) ?? nil
    }

    /// Why a network can't be trained, as far as its graph tells, in a sentence; nil where nothing stands in the way. Cost: O(nodes).
    public static func refusal(of network: Network) -> String? {
        network.trainingRefusal.map { TrainingFailure.kernels($0).description }
    }

    /// The same with the activations of its network made coarse; clips of the base go before those of the request.
    func quantizing(_ activations: [String: ActivationQuantization]) -> TrainingRequest {
        guard !activations.isEmpty else { return self }
        var request = self
        let trained = base?.clips(of: graph) ?? [:]
        request.edits = GraphEdits(activations: activations, clips: clips.merging(trained) { $1 })
        request.network = request.edits.applied(to: graph)
        return request
    }

    private func checkData(_ data: Dataset, _ network: Network) throws(TrainingFailure) {
        do { try data.check(against: network) } catch { throw .data(error) }
        if data.targets == nil, network.outputWithoutClasses != nil, (try? network.reading(of: data)) == .some(nil) {
            throw .unavailable(
                "its labels are of no form of the output [\(network.outputWithoutClasses ?? [])], so there is no loss to train with")
        }
        if case .classes(let stated) = network.decision, let reading = trainedReading, reading.decision != .classes(axis: stated) {
            throw .unavailable(
                "the network ends in a Softmax over axis \(stated + 1), but its labels lie along another axis: there is no loss to train with"
            )
        }
        if let label = data.labels.min(), label < 0 { throw .recipe(name: "a label", value: Double(label)) }
    }
}
