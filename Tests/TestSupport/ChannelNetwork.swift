import Networks
import Tensors

/// Small seeded networks of every way in which architectures lead channels, for properties of groups of channels.
public struct ChannelNetwork {
    /// What there is.
    public enum Kind: String, CaseIterable, Sendable {
        case shuffleNetV2, shuffleNetV1, swin, visionTransformer, separateHeads, sequenceFirst, mobileNetV2, denseNet, efficientNet,
            residualA, residualB, grouped
        case groupNormalization, groupsByReshape, subPixels, tiles, gathered
    }

    var network: Network
    var generator: SeededGenerator
    private var counts: [String: Int] = [:]

    /// The same network for the same seed.
    public static func network(_ kind: Kind, seed: UInt64 = 1) -> Network {
        var maker = ChannelNetwork(kind, seed: seed)
        let value: String
        switch kind {
        case .shuffleNetV2: value = maker.shuffleNetV2()
        case .shuffleNetV1: value = maker.shuffleNetV1()
        case .swin: value = maker.swin()
        case .visionTransformer: value = maker.transformer { $0.fusedAttention($1, tokens: 5, width: 12, heads: 3) }
        case .separateHeads: value = maker.transformer { $0.separateAttention($1, tokens: 5, width: 12, heads: 3) }
        case .sequenceFirst: value = maker.transformer { $0.sequenceFirstAttention($1, tokens: 5, width: 12, heads: 3) }
        case .mobileNetV2: value = maker.mobileNetV2()
        case .denseNet: value = maker.denseNet()
        case .efficientNet: value = maker.efficientNet()
        case .residualA: value = maker.residual(padsShortcut: true)
        case .residualB: value = maker.residual(padsShortcut: false)
        case .grouped: value = maker.groupedResidual()
        case .groupNormalization: value = maker.groupNormalized(byReshape: false)
        case .groupsByReshape: value = maker.groupNormalized(byReshape: true)
        case .subPixels: value = maker.subPixels()
        case .tiles: value = maker.tiles()
        case .gathered: value = maker.gathered()
        }
        maker.network.output = value
        return maker.network
    }

    private init(_ kind: Kind, seed: UInt64) {
        network = Network(name: kind.rawValue, input: "x", inputShape: [3, 8, 8], output: "x", nodes: [], parameters: [:])
        generator = SeededGenerator(seed: seed)
    }
}

extension ChannelNetwork {
    /// A name that no other has.
    mutating func name(_ kind: String) -> String {
        counts[kind, default: 0] += 1
        return "\(kind)\(counts[kind, default: 0])"
    }

    mutating func add(_ operation: Networks.Operation, _ inputs: [String]) -> String {
        let name = name(operation.name)
        network.nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: ["v\(network.nodes.count)"]))
        return "v\(network.nodes.count - 1)"
    }

    mutating func parameter(_ name: String, _ role: Parameter.Role, _ shape: Shape, mean: Double = 0, deviation: Double) -> String {
        let floats = (0..<shape.count).map { _ in Float(mean + deviation * generator.normal()) }
        network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        return name
    }

    mutating func convolution(_ x: String, _ from: Int, _ to: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1) -> String {
        let name = name("conv")
        let depth = from / groups
        let deviation = 1.4 / Double(depth * kernel * kernel).squareRoot()
        let inputs = [
            x, parameter("\(name).weight", .weight, [to, depth, kernel, kernel], deviation: deviation),
            parameter("\(name).bias", .bias, [to], deviation: 0.2),
        ]
        let pad = kernel / 2
        return add(
            .convolution(Convolution(kernel: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad], groups: groups)),
            inputs)
    }

    mutating func normalized(_ x: String, _ width: Int) -> String {
        let name = name("bn")
        let scales = parameter("\(name).weight", .normalization, [width], mean: 1, deviation: 0.2)
        let others = ["bias", "running_mean"].map { parameter("\(name).\($0)", .normalization, [width], deviation: 0.2) }
        let variance = parameter("\(name).running_var", .normalization, [width], mean: 1, deviation: 0.05)
        return add(.batchNormalization(epsilon: 1e-5), [x, scales] + others + [variance])
    }

    mutating func relu(_ x: String) -> String { add(.relu, [x]) }

    /// relu(bn(conv(x))).
    mutating func block(_ x: String, _ from: Int, _ to: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1) -> String {
        relu(normalized(convolution(x, from, to, kernel: kernel, stride: stride, groups: groups), to))
    }

    mutating func sum(_ a: String, _ b: String) -> String { add(.add, [a, b]) }

    /// Rows times a matrix and a bias.
    mutating func linear(_ x: String, _ from: Int, _ to: Int) -> String {
        let name = name("fc")
        let weights = parameter("\(name).weight", .weight, [from, to], deviation: 1 / Double(from).squareRoot())
        return add(.add, [add(.matrixMultiplication, [x, weights]), parameter("\(name).bias", .bias, [to], deviation: 0.2)])
    }

    mutating func layerNormalized(_ x: String, _ width: Int) -> String {
        let name = name("ln")
        let scale = parameter("\(name).weight", .normalization, [width], mean: 1, deviation: 0.2)
        return add(
            .layerNormalization(axis: -1, epsilon: 1e-5), [x, scale, parameter("\(name).bias", .normalization, [width], deviation: 0.2)])
    }

    mutating func reshape(_ x: String, _ dimensions: [Int]) -> String { add(.reshape(dimensions: dimensions, allowZero: false), [x]) }

    mutating func transpose(_ x: String, _ permutation: [Int]) -> String { add(.transpose(permutation: permutation), [x]) }

    mutating func slice(_ x: String, axis: Int, _ range: Range<Int>) -> String {
        add(.slice(Slice(axes: [axis], starts: [range.lowerBound], ends: [range.upperBound], steps: [1])), [x])
    }

    /// Means of pixels, then a Gemm to 5 classes.
    mutating func classified(_ x: String, _ width: Int) -> String {
        let name = name("fc")
        let weights = parameter("\(name).weight", .weight, [5, width], deviation: 1 / Double(width).squareRoot())
        let rows = add(.flatten(axis: 1), [add(.globalAveragePool, [x])])
        return add(.gemm(Gemm(transposeB: true)), [rows, weights, parameter("\(name).bias", .bias, [5], deviation: 0.2)])
    }
}
