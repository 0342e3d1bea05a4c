import Compression
import Engine
import Foundation
import Kernels
import Networks
import OrderedCollections
import Tensors

/// A small network of two layers, a data set that it can learn, and runs of it.
enum TrainingSample {
    static let features = 12
    static let hidden = 16
    static let classes = 3

    static func network(seed: UInt64, name: String = "sample") -> Network {
        var generator = SeededGenerator(seed: seed)
        func normal(_ shape: Shape, _ scale: Double) -> Tensor {
            Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(scale * generator.normal()) })
        }
        let parameters: [Parameter] = [
            Parameter(name: "fc1.weight", role: .weight, values: normal([hidden, features], 0.3)),
            Parameter(name: "fc1.bias", role: .bias, values: normal([hidden], 0.1)),
            Parameter(name: "fc2.weight", role: .weight, values: normal([classes, hidden], 0.3)),
            Parameter(name: "fc2.bias", role: .bias, values: normal([classes], 0.1)),
        ]
        let linear = Operation.gemm(Gemm(transposeB: true))
        return Network(
            name: name, input: "input", inputShape: [1, 3, 4], output: "logits",
            nodes: [
                Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["input"], outputs: ["x"]),
                Node(name: "fc1", operation: linear, inputs: ["x", "fc1.weight", "fc1.bias"], outputs: ["h"]),
                Node(name: "relu", operation: .relu, inputs: ["h"], outputs: ["r"]),
                Node(name: "fc2", operation: linear, inputs: ["r", "fc2.weight", "fc2.bias"], outputs: ["logits"]),
            ],
            parameters: OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    /// Noisy points around a centre for each class.
    static func data(_ count: Int, seed: UInt64, split: DatasetSplit = .train) -> Dataset {
        var centres = SeededGenerator(seed: 99)
        let means = (0..<classes).map { _ in (0..<features).map { _ in centres.normal() } }
        var generator = SeededGenerator(seed: seed)
        let labels = (0..<count).map { _ in Int32.random(in: 0..<Int32(classes), using: &generator) }
        let floats = labels.flatMap { label in means[Int(label)].map { Float($0 + 0.8 * generator.normal()) } }
        return Dataset(
            name: "points", split: split, inputs: Tensor(shape: [count, 1, 3, 4], floats: floats), labels: labels,
            classNames: ["a", "b", "c"], normalization: InputNormalization(scale: 1))
    }

    /// Standard normal inputs of a network's shape, of three classes.
    static func noise(for network: Network, _ count: Int, seed: UInt64) -> Dataset {
        var generator = SeededGenerator(seed: seed)
        let shape = network.inputShape
        let floats = (0..<count * shape.count).map { _ in Float(generator.normal()) }
        let labels = (0..<count).map { _ in Int32.random(in: 0..<3, using: &generator) }
        return Dataset(
            name: "noise", split: .validation, inputs: Tensor(shape: Shape([count] + shape.dimensions), floats: floats), labels: labels,
            classNames: ["a", "b", "c"], normalization: InputNormalization(scale: 1))
    }

    static func request(
        plan: CompressionPlan = CompressionPlan(), recipe: TrainingRecipe, policies: [SchedulePolicy] = [],
        teachers: [Network] = [], base: TrainedState? = nil
    ) -> TrainingRequest {
        TrainingRequest(
            identifier: "run", network: network(seed: 3), base: base, plan: plan, recipe: recipe, policies: policies,
            training: data(208, seed: 1), validation: data(90, seed: 2, split: .validation), teachers: teachers,
            makeExecutor: { network, size throws(KernelError) in try ReferenceTrainingExecutor(network: network, batchSize: size) })
    }

    static func plan(_ first: LayerPlan, _ second: LayerPlan = .unchanged) -> CompressionPlan {
        CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: first), .init(pattern: "fc2.weight", plan: second)])
    }

    static let optimizers: [Optimizer] = [.sgd(), .sgd(momentum: 0.9, isNesterov: true), .adamW()]

    /// Pruned and shared, pruned and linear.
    static let mixedPlan = plan(
        LayerPlan(pruning: .ratio(0.6), weights: .shared(WeightSharing(bits: 3)), biases: .float16),
        LayerPlan(pruning: .level(0.25), weights: .linear(LinearQuantization(bits: 4)), biases: .int8))

    /// Runs to the end; `body` is called after each step.
    @discardableResult
    static func finish(_ run: TrainingRun, _ body: (TrainingRun) throws -> Void = { _ in }) throws -> TrainingRun {
        while try run.step() { try body(run) }
        return run
    }
}

/// The bits of everything that a run made.
func bits(_ state: TrainedState?) -> [String: [UInt32]] {
    guard let state else { return [:] }
    var bits = state.parameters.mapValues { $0.floats.map(\.bitPattern) }
    for (name, layer) in state.layers {
        bits[name + "/effective"] = layer.compressed.weights.floats.map(\.bitPattern)
        bits[name + "/bias"] = layer.compressed.bias?.floats.map(\.bitPattern)
    }
    return bits
}
