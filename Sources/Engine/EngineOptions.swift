import Compression
import Networks
import Reports

/// How the engine works; the same options give the same numbers.
public struct EngineOptions: Sendable {
    /// Bytes for kept activations.
    public var memoryBudget: Int
    /// Seed of the stratified order of examples.
    public var seed: UInt64
    /// Which of them are measured, and no others: the first half of the order, the other one, or all.
    public var part = ExamplePart.all
    /// Threads of the kernels; nil is one a core.
    public var threads: Int?
    /// Added to the lane's nice value, so that the terminal goes first.
    public var niceness: Int

    /// Which training examples compensated layers are fitted with.
    public var calibration = CalibrationKey.fit

    /// How layers of whole numbers are computed where accuracy is measured.
    public var arithmetic = Arithmetic.auto

    /// Bytes for the sorted weights of a network without a graph; one that needs more is gone through layer by layer.
    public var weightsBudget = 1 << 30
    /// Bytes for counted distributions of such a network.
    public var distributionsBudget = 256 << 20
    /// Whether somebody looks at distributions and logits; they are not published where nobody takes them.
    public var publishesDistributions = true
    /// Reads what an earlier opening of such a network found: ``EngineEvent/distributionsToKeep(_:)``. Called once, on the lane.
    public var keptDistributions: (@Sendable () -> [UInt8]?)?

    /// Reads the times that were measured on a device before. Called on the lane, when a timing begins.
    public var keptLatencies: (@Sendable (LatencyDevice) -> LatencyTable?)?

    /// Finds the bytes of a network's graph in its file; without it, or where it finds none, the size of the file is not found. Called once for each
    /// graph, on a thread of its own, when a plan first rests.
    public var graphByteCount: (@Sendable (Network) -> Int?)?
    /// Bytes of the card in that file.
    public var cardByteCount = 0

    /// What is measured of the layers' options by itself, whenever the lane has nothing else to do; nil for nothing.
    public var sensitivity: SensitivityOrder?
    /// Reads the figures that were kept of a context. Called on the lane.
    public var keptFigures: (@Sendable (SensitivityContext) -> [OptionFigure])?

    /// The network that accuracy is held against, with the same input and as many classes; nil is the one that plans change.
    public var reference: Network?

    public init(memoryBudget: Int = 512 << 20, seed: UInt64 = 1, threads: Int? = nil, niceness: Int = 5) {
        self.memoryBudget = memoryBudget
        self.seed = seed
        self.threads = threads
        self.niceness = niceness
    }
}
