import Compression
import Engine
import Foundation
import Frames
import Networks
import Reports
import Screens
import Sessions
import Tensors

/// A small network with seeded weights and figures made up by hand, so that drawings depend on the views alone.
struct ViewSample {
    static let classNames = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot"]
    static let now: Int64 = 1_795_392_000_000

    let network: Network
    var explorer: Explorer

    init(glyphs: Glyphs = .unicode, plans: [String: LayerPlan] = ViewSample.plans, dataset: Dataset? = ViewSample.dataset) throws {
        network = Self.network
        let plan = ResolvedPlan(layers: .init(uniqueKeys: plans.keys, values: plans.values))
        var opening = Opening(network: network, dataset: dataset, plan: plan)
        opening.glyphs = glyphs
        opening.themes = ["dark", "light", "mono"]
        opening.session = SessionStatus(name: "first-try")
        opening.snapshots = Self.snapshots(of: network)
        explorer = Explorer(opening)
        _ = explorer.begin()
        for layer in network.layers {
            let values = try requireValue(network.parameters[layer.weight]).values
            send(.distribution(weight: layer.weight, try WeightDistribution(values)))
        }
    }

    mutating func send(_ event: EngineEvent) { _ = explorer.update(.engine(event)) }

    mutating func press(_ keys: Key...) {
        for key in keys { _ = explorer.update(.input(InputEvent(.key(key), time: 1_000_000))) }
    }

    /// The layer figures of the plan as it stands, for the generation given or the current one.
    mutating func sendLayers(generation: UInt64? = nil) throws {
        for layer in network.layers {
            send(.layer(try Self.compressed(layer, network, explorer.plan(of: layer)), generation: generation ?? explorer.generation))
        }
        send(.network(NetworkBytes(original: 122_000, compressed: 9_800), sparsity: 0.6821, generation: generation ?? explorer.generation))
    }

    // MARK: The network

    static let plans: [String: LayerPlan] = [
        "conv1.weight": LayerPlan(pruning: .ratio(0.4), weights: .linear(LinearQuantization(bits: 4))),
        "conv2.weight": LayerPlan(pruning: .ratio(1), weights: .shared(WeightSharing(bits: 3))),
        "fc1.weight": LayerPlan(pruning: .level(0.9), weights: .ternary),
    ]

    static let network: Network = {
        var random = SeededGenerator(seed: 7)
        func parameter(_ name: String, _ shape: Shape, scale: Double) -> Parameter {
            let values = (0..<shape.count).map { _ in Float(scale * random.laplace()) }
            return Parameter(name: name, role: .weight, values: Tensor(shape: shape, floats: values))
        }
        let parameters = [
            parameter("conv1.weight", [8, 1, 5, 5], scale: 0.1), parameter("conv2.weight", [16, 8, 5, 5], scale: 0.03),
            parameter("fc1.weight", [60, 400], scale: 0.02),
        ]
        let convolution = Operation.convolution(Convolution(kernel: [5, 5]))
        return Network(
            name: "small", input: "x", inputShape: [1, 28, 28], output: "y",
            nodes: [
                Node(name: "a", operation: convolution, inputs: ["x", "conv1.weight"], outputs: ["a"]),
                Node(name: "b", operation: convolution, inputs: ["a", "conv2.weight"], outputs: ["b"]),
                Node(name: "c", operation: .gemm(Gemm(transposeB: true)), inputs: ["b", "fc1.weight"], outputs: ["y"]),
            ],
            parameters: .init(uniqueKeysWithValues: parameters.map { ($0.name, $0) }),
            source: Network.Source(path: "small.onnx", byteCount: 122_000, sha256: "aa"))
    }()

    /// A disc, the larger the higher the example's number.
    static let dataset: Dataset = {
        let bytes = (0..<6).flatMap { example in
            (0..<784).map { pixel -> UInt8 in
                let (x, y) = (Double(pixel % 28) - 13.5, Double(pixel / 28) - 13.5)
                let distance = (x * x + y * y).squareRoot()
                return distance < Double(5 + example) ? UInt8(255 - 12 * Int(distance)) : 0
            }
        }
        let storage = TensorStorage(byteCount: bytes.count) { memory in memory.copyBytes(from: bytes) }
        return Dataset(
            name: "discs", split: .validation, inputs: Tensor(shape: [6, 1, 28, 28], elementType: .uint8, storage: storage),
            labels: [9, 3, 6, 0, 2, 1], classNames: classNames)
    }()

    // MARK: What the engine would say

    /// Weights pruned by the magnitude that leaves about the planned share; the figures are made up.
    static func compressed(_ layer: Layer, _ network: Network, _ plan: LayerPlan) throws -> CompressedLayer {
        let values = try requireValue(network.parameters[layer.weight]).values
        let distribution = try WeightDistribution(values)
        let threshold =
            plan.pruning.criterion == .ratio
            ? plan.pruning.amount * distribution.standardDeviation : distribution.threshold(level: plan.pruning.amount).threshold
        // One output channel and three inputs are dead.
        let row = layer.shape.rowCount
        let kept = values.floats.enumerated().map { index, value in
            abs(Double(value)) <= threshold || index / row == 2 || index % row < 3 ? 0 : value
        }
        let summary = summary(layer, plan, distribution, threshold: threshold, zeros: kept.count { $0 == 0 })
        return CompressedLayer(
            recognizing: Tensor(shape: layer.shape, floats: kept), bias: nil, of: layer, summary: summary)
    }

    private static func summary(
        _ layer: Layer, _ plan: LayerPlan, _ distribution: WeightDistribution, threshold: Double, zeros: Int
    ) -> LayerSummary {
        let codes: [Double]
        var (scales, clip): ([Double], Double?) = ([], nil)
        switch plan.weights {
        case .linear:
            (scales, clip) = ([0.0485], 0.3395)
            codes = (-7...7).map { 0.0485 * Double($0) }
        case .shared: codes = [-0.131, -0.0852, -0.0591, -0.0402, 0.0399, 0.0612, 0.0874, 0.1402]
        case .ternary: (codes, scales) = ([-0.0621, 0.0621], [0.0621])
        default: codes = []
        }
        return LayerSummary(
            name: layer.name, weight: layer.weight, shape: layer.shape, standardDeviation: distribution.standardDeviation, plan: plan,
            threshold: threshold, zeros: zeros,
            codebook: codes.enumerated().map { Centroid(value: $1, count: 12 + 37 * $0, squaredError: 0.001 * Double($0 + 1)) },
            scales: scales, clip: clip, steps: 7, distanceFromOptimum: 1.034,
            signalToNoise: SignalToNoise(
                pruning: 14.2, representation: 18.6, whole: codes.isEmpty ? nil : 5 + 2.5 * Double(plan.weights.bits)),
            bytes: LayerBytes(
                dense: 4 * layer.count, sparse: layer.count / 3, huffman: layer.count * plan.weights.bits / 20, fillers: 3, indexBits: 5,
                valueBits: 4),
            remarks: [.optimumOnHistogram(bins: 4096)])
    }

    static func accuracy(evaluated: Int, notANumber: Int = 0, originalEvaluated: Int = 10_000) -> AccuracyReport {
        let confusion = (0..<10).map { label in (0..<10).map { $0 == label ? 880 - 11 * label : ($0 + label) % 7 * 4 } }
        let original = (0..<10).map { label in (0..<10).map { $0 == label ? 890 - 11 * label : ($0 + label) % 6 * 4 } }
        return AccuracyReport(
            split: .validation, count: 10_000, evaluated: evaluated, originalEvaluated: originalEvaluated, original: 0.9102,
            originalInterval: Interval(low: 0.9044, high: 0.9156), current: 0.9071, interval: Interval(low: 0.9059, high: 0.9083),
            gains: 12, losses: 43, mcNemar: 0.000032, crossEntropy: 0.2601, originalCrossEntropy: 0.2512,
            crossEntropyDifference: Interval(low: 0.0078, high: 0.01), agreement: 0.9821, topFive: nil, notANumber: notANumber,
            confusion: ConfusionTable(confusion), originalConfusion: ConfusionTable(original), flipped: [4, 1], seed: 1)
    }

    /// The rows of the test of the lens, shifted from class to class.
    static let logits: LogitsTable = {
        let row: [Float] = [2, -2, -14, -10, -6, -5, -9, -12, -8, -7]
        func rows(_ shift: Int) -> [Float] {
            dataset.labels.indices.flatMap { example in
                (0..<10).map {
                    row[($0 - Int(dataset.labels[example]) - (example == 4 ? shift : 0) + 20) % 10] + Float(shift) * Float($0) / 8
                }
            }
        }
        return LogitsTable(classCount: 10, original: rows(0), current: rows(1), evaluated: [4, 1, 0, 2])
    }()

    /// A whole sample with everything measured.
    static func measured(glyphs: Glyphs = .unicode) throws -> ViewSample {
        var sample = try ViewSample(glyphs: glyphs)
        try sample.sendLayers()
        let generation = sample.explorer.generation
        sample.send(.logits(logits, generation: generation))
        sample.send(
            .lens(
                LensSummary(temperature: 5, originalEntropy: 1.412, currentEntropy: 1.467, divergence: 0.0132, examples: 6_400),
                generation: generation))
        for step in 0..<12 {
            var report = accuracy(evaluated: step == 11 ? 6_400 : 10_000)
            report.current = 0.912 - 0.0005 * Double(step * step) / 6
            report.interval = Interval(low: report.current - 0.0012, high: report.current + 0.0012)
            sample.send(.accuracy(report, generation: sample.explorer.generation))
            if step < 11 { sample.press(.right) }
        }
        for _ in 0..<11 { sample.press(.left) }
        // The plan is again as it was: everything belongs to it.
        try sample.sendLayers()
        sample.send(.logits(logits, generation: sample.explorer.generation))
        sample.send(
            .lens(
                LensSummary(temperature: 5, originalEntropy: 1.412, currentEntropy: 1.467, divergence: 0.0132, examples: 6_400),
                generation: sample.explorer.generation))
        sample.send(.accuracy(accuracy(evaluated: 6_400), generation: sample.explorer.generation))
        return sample
    }

    // MARK: Sessions

    static func snapshots(of network: Network) -> [Snapshot] {
        let plan = LayerPlan(pruning: .ratio(0.6), weights: .shared(WeightSharing(bits: 2)))
        let summaries = network.layers.compactMap { try? compressed($0, network, plan).summary }
        var measured = accuracy(evaluated: 10_000)
        measured.current = 0.9094
        let report = Report(
            network: NetworkIdentity(name: "small", parameters: 30_000, sha256: "aa", fileBytes: nil), data: nil,
            accuracy: measured, bytes: NetworkBytes(original: 122_000, compressed: 12_345), sparsity: 0.41,
            plan: CompressionPlan(), layers: summaries,
            environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1))
        return [Snapshot(id: 1, name: "gentle", note: "", created: now, plan: CompressionPlan(), report: report)]
    }

    /// Dates are shown in local time, so that the sample is made for the zone of whoever runs the test.
    static var sessions: [SessionSummary] {
        let zone = Int64(TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: Double(now) / 1000)))
        let local = now - 1000 * zone
        func snapshot(_ name: String, _ accuracy: Double?, note: String) -> SnapshotSummary {
            SnapshotSummary(name: name, note: note, created: local, accuracy: accuracy, compressedBytes: 44_120, sparsity: 0.9)
        }
        return [
            SessionSummary(
                name: "first-try", path: "/s/first-try.sqlite", networkName: "small", networkSHA256: "aa", modified: local,
                snapshots: [snapshot("gentle", 0.9071, note: ""), snapshot("hard", nil, note: "fc1 alone")], isReadOnly: false),
            SessionSummary(
                name: "example", path: "/s/example.sqlite", networkName: "lenet-5", networkSHA256: "bb", modified: local, snapshots: [],
                isReadOnly: true),
        ]
    }
}

/// A missing piece of a sample.
struct MissingSample: Error {}

func requireValue<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw MissingSample() }
    return value
}
