import Compression
import Engine
import Kernels
import Networks
import Tensors
import Testing

/// Trainings of outputs that are no list of classes: several values, several labels, classes at positions behind a Softmax.
struct FigureTrainingTests {
    /// What a network of other weights says of the inputs is what is to be learnt.
    private func data(_ count: Int, seed: UInt64, _ split: DatasetSplit, _ target: (ArraySlice<Float>) -> [Float]) -> Dataset {
        let plain = TrainingSample.data(count, seed: seed, split: split)
        let inputs = plain.inputs.floats
        var generator = SeededGenerator(seed: 5)
        let weights = (0..<TrainingSample.classes * TrainingSample.features).map { _ in Float(generator.normal()) }
        var targets: [Float] = []
        for example in 0..<count {
            let row = inputs[example * TrainingSample.features..<(example + 1) * TrainingSample.features]
            let values = (0..<TrainingSample.classes).map { place -> Float in
                zip(row, weights[(place * TrainingSample.features)...]).reduce(0) { $0 + $1.0 * $1.1 } / 4
            }
            targets += target(values[...])
        }
        var data = plain
        data.labels = []
        data.targets = Targets(Tensor(shape: [count, targets.count / count], floats: targets))
        return data
    }

    private func trained(_ network: Network, teachers: [Network] = [], _ target: (ArraySlice<Float>) -> [Float]) throws -> [Double] {
        let recipe = TrainingRecipe(
            epochs: 12, batchSize: 16, optimizer: .sgd(momentum: 0.9), rate: LearningRate(rate: 0.02), seed: 2)
        var request = TrainingSample.request(
            plan: TrainingSample.plan(LayerPlan(pruning: .level(0.25))), recipe: recipe, teachers: teachers)
        request = TrainingRequest(
            identifier: "run", network: network, plan: request.plan, recipe: recipe, training: data(208, seed: 1, .train, target),
            validation: data(90, seed: 2, .validation, target), teachers: teachers,
            makeExecutor: { network, size throws(KernelError) in try OneDNNTrainingExecutor(network: network, batchSize: size) })
        let run = try TrainingSample.finish(try TrainingRun(request))
        return run.progress.history.map(\.accuracy)
    }

    @Test func values() throws {
        let history = try trained(TrainingSample.network(seed: 3)) { Array($0) }
        #expect(history[0] < 0.5 && (history.max() ?? 0) > 0.85, "\(history)")
        let taught = try trained(TrainingSample.network(seed: 3), teachers: [TrainingSample.network(seed: 3, name: "teacher")]) {
            Array($0)
        }
        #expect((taught.max() ?? 0) < (history.max() ?? 0))
    }

    @Test func severalLabels() throws {
        var network = TrainingSample.network(seed: 3)
        network.nodes.append(Node(name: "sigmoid", operation: .unary(.sigmoid), inputs: [network.output], outputs: ["shares"]))
        network.output = "shares"
        let history = try trained(network) { $0.map { $0 > 0 ? 1 : 0 } }
        #expect(history[0] < 0.8 && (history.max() ?? 0) > 0.85, "\(history)")
    }

    /// [N, 3] read as one position of three classes, behind a Softmax that the loss goes round.
    @Test func positions() throws {
        var network = TrainingSample.network(seed: 3)
        network.nodes += [
            Node(name: "row", operation: .unsqueeze(axes: [1]), inputs: [network.output], outputs: ["row"]),
            Node(name: "both", operation: .concatenation(axis: 1), inputs: ["row", "row"], outputs: ["both"]),
            Node(name: "softmax", operation: .softmax(axis: 2), inputs: ["both"], outputs: ["shares"]),
        ]
        network.output = "shares"
        let history = try trained(network) { values in
            let largest = Float((values.firstIndex(of: values.max() ?? 0) ?? values.startIndex) - values.startIndex)
            return [largest, largest]
        }
        #expect(history[0] < 0.6 && (history.max() ?? 0) > 0.85, "\(history)")
    }
}
