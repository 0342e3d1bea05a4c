import Engine
import Kernels
import Networks
import OrderedCollections
import Tensors
import Testing

/// Clips by the search against clips by trying thousands.
@Suite("Calibration of activations")
struct ActivationCalibrationTests {
    /// Σ (x − y)² by the formula of the quantizer, over the values above 0.
    private func error(_ values: [Float], clip: Float, bits: Int) -> Double {
        let steps = Float((1 << bits) - 1)
        return values.filter { $0 > 0 && $0.isFinite }.reduce(0) { sum, value in
            let level = (min(value, clip) * steps / clip).rounded(.toNearestOrEven) * clip / steps
            return sum + Double(value - level) * Double(value - level)
        }
    }

    private func leastError(_ values: [Float], bits: Int) -> Double {
        let largest = values.filter(\.isFinite).max() ?? 0
        return (1...2_000).map { error(values, clip: largest * Float($0) / 2_000, bits: bits) }.min() ?? 0
    }

    /// Outputs of a Relu, heavy tails, and what was never cut at 0.
    private func values(_ kind: Int) -> [Float] {
        var generator = SeededGenerator(seed: UInt64(kind) + 1)
        return (0..<900).map { _ in
            let normal = generator.normal()
            return switch kind {
            case 0: Float(max(0, normal))
            case 1: Float(max(0, normal * normal * normal))
            default: Float(normal - 1)
            }
        }
    }

    @Test("No clip of two thousand has a smaller error, by a two-hundredth", arguments: 1...8, 0..<3)
    func bruteForce(bits: Int, kind: Int) {
        let values = values(kind)
        let clip = ActivationCalibration.clip(of: values, bits: bits)
        #expect(clip > 0 && clip <= (values.max() ?? 0) * 1.000_001)
        #expect(error(values, clip: clip, bits: bits) <= 1.005 * leastError(values, bits: bits))
        #expect(clip == ActivationCalibration.clip(of: values.reversed() + [-3, 0, .nan, .infinity], bits: bits))
    }

    @Test("Where nothing is above 0 there is nothing to measure")
    func nothing() {
        #expect(ActivationCalibration.clip(of: [], bits: 4) == QuantizeActivations.initialClip)
        #expect(ActivationCalibration.clip(of: [-1, 0, .nan], bits: 4) == QuantizeActivations.initialClip)
        #expect(ActivationCalibration.clip(of: [2.5], bits: 1) == 2.5)
    }

    /// What the layers of the sample hand on, by the plain kernels.
    private func outputs(of weight: String, _ network: Network, _ data: Dataset) throws -> [Float] {
        let value = try #require(network.quantizedValue(of: weight))
        let end = try #require(network.nodes.firstIndex { $0.outputs.first == value })
        var cut = network
        cut.nodes = Array(network.nodes[...end])
        cut.nodes.append(Node(name: "rows", operation: .flatten(axis: 1), inputs: [value], outputs: ["rows"]))
        cut.output = "rows"
        return try ActivationSample.logits(cut, data)
    }

    @Test("Of what the layers hand on, convolution and matrix, batches padded at the end")
    func layers() throws {
        let network = ActivationSample.network(seed: 4)
        let data = TrainingSample.data(201, seed: 5)
        let settings: [String: ActivationQuantization] = [
            "conv1.weight": .clipped(bits: 3, clip: .calibrated), "fc1.weight": .clipped(bits: 2, clip: .learned),
            "fc2.weight": .clipped(bits: 2, clip: .learned),
        ]
        let clips = try ActivationCalibration.clips(for: settings, of: network, data: data)
        #expect(clips.keys.sorted() == ["conv1.weight", "fc1.weight"])
        for (weight, bits) in [("conv1.weight", 3), ("fc1.weight", 2)] {
            let values = try outputs(of: weight, network, data)
            let expected = ActivationCalibration.clip(of: values, bits: bits)
            #expect(abs((clips[weight] ?? 0) / expected - 1) < 1e-3)
        }
    }

    @Test("Where a layer hands on very much, a part of it stands for all")
    func sampled() throws {
        let network = ActivationSample.network(seed: 4, units: 301)
        let data = TrainingSample.data(512, seed: 5)
        let clips = try ActivationCalibration.clips(for: ["fc1.weight": .clipped(bits: 4, clip: .calibrated)], of: network, data: data)
        let values = try outputs(of: "fc1.weight", network, data)
        let (all, part) = (ActivationCalibration.clip(of: values, bits: 4), clips["fc1.weight"] ?? 0)
        #expect(error(values, clip: part, bits: 4) <= 1.02 * error(values, clip: all, bits: 4))
    }

    @Test("All layers are measured in one pass, each as by itself")
    func together() throws {
        let found = try [10, 20, 40].map { depth in
            let network = LinearCostTests.chain(depth, name: "calibrated \(depth)")
            let data = TrainingSample.noise(for: network, 40, seed: 2)
            let all = Dictionary(
                uniqueKeysWithValues: network.layers.dropLast().map {
                    ($0.weight, ActivationQuantization.clipped(bits: 4, clip: .calibrated))
                })
            var clips: [String: Float] = [:]
            let steps = try WorkCount.steps(of: network.name) {
                clips = try ActivationCalibration.clips(for: all, of: network, data: data)
            }
            #expect(clips.count == depth - 1)
            for weight in ["l0.weight", "l\(depth / 2).weight", "l\(depth - 2).weight"] {
                let own = try ActivationCalibration.clips(for: [weight: .clipped(bits: 4, clip: .calibrated)], of: network, data: data)
                let (alone, together) = (try #require(own[weight]), try #require(clips[weight]))
                #expect(abs(alone - together) <= 1e-4 * alone, "\(weight)")
            }
            return steps.visits
        }
        #expect(found[2] - found[1] == 2 * (found[1] - found[0]), "\(found)")
    }
}

/// A convolution and two layers on the points of ``TrainingSample``.
enum ActivationSample {
    static func network(seed: UInt64, units: Int = 16) -> Network {
        var generator = SeededGenerator(seed: seed)
        func normal(_ shape: Shape, _ scale: Double) -> Tensor {
            Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(scale * generator.normal()) })
        }
        let parameters: [Parameter] = [
            Parameter(name: "conv1.weight", role: .weight, values: normal([5, 1, 3, 3], 0.3)),
            Parameter(name: "conv1.bias", role: .bias, values: normal([5], 0.1)),
            Parameter(name: "fc1.weight", role: .weight, values: normal([units, 60], 0.2)),
            Parameter(name: "fc1.bias", role: .bias, values: normal([units], 0.1)),
            Parameter(name: "fc2.weight", role: .weight, values: normal([3, units], 0.3)),
            Parameter(name: "fc2.bias", role: .bias, values: normal([3], 0.1)),
        ]
        let linear = Operation.gemm(Gemm(transposeB: true))
        return Network(
            name: "sample", input: "input", inputShape: [1, 3, 4], output: "logits",
            nodes: [
                Node(
                    name: "conv1", operation: .convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])),
                    inputs: ["input", "conv1.weight", "conv1.bias"], outputs: ["c"]),
                Node(name: "relu1", operation: .relu, inputs: ["c"], outputs: ["d"]),
                Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["d"], outputs: ["x"]),
                Node(name: "fc1", operation: linear, inputs: ["x", "fc1.weight", "fc1.bias"], outputs: ["h"]),
                Node(name: "relu2", operation: .relu, inputs: ["h"], outputs: ["r"]),
                Node(name: "fc2", operation: linear, inputs: ["r", "fc2.weight", "fc2.bias"], outputs: ["logits"]),
            ],
            parameters: OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) }))
    }

    /// [examples, classes] by the plain kernels, all examples in one batch.
    static func logits(_ network: Network, _ data: Dataset) throws -> [Float] {
        let executor = try ReferenceExecutor(network: network, batchSize: data.count)
        executor.withInput { try? data.fill($0, with: Array(0..<data.count)[...]) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    /// The class of each example by the plain kernels.
    static func classes(_ network: Network, _ data: Dataset) throws -> [Int] {
        let logits = try logits(network, data)
        let count = logits.count / data.count
        return (0..<data.count).map { example in
            let row = logits[example * count..<(example + 1) * count]
            return (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
        }
    }
}
