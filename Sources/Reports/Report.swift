import Compression
import Networks
import Tensors

/// All numbers of a network under a plan: what the screen shows, a snapshot keeps and `pare report --json` prints.
public struct Report: Codable, Hashable, Sendable {
    public var network: NetworkIdentity
    /// The network that accuracy and sizes are held against, where it is another one.
    public var against: NetworkIdentity?
    /// Nil without data.
    public var data: DataIdentity?
    /// Nil until measured, or where it can't be.
    public var accuracy: AccuracyReport?
    public var bytes: NetworkBytes
    /// Bytes of the container that the network would be written to, exactly; nil where that was not found.
    public var fileBytes: Int?
    /// Zeros / weights over all layers.
    public var sparsity: Double
    public var plan: CompressionPlan
    public var layers: [LayerSummary]
    public var environment: Environment
    /// Milliseconds of the layers and of the network; nil where they were not asked for.
    public var latency: LatencySum?
    /// What becomes of sums; nil where the plan leaves them float.
    public var sums: SumsReport?
    /// What inputs are that are the same in every example.
    public var inputs: [FixedInputFact]?
    /// Which of several outputs is measured; nil of one.
    public var output: OutputFact?
    /// What of the file doesn't run.
    public var unused: [UnusedPartFact]?
    /// How far the figure may fall, as a share of 1 or in R²; nil where nobody said.
    public var budget: Double?
    /// What ties its figures to a batch of 1.
    public var batchOne: BatchOneFact?

    public init(
        network: NetworkIdentity, data: DataIdentity?, accuracy: AccuracyReport?, bytes: NetworkBytes, sparsity: Double,
        plan: CompressionPlan, layers: [LayerSummary], environment: Environment
    ) {
        self.network = network
        self.data = data
        self.accuracy = accuracy
        self.bytes = bytes
        self.sparsity = sparsity
        self.plan = plan
        self.layers = layers
        self.environment = environment
    }
}

/// Which network a report is about.
public struct NetworkIdentity: Codable, Hashable, Sendable {
    public var name: String
    public var parameters: Int
    public var sha256: String?
    /// Bytes of the file it was read from.
    public var fileBytes: Int?

    public init(name: String, parameters: Int, sha256: String?, fileBytes: Int?) {
        self.name = name
        self.parameters = parameters
        self.sha256 = sha256
        self.fileBytes = fileBytes
    }
}

/// Which examples a report was measured on.
public struct DataIdentity: Codable, Hashable, Sendable {
    public var name: String
    public var split: DatasetSplit
    public var count: Int
    public var sha256: String?
    /// Nil where examples have labels.
    public var kind: DatasetKind?
    /// How stored examples became inputs.
    public var input: InputFacts?

    public init(name: String, split: DatasetSplit, count: Int, sha256: String?) {
        self.name = name
        self.split = split
        self.count = count
        self.sha256 = sha256
    }
}

extension DataIdentity {
    /// Which examples these are.
    public init(_ dataset: Dataset) {
        self.init(name: dataset.name, split: dataset.split, count: dataset.count, sha256: dataset.sha256)
        kind = dataset.kind == .labelled ? nil : dataset.kind
        input = dataset.facts
    }
}

/// What must be equal for two runs to give the same bits.
public struct Environment: Codable, Hashable, Sendable {
    public var pareVersion: String
    /// The kernels' library and version, `oneDNN 2.6.3`.
    public var kernels: String
    /// The instruction set that the kernels chose.
    public var instructionSet: String
    public var threads: Int

    public init(pareVersion: String, kernels: String, instructionSet: String, threads: Int) {
        self.pareVersion = pareVersion
        self.kernels = kernels
        self.instructionSet = instructionSet
        self.threads = threads
    }
}
