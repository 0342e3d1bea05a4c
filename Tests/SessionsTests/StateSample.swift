import Compression
import Foundation
import Networks
import Reports
import Sessions
import Tensors

/// A small network, and trained states of it that a seed determines.
enum StateSample {
    static let network = makeNetwork()
    static let identity = SessionIdentity(
        network: NetworkIdentity(name: "sample", parameters: 1_650, sha256: "ab", fileBytes: 6_600), networkPath: nil, data: nil)

    private static func makeNetwork() -> Network {
        var network = Network(
            name: "sample", input: "x", inputShape: [30], output: "z",
            nodes: [
                Node(name: "fc1", operation: .gemm(Gemm(transposeB: true)), inputs: ["x", "fc1.weight", "fc1.bias"], outputs: ["y"]),
                Node(name: "fc2", operation: .gemm(Gemm(transposeB: true)), inputs: ["y", "fc2.weight", "fc2.bias"], outputs: ["z"]),
            ], parameters: [:])
        var generator = SeededGenerator(seed: 1)
        func add(_ name: String, _ role: Parameter.Role, _ shape: Shape) {
            let floats = (0..<shape.count).map { _ in Float(generator.normal()) }
            network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        }
        add("fc1.weight", .weight, [40, 30])
        add("fc1.bias", .bias, [40])
        add("fc2.weight", .weight, [10, 40])
        add("fc2.bias", .bias, [10])
        return network
    }

    static let plan = CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: LayerPlan(pruning: .ratio(1.6)))])

    /// fc1 pruned and shared, with odd floats among the values; fc2 trained in float; the bias of fc2 untouched.
    static func state(_ seed: UInt64, id: String? = nil) -> TrainedState {
        var generator = SeededGenerator(seed: 100 + seed)
        let odd: [Float] = [-0.0, Float(bitPattern: 0x7FC1_2345), Float(bitPattern: 0xFFA0_0001), .infinity, .leastNonzeroMagnitude]
        var floats = (0..<1200).map { _ in Float(generator.normal()) }
        for value in odd { floats[Int.random(in: 0..<1200, using: &generator)] = value }
        let codes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in Float(generator.normal()) } + odd
        let effective = (0..<1200).map { _ in generator.uniform() < 0.9 ? 0 : codes[Int.random(in: 0..<codes.count, using: &generator)] }
        let second = (0..<400).map { _ in Float(generator.normal()) }
        var parameters = network.parameters.mapValues(\.values).reduce(into: [:]) { $0[$1.key] = $1.value }
        parameters["fc1.weight"] = Tensor(shape: [40, 30], floats: floats)
        parameters["fc2.weight"] = Tensor(shape: [10, 40], floats: second)
        parameters["fc1.bias"] = Tensor(shape: [40], floats: (0..<40).map { _ in Float(generator.uniform()) })
        return TrainedState(
            id: id ?? "state-\(seed)", parameters: parameters,
            layers: [
                "fc1.weight": layer(0, weights: Tensor(shape: [40, 30], floats: effective), bias: parameters["fc1.bias"], &generator),
                "fc2.weight": layer(1, weights: Tensor(shape: [10, 40], floats: second), bias: parameters["fc2.bias"], &generator),
            ], plan: plan, recipe: TrainingRecipe(epochs: 10, seed: seed), epochs: Int(seed))
    }

    private static func layer(_ index: Int, weights: Tensor, bias: Tensor?, _ generator: inout SeededGenerator) -> TrainedState.Layer {
        let layer = network.layers[index]
        let codebook = (0..<5).map { Centroid(value: generator.normal(), count: $0, squaredError: generator.uniform() / 3) }
        let plan = LayerPlan(pruning: .ratio(generator.uniform()))
        let summary = LayerSummary(
            name: layer.name, weight: layer.weight, shape: layer.shape, standardDeviation: generator.uniform(), plan: plan,
            threshold: generator.uniform(), zeros: weights.floats.count { $0 == 0 }, codebook: codebook, scales: [generator.normal()],
            clip: generator.uniform(), steps: 3, distanceFromOptimum: nil, signalToNoise: SignalToNoise(whole: generator.normal()),
            bytes: LayerBytes(dense: 4 * layer.count, sparse: 10, huffman: 5, fillers: 1, indexBits: 5, valueBits: 4),
            remarks: [.givenZeros(3)])
        return TrainedState.Layer(
            plan: plan, compressed: CompressedLayer(recognizing: weights, bias: bias, of: layer, summary: summary),
            deviation: generator.uniform(), dense: index == 0 ? (try? WeightDistribution(weights)).map(DenseStatistics.init) : nil)
    }

    /// A state that is the network itself.
    static func untouched(id: String) -> TrainedState {
        var state = state(0, id: id)
        for (name, parameter) in network.parameters { state.parameters[name] = parameter.values }
        for layer in network.layers {
            guard let summary = state.layers[layer.weight]?.compressed.summary, let weights = state.parameters[layer.weight] else {
                continue
            }
            let bias = layer.bias.flatMap { state.parameters[$0] }
            state.layers[layer.weight]?.compressed = CompressedLayer(recognizing: weights, bias: bias, of: layer, summary: summary)
        }
        return state
    }

    static func record(_ seed: UInt64, training: String? = nil, isBest: Bool = false) -> StateRecord {
        StateRecord(
            state: state(seed), parent: nil, training: training, isBest: isBest, history: epochs(Int(seed)), created: Int64(seed),
            note: "epoch \(seed)")
    }

    static func epochs(_ count: Int) -> [TrainingProgress.Epoch] {
        (0...count).map {
            TrainingProgress.Epoch(
                number: $0, loss: $0 == 0 ? nil : .nan, accuracy: 0.8 + 0.001 * Double($0), crossEntropy: 1 / 3, sparsity: 0.9, seconds: 1)
        }
    }

    static func training(_ id: String, started: Int64 = 1) -> TrainingRecord {
        TrainingRecord(id: id, name: "retrain", base: nil, plan: plan, recipe: TrainingRecipe(epochs: 10), started: started)
    }

    /// What differs between two states; empty where they are the same to the bit.
    static func differences(_ a: TrainedState, _ b: TrainedState) -> [String] {
        var found: [String] = []
        if a.id != b.id || a.plan != b.plan || a.recipe != b.recipe || a.epochs != b.epochs { found.append("header") }
        if Set(a.parameters.keys) != Set(b.parameters.keys) { found.append("names") }
        found += a.parameters.keys.filter { !isSame(a.parameters[$0], b.parameters[$0]) }
        if Set(a.layers.keys) != Set(b.layers.keys) { found.append("layers") }
        for (weight, layer) in a.layers {
            guard let other = b.layers[weight] else { continue }
            if layer.plan != other.plan || layer.deviation != other.deviation || layer.dense != other.dense {
                found.append("\(weight) plan")
            }
            if layer.compressed.summary != other.compressed.summary { found.append("\(weight) summary") }
            if layer.compressed.layer != other.compressed.layer { found.append("\(weight) layer") }
            if !isSame(layer.compressed.weights, other.compressed.weights) { found.append("\(weight) weights") }
            if !isSame(layer.compressed.bias, other.compressed.bias) { found.append("\(weight) bias") }
        }
        return found
    }

    private static func isSame(_ a: Tensor?, _ b: Tensor?) -> Bool {
        guard let a, let b else { return a == nil && b == nil }
        return a.shape == b.shape && a.elementType == b.elementType && a.bytes.elementsEqual(b.bytes)
    }
}
