import Compression
import Networks
import Reports
import Tensors

/// What the engine publishes; each is immutable and carries the generation of the plan that it belongs to.
///
/// Held by reference: events are moved often, and some are large.
public indirect enum EngineEvent: Sendable {
    /// The examples are loaded: they come after the first screen, and before the first accuracy.
    case data(Dataset)
    /// A layer's weights are sorted or counted: from now on its histogram and sparsity are searches. Comes again where it is known more closely,
    /// or less, because others took its memory.
    case distribution(weight: String, WeightDistribution)
    /// What was found of the layers of a large network so far: bytes for ``EngineOptions/keptDistributions``.
    case distributionsToKeep([UInt8])
    /// Outputs on training examples are gathered, of so many of the layers whose factors are nearest to them; then the layers are made.
    case gathering(layers: Int, of: Int, generation: UInt64)
    /// What the plan made of one layer.
    case layer(CompressedLayer, generation: UInt64)
    /// All layers of the plan are made: size and sparsity of the whole network.
    case network(NetworkBytes, sparsity: Double, generation: UInt64)
    /// The plan rests and its network is encoded: the exact size of its file.
    case file(FileBytes, generation: UInt64)
    /// Accuracy so far; comes again and again until it is exact.
    case accuracy(AccuracyReport, generation: UInt64)
    /// How long the measurement under way still takes, about.
    case timeLeft(seconds: Double, generation: UInt64)
    /// The logits behind the newest accuracy, for the temperature lens.
    case logits(LogitsTable, generation: UInt64)
    /// Entropy and KL divergence over all evaluated examples at the plan's temperature.
    case lens(LensSummary, generation: UInt64)
    /// What a task says that was started with ``LiveEngine/start(_:)``.
    case task(TaskID, TaskNews)
    /// Something that can't be computed, and why; the rest goes on.
    case failed(EngineFailure, generation: UInt64)
    /// Nothing is left to do for this generation.
    case settled(generation: UInt64)
}

/// Why the engine can't compute something: facts for a message.
public enum EngineFailure: Error, Hashable, Sendable {
    /// Weights that hold a NaN or an infinity.
    case notFinite(parameter: String, index: Int)
    /// A layer is too large for a representation that needs every weight's place.
    case tooLarge(parameter: String, representation: String)
    /// Another program wrote to the network's file: nothing that comes from it is true any more.
    case changed(FileChange)
    /// There is no memory to sort the weights in.
    case noMemory(parameter: String, bytes: Int)
    /// The file has weights and no graph.
    case weightsOnly
    /// The network has a node that can't be run.
    case cannotRun(node: String, operation: String, reason: String)
    /// The data do not fit the network: both shapes.
    case inputShape(network: String, data: String)
    case noData
    /// The examples can't be loaded: a sentence with file, place and cure.
    case data(String)
    /// More labels than the network has classes.
    case classCount(network: Int, data: Int)
    /// The output that is measured is no list of classes: its name, and what it holds for an example.
    case noClasses(output: String, shape: String)
    case kernels(String)
    case plan(String)
}
