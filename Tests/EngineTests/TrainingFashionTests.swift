import Compression
import Engine
import Formats
import Foundation
import Kernels
import Networks
import OrderedCollections
import Tensors
import Testing

/// A small network on a slice of the real data.
@Suite("Training on Fashion-MNIST", .serialized, .enabled(if: Bundled.hasData, "the data set is not installed"))
struct TrainingFashionTests {
    private func first(_ count: Int, of data: Dataset) -> Dataset {
        Dataset(
            name: data.name, split: data.split,
            inputs: Tensor(
                shape: Shape([count] + data.exampleShape.dimensions), elementType: data.inputs.elementType, storage: data.inputs.storage,
                byteOffset: data.inputs.byteOffset),
            labels: Array(data.labels.prefix(count)), classNames: data.classNames, normalization: data.normalization)
    }

    private func network(seed: UInt64) -> Network {
        var generator = SeededGenerator(seed: seed)
        func weights(_ shape: Shape) -> Tensor {
            let scale = (2 / Double(shape[1])).squareRoot()
            return Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(scale * generator.normal()) })
        }
        let parameters: [Parameter] = [
            Parameter(name: "fc1.weight", role: .weight, values: weights([16, 784])),
            Parameter(name: "fc1.bias", role: .bias, values: Tensor(shape: [16], floats: Array(repeating: 0, count: 16))),
            Parameter(name: "fc2.weight", role: .weight, values: weights([10, 16])),
            Parameter(name: "fc2.bias", role: .bias, values: Tensor(shape: [10], floats: Array(repeating: 0, count: 10))),
        ]
        let gemm = Operation.gemm(Gemm(transposeB: true))
        return Network(
            name: "mlp-16", input: "input", inputShape: [1, 28, 28], output: "logits",
            nodes: [
                Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["input"], outputs: ["x"]),
                Node(name: "fc1", operation: gemm, inputs: ["x", "fc1.weight", "fc1.bias"], outputs: ["h"]),
                Node(name: "relu", operation: .relu, inputs: ["h"], outputs: ["r"]),
                Node(name: "fc2", operation: gemm, inputs: ["r", "fc2.weight", "fc2.bias"], outputs: ["logits"]),
            ],
            parameters: OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    @Test("From chance to 65 % in three epochs of 4,000 examples, half of the weights pruned, the rest at 4 bits")
    func learns() throws {
        let loader = DatasetLoader(directory: DatasetLoader.debianDirectory)
        let layer = LayerPlan(pruning: .level(0.5), weights: .linear(LinearQuantization(bits: 4)))
        let request = TrainingRequest(
            identifier: "fashion", network: network(seed: 5),
            plan: CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: layer)]),
            recipe: TrainingRecipe(
                epochs: 3, batchSize: 32, rate: LearningRate(rate: 0.05), seed: 2, assignment: .everyEpoch),
            training: first(4_000, of: try loader.load(.train)), validation: try Bundled.validation(first: 1_000),
            makeExecutor: { network, size throws(KernelError) in try ReferenceTrainingExecutor(network: network, batchSize: size) })
        let run = try TrainingRun(request)
        while try run.step() {}
        #expect((run.progress.history.first?.accuracy ?? 1) < 0.3)
        #expect((run.progress.best?.accuracy ?? 0) > 0.65)
        let values = try #require(run.best?.layers["fc1.weight"]?.compressed.weights.floats)
        #expect(values.count { $0 == 0 } >= 16 * 784 / 2 && Set(values).count <= 15)
    }
}
