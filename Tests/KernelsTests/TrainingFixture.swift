import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// A training executor that the fixtures are held against.
struct TrainingFactory: Sendable, CustomTestStringConvertible {
    var name: String
    /// Largest difference allowed, as a part of the largest expected magnitude of a tensor.
    var tolerance: Float
    var make: @Sendable (Network, Int) throws -> any TrainingExecutor

    var testDescription: String { name }
}

/// All training executors. The reference differs from PyTorch's float64 by the rounding of what enters and leaves it to float32.
let trainingFactories = [
    TrainingFactory(name: "reference", tolerance: 1e-6) { try ReferenceTrainingExecutor(network: $0, batchSize: $1) }
]

/// What `Scripts/make-training-fixtures.py` writes.
enum TrainingFixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func read<Value: Decodable>(_ name: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: root.appendingPathComponent("Tests/Fixtures/\(name).json")))
    }

    /// The seed that Dropout drew from.
    static let dropoutSeed: UInt64 = 20_240_607
}

/// A small network with PyTorch's results.
struct OperatorFixture: Decodable {
    struct Values: Decodable {
        var name: String
        var role: Parameter.Role
        var shape: [Int]
        var values: [Float]
    }

    struct Step: Decodable {
        var `operator`: String
        var inputs: [String]
        var output: String
        var settings: Settings
    }

    struct Settings: Decodable {
        var kernel, strides, pads, dilations, dimensions: [Int]?
        var ceilMode, countIncludesPadding, transposeB: Bool?
        var groups, axis, bits: Int?
        var alpha, beta, epsilon, ratio: Float?
    }

    var name: String
    var batch: Int
    var inputShape: [Int]
    var input: [Float]
    var nodes: [Step]
    var parameters: [Values]
    var logitsGradient: [Float]
    var logits: [Float]
    var gradients: [String: [Float]]
    var statistics: [String: [Float]]

    func network() throws -> Network {
        var network = Network(
            name: name, input: "input", inputShape: Shape(inputShape), output: nodes.last?.output ?? "", nodes: [], parameters: [:])
        for (index, step) in nodes.enumerated() {
            network.nodes.append(
                Node(name: "n\(index)", operation: try step.operation(), inputs: step.inputs, outputs: [step.output]))
        }
        for values in parameters {
            let tensor = Tensor(shape: Shape(values.shape), floats: values.values)
            network.parameters[values.name] = Parameter(name: values.name, role: values.role, values: tensor)
        }
        return network
    }
}

extension OperatorFixture.Step {
    struct Unknown: Error {
        var name: String
    }

    func operation() throws -> Networks.Operation {
        switch `operator` {
        case "Conv":
            .convolution(
                Convolution(
                    kernel: settings.kernel ?? [], strides: settings.strides ?? [1, 1], dilations: settings.dilations ?? [1, 1],
                    pads: settings.pads ?? [0, 0, 0, 0], groups: settings.groups ?? 1))
        case "Gemm": .gemm(Gemm(alpha: settings.alpha ?? 1, beta: settings.beta ?? 1, transposeB: settings.transposeB ?? false))
        case "MatMul": .matrixMultiplication
        case "Add": .add
        case "Relu": .relu
        case "MaxPool": .maxPool(pooling)
        case "AveragePool": .averagePool(pooling)
        case "GlobalAveragePool": .globalAveragePool
        case "Flatten": .flatten(axis: settings.axis ?? 1)
        case "Reshape": .reshape(dimensions: settings.dimensions ?? [], allowZero: false)
        case "Softmax": .softmax(axis: settings.axis ?? 1)
        case "Identity": .identity
        case "Dropout": .dropout(ratio: settings.ratio ?? 0.5)
        case "Concat": .concatenation(axis: settings.axis ?? 1)
        case "BatchNormalization": .batchNormalization(epsilon: settings.epsilon ?? 1e-5)
        case "Sign": .activation(.sign)
        case "Clip": .activation(.clipped(bits: settings.bits ?? 0))
        default: throw Unknown(name: `operator`)
        }
    }

    private var pooling: Pooling {
        Pooling(
            kernel: settings.kernel ?? [], strides: settings.strides ?? [1, 1], pads: settings.pads ?? [0, 0, 0, 0],
            dilations: settings.dilations ?? [1, 1], ceilMode: settings.ceilMode ?? false,
            countIncludesPadding: settings.countIncludesPadding ?? false)
    }
}

/// PyTorch's steps of a bundled network.
struct NetworkFixture: Decodable {
    /// Some entries of a tensor, its norm and its sum.
    struct Summary: Decodable {
        var norm: Double
        var sum: Double
        var indices: [Int]
        var values: [Float]
    }

    /// Bytes, hexadecimal.
    var pixels: String
    var labels: [Int32]
    var losses: [Double]
    var gradients: [String: Summary]
    var weights: [String: Summary]

    /// The images as the data set hands them out: bytes / 255.
    var images: [Float] {
        let digits = pixels.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { Float(digits[$0] * 16 + digits[$0 + 1]) / 255 }
    }
}
