import Foundation
import Networks
import Tensors

/// Networks with QuantizeLinear and DequantizeLinear around every operator, as quantizers of ONNX files make them.
struct QuantizedExamples {
    private(set) var network: Network
    fileprivate var generator: SeededGenerator
    private var count = 0

    init(_ name: String, _ input: Shape, seed: UInt64) {
        network = Network(name: name, input: "x", inputShape: input, output: "y", nodes: [], parameters: [:])
        generator = SeededGenerator(seed: seed)
    }

    private mutating func fresh(_ kind: String) -> String {
        count += 1
        return "\(kind)\(count)"
    }

    private mutating func constant(_ shape: Shape, _ values: [Float], _ role: Parameter.Role = .other) -> String {
        let name = fresh("p")
        network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: values))
        return name
    }

    /// A node; the name of what it makes.
    mutating func add(_ operation: Networks.Operation, _ inputs: [String]) -> String {
        let output = fresh("v")
        network.nodes.append(Node(name: "n\(count)", operation: operation, inputs: inputs, outputs: [output]))
        return output
    }

    /// Quantized and back.
    mutating func coarse(_ value: String, scale: Float, zero: Int, _ type: ElementType = .int8) -> String {
        let parameters = [constant([], [scale]), constant([], [Float(zero)])]
        let codes = add(.quantizeLinear(LinearCode(type: type, axis: 0)), [value] + parameters)
        return add(.dequantizeLinear(LinearCode(type: type, axis: 0)), [codes] + parameters)
    }

    /// Weights of int8 by one scale, or by one for each of so many channels.
    mutating func weights(_ shape: Shape, channels: Int?, isTransposed: Bool = false, scale: Float = 0.02) -> String {
        let steps = (0..<(channels ?? 1)).map { _ in scale * Float.random(in: 0.5...1.5, using: &generator) }
        let row = shape.count / max(1, channels ?? 1)
        let values = (0..<shape.count).map { place -> Float in
            let channel = channels.map { isTransposed ? place % $0 : place / row } ?? 0
            return Float(Int.random(in: -127...127, using: &generator)) * steps[channel]
        }
        let name = constant(shape, values, .weight)
        network.parameters[name]?.origin = IntegerOrigin(type: "int8", bits: 8, scales: steps.count, steps: steps)
        return name
    }

    mutating func bias(_ count: Int) -> String {
        constant([count], (0..<count).map { _ in Float(generator.normal()) }, .bias)
    }

    mutating func ended(_ value: String) -> Network {
        network.output = value
        return network
    }

    /// A network that quantizes its input, computes something of it, and quantizes that.
    static func one(
        _ name: String, _ input: Shape, seed: UInt64 = 1, scale: Float = 0.0517, zero: Int = 3,
        _ body: (inout QuantizedExamples, String) -> String
    ) -> (name: String, network: Network) {
        var example = QuantizedExamples(name, input, seed: seed)
        let value = body(&example, example.coarse("x", scale: 0.0313, zero: -20))
        return (name, example.ended(example.coarse(value, scale: scale, zero: zero)))
    }

    static var all: [(name: String, network: Network)] { layers + windows + pairs + constants + functions + moves }

    private static var layers: [(name: String, network: Network)] {
        [
            one("conv", [3, 9, 8], scale: 0.2) { example, x in
                let weights = example.weights([8, 3, 3, 3], channels: 8)
                return example.add(
                    .convolution(Convolution(kernel: [3, 3], strides: [2, 1], pads: [1, 0, 1, 2])), [x, weights, example.bias(8)])
            },
            one("conv by channel", [6, 7, 7], scale: 0.1, zero: -128) { example, x in
                let weights = example.weights([6, 1, 3, 3], channels: nil)
                let conv = Convolution(kernel: [3, 3], dilations: [2, 2], pads: [2, 2, 2, 2], groups: 6)
                return example.add(.unary(.clip(lower: 0, upper: 6)), [example.add(.convolution(conv), [x, weights])])
            },
            one("conv 1-D", [4, 21], scale: 0.2) { example, x in
                let conv = Convolution(kernel: [5], strides: [2], dilations: [1], pads: [2, 2], groups: 2)
                let made = example.add(.convolution(conv), [x, example.weights([6, 2, 5], channels: 6), example.bias(6)])
                return example.add(.relu, [made])
            },
            one("gemm", [40], scale: 0.15) { example, x in
                let weights = example.weights([12, 40], channels: 12)
                return example.add(
                    .unary(.clip(lower: -3, upper: 5)), [example.add(.gemm(Gemm(transposeB: true)), [x, weights, example.bias(12)])])
            },
            one("matmul and bias", [5, 16], scale: 0.15) { example, x in
                let product = example.add(.matrixMultiplication, [x, example.weights([16, 9], channels: 9, isTransposed: true)])
                return example.add(.add, [product, example.bias(9)])
            },
            // The result is coarser and finer than its sums, and cut at both ends.
            one("coarse", [30], scale: 3) { example, x in
                example.add(.gemm(Gemm(transposeB: true)), [x, example.weights([9, 30], channels: nil)])
            },
            one("fine", [30], scale: 0.006) { example, x in
                example.add(.gemm(Gemm(transposeB: true)), [x, example.weights([9, 30], channels: nil)])
            },
            wide(channels: nil), wide(channels: 7),
        ]
    }

    /// A last layer that nothing quantizes.
    static func wide(channels: Int?) -> (name: String, network: Network) {
        var example = QuantizedExamples("wide", [20], seed: 4)
        let x = example.coarse("x", scale: 0.0313, zero: -20)
        let output = example.add(.gemm(Gemm(transposeB: true)), [x, example.weights([7, 20], channels: channels), example.bias(7)])
        return ("wide by \(channels ?? 1)", example.ended(output))
    }

    /// What a plan makes: levels from 0 to a clip behind layers, floats before and after.
    static var planned: Network {
        var example = QuantizedExamples("planned", [1, 8, 8], seed: 12)
        let (weights, bias) = (example.weights([5, 1, 3, 3], channels: nil), example.bias(5))
        let conv = example.add(.relu, [example.add(.convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])), ["x", weights, bias])])
        let coarse = example.add(.activation(.clipped(bits: 6)), [conv, example.constant([1], [4.7])])
        let pooled = example.add(.flatten(axis: 1), [example.add(.maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), [coarse])])
        let (last, terms) = (example.weights([7, 80], channels: nil), example.bias(7))
        return example.ended(example.add(.gemm(Gemm(transposeB: true)), [pooled, last, terms]))
    }

    private static var windows: [(name: String, network: Network)] {
        let pool = Pooling(kernel: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1])
        var counting = pool
        counting.countIncludesPadding = true
        let line = Pooling(kernel: [4], strides: [2], pads: [1, 1], dilations: [1])
        return [
            one("max", [3, 9, 8], scale: 0.0313, zero: -20) { $0.add(.maxPool(pool), [$1]) },
            one("max to another scale", [3, 9, 8]) { $0.add(.maxPool(pool), [$1]) },
            one("mean", [3, 9, 8]) { $0.add(.averagePool(pool), [$1]) },
            one("mean with padding", [3, 9, 8]) { $0.add(.averagePool(counting), [$1]) },
            one("mean 1-D", [3, 20]) { $0.add(.averagePool(line), [$1]) },
            one("global mean", [5, 7, 6], scale: 0.01) { $0.add(.globalAveragePool, [$1]) },
            one("mean of positions", [7, 6], scale: 0.02) {
                $0.add(.reduction(Reduction(function: .mean, axes: [1], keepsAxes: false)), [$1])
            },
        ]
    }

    private static var pairs: [(name: String, network: Network)] {
        func two(_ name: String, _ body: @escaping (inout QuantizedExamples, String, String) -> String) -> (name: String, network: Network)
        {
            one(name, [4, 6, 5], scale: 0.0613) { example, x in
                let function = example.add(.unary(.tanh), [x])
                return body(&example, x, example.coarse(function, scale: 0.0078, zero: 1))
            }
        }
        return [
            two("sum") { $0.add(.add, [$1, $2]) }, two("difference") { $0.add(.binary(.subtract), [$1, $2]) },
            two("sum with a range") { $0.add(.relu, [$0.add(.add, [$2, $1])]) }, two("product") { $0.add(.binary(.multiply), [$1, $2]) },
            two("scaled channels") { example, x, y in
                let pooled = example.coarse(example.add(.globalAveragePool, [y]), scale: 0.004, zero: 0)
                return example.add(.binary(.multiply), [x, pooled])
            },
            two("concat") { $0.add(.concatenation(axis: 1), [$1, $2, $1]) },
            two("concat of rows") { $0.add(.concatenation(axis: 2), [$2, $1]) },
        ]
    }

    private static var constants: [(name: String, network: Network)] {
        func by(_ name: String, _ function: BinaryFunction, _ shape: Shape, isFirst: Bool = false, scale: Float = 0.0613) -> (
            name: String, network: Network
        ) {
            one(name, [4, 6, 5], scale: scale) { example, x in
                let constant = example.constant(shape, (0..<shape.count).map { _ in Float(example.generator.normal()) })
                return example.add(.binary(function), isFirst ? [constant, x] : [x, constant])
            }
        }
        let ranged = one("constant with a range", [4, 6, 5], scale: 0.031) { example, x in
            let constant = example.constant([4, 1, 1], [0.5, -0.7, 0, 2])
            return example.add(.relu, [example.add(.binary(.add), [x, constant])])
        }
        let normalized = one("batch normalization", [4, 6, 5], scale: 0.0613) { example, x in
            let parameters = [[0.5, -1, 1, 2], [0.1, 0.2, -0.3, 0], [0, 1, -1, 0.5], [1, 0.5, 2, 0.1]].map { example.constant([4], $0) }
            return example.add(.batchNormalization(epsilon: 1e-5), [x] + parameters)
        }
        return [
            by("constant of channels", .add, [4, 1, 1]), by("constant of places", .add, [1, 4, 6, 5]),
            by("less a constant", .subtract, [6, 1]), by("constant less", .subtract, [4, 1, 1], isFirst: true),
            by("times a constant", .multiply, [4, 1, 1]), by("times numbers of a row", .multiply, [5], scale: 0.1),
            by("over a constant", .divide, [4, 6, 1], scale: 0.3), by("slopes of channels", .leaky, [4, 1, 1]), ranged, normalized,
        ]
    }

    private static var functions: [(name: String, network: Network)] {
        let all: [UnaryFunction] = [.sigmoid, .tanh, .leakyRelu(alpha: 0.1), .hardSwish, .hardSigmoid(alpha: 0.2, beta: 0.5), .relu]
        return all.map { function in one("\(function)", [400], scale: 0.011) { $0.add(.unary(function), [$1]) } } + [
            one("two functions and numbers", [300], scale: 0.02) { example, x in
                let half = example.constant([1], [0.5])
                return example.add(.unary(.tanh), [example.add(.binary(.multiply), [x, half])])
            },
            one("softmax", [10], scale: 1 / 256, zero: -128) { $0.add(.softmax(axis: -1), [$1]) },
            one("softmax of channels", [5, 6, 4], scale: 0.0041, zero: -120) { $0.add(.softmax(axis: 1), [$1]) },
        ]
    }

    private static var moves: [(name: String, network: Network)] {
        [
            one("transpose", [3, 4, 5], scale: 0.0313, zero: -20) { $0.add(.transpose(permutation: [0, 3, 1, 2]), [$1]) },
            one("pad", [3, 4, 5], scale: 0.0313, zero: -20) {
                $0.add(.pad(Padding(pads: [0, 0, 1, 2, 0, 0, 0, 1], value: 0)), [$1])
            },
            one("reshape and slice", [6, 4], scale: 0.0313, zero: -20) { example, x in
                let flat = example.add(.flatten(axis: 1), [x])
                return example.add(.slice(Slice(axes: [1], starts: [3], ends: [20], steps: [2])), [flat])
            },
        ]
    }
}

extension QuantizedExamples {
    /// Some layers, a residual sum, a pool and a Softmax at the end, as a seed draws them.
    static func chain(seed: UInt64) -> (name: String, network: Network) {
        var example = QuantizedExamples("chain \(seed)", [3, 10, 10], seed: seed)
        var value = example.coarse("x", scale: 0.02, zero: -7)
        var channels = 3
        for index in 0..<3 {
            let width = [8, 8, 12][index]
            let weights = example.weights([width, channels, 3, 3], channels: width, scale: 0.006 / Float(channels).squareRoot())
            let conv = example.add(.convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])), [value, weights, example.bias(width)])
            let next = example.coarse(example.add(.relu, [conv]), scale: 0.03, zero: 0, .uint8)
            value = index == 1 ? example.coarse(example.add(.add, [value, next]), scale: 0.04, zero: 0, .uint8) : next
            channels = width
        }
        value = example.coarse(example.add(.maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), [value]), scale: 0.03, zero: 0, .uint8)
        value = example.coarse(example.add(.globalAveragePool, [value]), scale: 0.02, zero: 0, .uint8)
        value = example.add(.flatten(axis: 1), [value])
        let dense = example.add(
            .gemm(Gemm(transposeB: true)), [value, example.weights([6, 12], channels: 6, scale: 0.003), example.bias(6)])
        value = example.add(.softmax(axis: -1), [example.coarse(dense, scale: 0.1, zero: 5)])
        return (example.network.name, example.ended(example.coarse(value, scale: 1 / 256, zero: 0, .uint8)))
    }
}
