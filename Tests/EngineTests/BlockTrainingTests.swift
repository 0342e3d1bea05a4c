import Compression
import Engine
import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Networks of blocks that exporters write (`Scripts/make-block-fixtures.py`): an attention block with its normalizations written out, channels that
/// are weighted by their means, a way down and up again, and weights and activations that came quantized. Each learns, pruned too.
@Suite("Networks of blocks") struct BlockTrainingTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    private func network(_ name: String) throws -> Network {
        let file = Self.root.appendingPathComponent("Fixtures/blocks/\(name).onnx")
        return try NetworkReader.read(Data(contentsOf: file), path: file.path)
    }

    /// Three patterns under noise.
    private func patterns(_ shape: Shape, _ count: Int, seed: UInt64, _ split: DatasetSplit) -> Dataset {
        let labels = (0..<count).map { Int32($0 % 3) }
        var generator = SeededGenerator(seed: seed)
        let floats = labels.flatMap { label in
            (0..<shape.count).map { place in Float(sin(Double((Int(label) + 1) * place) * 0.7) + 0.4 * generator.normal()) }
        }
        return Dataset(
            name: "patterns", split: split, inputs: Tensor(shape: Shape([count] + shape.dimensions), floats: floats), labels: labels,
            classNames: ["a", "b", "c"], normalization: InputNormalization(scale: 1))
    }

    @Test(
        "Its loss falls and it tells patterns apart, half its weights being zero",
        arguments: ["transformer", "excitation", "upward", "quantized"])
    func learns(_ name: String) throws {
        let network = try network(name)
        #expect(network.trainingRefusal == nil)
        let plan = CompressionPlan(layers: network.layers.map { .init(pattern: $0.weight, plan: LayerPlan(pruning: .level(0.5))) })
        let recipe = TrainingRecipe(
            epochs: 8, batchSize: 16, optimizer: .adamW(), rate: LearningRate(rate: 0.01), weightDecay: 0, seed: 5)
        let request = TrainingRequest(
            identifier: "run", network: network, plan: plan, recipe: recipe,
            training: patterns(network.inputShape, 96, seed: 1, .train),
            validation: patterns(network.inputShape, 48, seed: 2, .validation),
            makeExecutor: { network, size throws(KernelError) in try OneDNNTrainingExecutor(network: network, batchSize: size) })
        let run = try TrainingSample.finish(try TrainingRun(request))
        let losses = run.progress.history.compactMap(\.loss)
        let (first, last) = (try #require(losses.first), try #require(losses.last))
        #expect(last < 0.6 * first, "\(losses)")
        #expect((run.progress.best?.accuracy ?? 0) > 0.85, "\(run.progress.history.map(\.accuracy))")
        let made = try #require(run.best).applied(to: network).network
        for layer in network.layers {
            let values = try #require(made.parameters[layer.weight]?.values.floats)
            #expect(values.count { $0 == 0 } >= values.count / 2, "\(layer.weight)")
        }
        // Scales of normalizations that are written out and slopes were trained, and go into the file.
        let again = try NetworkReader.read(NetworkWriter.data(of: made), path: "again.onnx")
        for parameter in ["norm1.weight", "slopes"] where network.parameters[parameter] != nil {
            let trained = again.parameters[parameter]?.values.floats
            #expect(trained != nil && trained != network.parameters[parameter]?.values.floats, "\(parameter)")
        }
    }
}
