import Networks

/// How the engine works; the same options give the same numbers.
public struct EngineOptions: Sendable {
    /// Bytes for kept activations.
    public var memoryBudget: Int
    /// Seed of the stratified order of examples.
    public var seed: UInt64
    /// Threads of the kernels; nil is one a core.
    public var threads: Int?
    /// Added to the lane's nice value, so that the terminal goes first.
    public var niceness: Int

    /// Bytes of the graph in the network's file; without them the size of the file is not found.
    public var graphByteCount: Int?
    /// Bytes of the card in that file.
    public var cardByteCount = 0

    public init(memoryBudget: Int = 512 << 20, seed: UInt64 = 1, threads: Int? = nil, niceness: Int = 5) {
        self.memoryBudget = memoryBudget
        self.seed = seed
        self.threads = threads
        self.niceness = niceness
    }
}
