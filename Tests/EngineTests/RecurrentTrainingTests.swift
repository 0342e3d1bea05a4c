import Compression
import Engine
import Formats
import Foundation
import Kernels
import Networks
import OrderedCollections
import Tensors
import Testing

/// A recurrent classifier of waves is trained, pruned, shared, retrained and written.
@Suite("A recurrent network") struct RecurrentTrainingTests {
    private static let (steps, values, hidden) = (12, 3, 10)

    /// What a file of ONNX becomes: an LSTM whose last state a dense layer reads.
    private func network() throws -> Network {
        var generator = SeededGenerator(seed: 3)
        func drawn(_ name: String, _ role: Parameter.Role, _ shape: Shape) -> Parameter {
            let floats = (0..<shape.count).map { _ in Float(0.3 * generator.normal()) }
            return Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        }
        let (width, hidden) = (4 * Self.hidden, Self.hidden)
        let parameters = [
            drawn("rnn.W", .weight, [width, Self.values]), drawn("rnn.R", .weight, [width, hidden]), drawn("rnn.B", .bias, [1, 2 * width]),
            drawn("head.weight", .weight, [3, hidden]), drawn("head.bias", .bias, [3]),
        ]
        let recurrence = Recurrence(.lstm, hidden: hidden, steps: Self.steps, result: .hidden, hasBias: true)
        let linear = Operation.gemm(Gemm(transposeB: true))
        let rows = Operation.reshape(dimensions: [-1, Self.values], allowZero: false)
        let made = Network(
            name: "waves", input: "x", inputShape: [Self.steps, Self.values], output: "y",
            nodes: [
                Node(name: "times", operation: .transpose(permutation: [1, 0, 2]), inputs: ["x"], outputs: ["times"]),
                Node(name: "rows", operation: rows, inputs: ["times"], outputs: ["rows"]),
                Node(name: "gates", operation: linear, inputs: ["rows", "rnn.W"], outputs: ["gates"]),
                Node(name: "rnn", operation: .recurrence(recurrence), inputs: ["gates", "rnn.R", "rnn.B"], outputs: ["last"]),
                Node(name: "one", operation: .squeeze(axes: [0]), inputs: ["last"], outputs: ["state"]),
                Node(name: "head", operation: linear, inputs: ["state", "head.weight", "head.bias"], outputs: ["y"]),
            ],
            parameters: OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
        return try NetworkReader.read(NetworkWriter.data(of: made), path: "waves.onnx")
    }

    /// Waves that are told apart by their frequency and by the order of their phases.
    private func waves(_ count: Int, seed: UInt64, _ split: DatasetSplit) -> Dataset {
        var generator = SeededGenerator(seed: seed)
        let labels = (0..<count).map { Int32($0 % 3) }
        let floats = labels.flatMap { label in
            let (start, turn) = (6.28 * generator.uniform(), label == 1 ? -0.8 : 0.8)
            return (0..<Self.steps * Self.values).map { place in
                let (time, value) = (Double(place / Self.values), Double(place % Self.values))
                return Float(sin((label == 2 ? 1.1 : 0.5) * time + start + turn * value) + 0.1 * generator.normal())
            }
        }
        return Dataset(
            name: "waves", split: split, inputs: Tensor(shape: [count, Self.steps, Self.values], floats: floats), labels: labels,
            classNames: ["slow", "back", "fast"], normalization: InputNormalization(scale: 1))
    }

    private func trained(_ network: Network, _ plan: CompressionPlan, from base: TrainedState?, epochs: Int) throws -> TrainingRun {
        let recipe = TrainingRecipe(
            epochs: epochs, batchSize: 30, optimizer: .adamW(), rate: LearningRate(rate: 0.02), weightDecay: 0, seed: 5)
        let request = TrainingRequest(
            identifier: "run", network: network, base: base, plan: plan, recipe: recipe, training: waves(300, seed: 1, .train),
            validation: waves(150, seed: 2, .validation),
            makeExecutor: { network, size throws(KernelError) in try OneDNNTrainingExecutor(network: network, batchSize: size) })
        return try TrainingSample.finish(try TrainingRun(request))
    }

    @Test("It learns through time, keeps its zeros and few values, and is written as the node that it came from")
    func goesTheWholeWay() throws {
        let network = try network()
        #expect(network.layers.map(\.name) == ["rnn.W", "rnn.R", "head"])
        #expect(network.layers.map(\.shape) == [[40, 3], [40, 10], [3, 10]])
        #expect(try network.multiplyAdds().reduce(0, +) == Self.steps * 40 * (3 + 10) + 30)
        let first = try trained(network, CompressionPlan(), from: nil, epochs: 12)
        #expect((first.progress.best?.accuracy ?? 0) > 0.9, "\(first.progress.history.map(\.accuracy))")
        let layer = LayerPlan(pruning: .level(0.4), weights: .shared(WeightSharing(bits: 4)))
        let plan = CompressionPlan(layers: network.layers.map { .init(pattern: $0.weight, plan: layer) })
        let second = try trained(network, plan, from: first.best, epochs: 6)
        let state = try #require(second.best)
        #expect((second.progress.best?.accuracy ?? 0) > 0.85, "\(second.progress.history.map(\.accuracy))")
        let applied = state.applied(to: network).network
        for layer in network.layers {
            let values = try #require(applied.parameters[layer.weight]?.values.floats)
            #expect(values.count { $0 == 0 } >= Int(0.4 * Double(values.count)) && Set(values).count <= 17)
        }
        let again = try NetworkReader.read(NetworkWriter.data(of: applied), path: "waves.onnx")
        #expect(again.nodes == network.nodes)
        #expect(again.parameters.mapValues(\.values.floats) == applied.parameters.mapValues(\.values.floats))
    }
}
