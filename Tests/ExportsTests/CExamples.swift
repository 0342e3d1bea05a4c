import Networks
import Tensors

/// Networks of one operator each, or of few, as small devices run them.
enum CExamples {
    /// x, y and nothing between.
    static func network(_ name: String, _ input: Shape) -> Network {
        Network(name: name, input: "x", inputShape: input, output: "y", nodes: [], parameters: [:])
    }

    /// A network of one node, which reads x and parameters of these shapes.
    static func one(
        _ name: String, _ input: Shape, _ operation: Networks.Operation, _ shapes: [Shape] = [], isPositive: Bool = false
    ) -> (name: String, network: Network) {
        var network = network(name, input)
        var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
        var names = ["x"]
        for (index, shape) in shapes.enumerated() {
            let parameter = "p\(index)"
            let values = (0..<shape.count).map { _ -> Float in
                let value = Float(generator.normal())
                return isPositive ? abs(value) + 0.2 : value
            }
            let role = operation.role(ofInput: index + 1)
            network.parameters[parameter] = Parameter(name: parameter, role: role, values: Tensor(shape: shape, floats: values))
            names.append(parameter)
        }
        network.nodes = [Node(name: "n", operation: operation, inputs: names, outputs: ["y"])]
        return (name, network)
    }

    static var dense: Network { one("dense", [6], .gemm(Gemm(transposeB: true)), [[4, 6], [4]]).network }

    static var all: [(name: String, network: Network)] {
        layers + windows + functions + pairs + rows + moves + joined + recurrences + [lookup]
    }

    /// Rows that the values name, cut toward 0.
    private static var lookup: (name: String, network: Network) {
        var (name, network) = one("rows of a table", [5], .lookup, [[16, 3]])
        network.nodes[0].inputs = ["p0", "x"]
        return (name, network)
    }

    private static var layers: [(name: String, network: Network)] {
        [
            one("gemm", [6], .gemm(Gemm(transposeB: true)), [[4, 6], [4]]), one("gemm by input", [6], .gemm(Gemm()), [[6, 4], [4]]),
            one("matmul of tokens", [3, 6], .matrixMultiplication, [[6, 4]]),
            one(
                "conv 1-D", [3, 11], .convolution(Convolution(kernel: [4], strides: [2], dilations: [2], pads: [3, 1])), [[5, 3, 4], [5]]),
            one(
                "conv 1-D by channel", [4, 9],
                .convolution(Convolution(kernel: [3], strides: [1], dilations: [1], pads: [1, 1], groups: 4)), [[4, 1, 3]]),
            one(
                "conv 2-D", [2, 7, 6],
                .convolution(Convolution(kernel: [3, 2], strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 1], groups: 2)),
                [[4, 1, 3, 2], [4]]),
            one(
                "transposed 2-D", [4, 3, 5],
                .transposedConvolution(
                    TransposedConvolution(
                        window: Convolution(kernel: [3, 2], strides: [2, 2], pads: [1, 0, 0, 1], groups: 2), outputPads: [1, 0])),
                [[4, 3, 3, 2], [6]]),
            one(
                "transposed 1-D", [3, 5],
                .transposedConvolution(
                    TransposedConvolution(window: Convolution(kernel: [4], strides: [2], dilations: [1], pads: [1, 1]), outputPads: [0])),
                [[3, 2, 4]]),
        ]
    }

    private static var windows: [(name: String, network: Network)] {
        let partial = Pooling(kernel: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1])
        let padded = Pooling(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceilMode: true, countIncludesPadding: true)
        func line(_ counts: Bool) -> Pooling {
            Pooling(kernel: [3], strides: [2], pads: [1, 1], dilations: [1], ceilMode: true, countIncludesPadding: counts)
        }
        return [
            one("max", [3, 6, 7], .maxPool(partial)), one("max 1-D", [3, 10], .maxPool(line(false))),
            one("mean", [3, 6, 7], .averagePool(partial)),
            one("mean with padding", [3, 6, 7], .averagePool(padded)), one("mean 1-D", [3, 10], .averagePool(line(false))),
            one("mean 1-D with padding", [3, 10], .averagePool(line(true))), one("global mean", [3, 4, 5], .globalAveragePool),
            one("global mean 1-D", [3, 9], .globalAveragePool), one("global maximum", [3, 4, 5], .globalMaxPool),
            one("mean of positions", [5, 4], .reduction(Reduction(function: .mean, axes: [1], keepsAxes: false))),
            one("mean of pixels", [3, 5, 4], .reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: true))),
            one("sum", [3, 5, 4], .reduction(Reduction(function: .sum, axes: [1], keepsAxes: true))),
            one("largest", [3, 5, 4], .reduction(Reduction(function: .maximum, axes: [3], keepsAxes: false))),
            one("smallest", [3, 5, 4], .reduction(Reduction(function: .minimum, axes: [1, 2], keepsAxes: false))),
        ]
    }

    private static var functions: [(name: String, network: Network)] {
        let all: [UnaryFunction] = [
            .relu, .leakyRelu(alpha: 0.1), .elu(alpha: 0.7), .selu(alpha: 1.67, gamma: 1.05), .celu(alpha: 0.5),
            .thresholdedRelu(alpha: 0.4),
            .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish, .swish(alpha: 1), .gelu(isApproximate: false), .gelu(isApproximate: true),
            .mish,
            .clip(lower: 0, upper: 0.6), .clip(lower: -.infinity, upper: 0.3), .sigmoid, .tanh, .softplus, .softsign, .exponential,
            .errorFunction, .absolute, .negative, .floor, .ceiling, .roundedToEven,
        ]
        let positive = one("positive", [40], .unary(.absolute)).network
        return all.map { one("\($0)", [40], .unary($0)) }
            + [one("sign", [40], .activation(.sign))] + [2, 3, 0.5, 1.7].map { power(of: positive, Float($0)) }
            + [UnaryFunction.logarithm, .squareRoot, .reciprocal].map { function in
                var network = positive
                network.nodes[0].outputs = ["h"]
                network.nodes += [
                    Node(name: "o", operation: .unary(.softplus), inputs: ["h"], outputs: ["i"]),
                    Node(name: "f", operation: .unary(function), inputs: ["i"], outputs: ["y"]),
                ]
                return ("\(function)", network)
            }
    }

    private static func power(of network: Network, _ exponent: Float) -> (name: String, network: Network) {
        var network = network
        network.nodes[0].outputs = ["h"]
        network.parameters["e"] = Parameter(name: "e", role: .other, values: Tensor(shape: [1], floats: [exponent]))
        network.nodes.append(Node(name: "p", operation: .binary(.power), inputs: ["h", "e"], outputs: ["y"]))
        return ("to the \(exponent)", network)
    }

    private static var pairs: [(name: String, network: Network)] {
        [
            one("bias", [3, 4, 5], .add, [[3, 1, 1]]), one("less a row", [3, 4, 5], .binary(.subtract), [[5]]),
            one("times a scalar", [3, 4, 5], .binary(.multiply), [[1]]),
            one("over an element", [3, 4], .binary(.divide), [[3, 4]], isPositive: true),
            one("slopes", [3, 4, 5], .binary(.leaky), [[3, 1, 1]]), one("wider", [3, 1, 5], .add, [[1, 3, 4, 1]]),
            one("maximum", [3, 4], .variadic(.maximum), [[4], [3, 4]].prefix(1).map { $0 }),
            one("minimum", [3, 4], .variadic(.minimum), [[3, 1]]),
        ]
    }

    private static var rows: [(name: String, network: Network)] {
        [
            one("softmax", [9], .softmax(axis: -1)), one("softmax of channels", [4, 3, 2], .softmax(axis: 1)),
            one("log softmax", [9], .logSoftmax(axis: 1)),
            one("batch", [3, 4, 5], .batchNormalization(epsilon: 1e-3), [[3], [3], [3], [3]], isPositive: true),
            one("batch of rows", [6], .batchNormalization(epsilon: 1e-3), [[6], [6], [6], [6]], isPositive: true),
            one("layer", [5, 8], .layerNormalization(axis: -1, epsilon: 1e-5), [[8], [8]]),
            one("layer without shift", [3, 8], .layerNormalization(axis: 1, epsilon: 1e-5), [[3, 8]]),
            one("instance", [3, 4, 5], .instanceNormalization(epsilon: 1e-5), [[3], [3]]),
            one("group", [6, 4], .groupNormalization(groups: 3, epsilon: 1e-5), [[6], [6]]),
        ]
    }

    private static var moves: [(name: String, network: Network)] {
        [
            one("transpose", [3, 4, 5], .transpose(permutation: [0, 3, 1, 2])),
            one("pad", [2, 3, 4], .pad(Padding(pads: [0, 0, 1, 2, 0, 1, 0, 1], value: 0.5))),
            one("reflect", [2, 5], .pad(Padding(pads: [0, 0, 2, 0, 0, 1], mode: .reflect))),
            one("slice", [6, 7], .slice(Slice(axes: [1, 2], starts: [1, -1], ends: [5, -8], steps: [2, -1]))),
            one("gather", [6, 4], .gather(Gather(axis: 1, indices: [5, 0, 0], shape: [3]))),
            one("tile", [2, 3], .tile(repeats: [1, 2, 2])),
            one("expand", [2, 1], .expand(dimensions: [-1, 2, 3])),
            one("depth to space", [8, 2, 3], .depthToSpace(block: 2, columnsFirst: false)),
            one("space to depth", [2, 4, 6], .spaceToDepth(block: 2)),
            one("flatten", [2, 3], .flatten(axis: 1)), one("reshape", [2, 6], .reshape(dimensions: [0, 4, 3], allowZero: false)),
        ]
    }

    /// Several values at once.
    private static var joined: [(name: String, network: Network)] {
        func network(_ name: String, _ nodes: [Node]) -> (name: String, network: Network) {
            var network = self.network(name, [4, 3, 3])
            network.nodes = nodes
            return (name, network)
        }
        func node(_ name: String, _ operation: Networks.Operation, _ inputs: [String], _ output: String) -> Node {
            Node(name: name, operation: operation, inputs: inputs, outputs: [output])
        }
        let squeeze = node("g", .globalAveragePool, ["a"], "g")
        let (tanh, relu) = (node("t", .unary(.tanh), ["x"], "a"), node("r", .relu, ["x"], "b"))
        return [
            network("concat", [tanh, relu, node("c", .concatenation(axis: 1), ["a", "x", "b"], "y")]),
            network("concat of columns", [tanh, node("c", .concatenation(axis: -1), ["a", "x"], "y")]),
            network(
                "scaled channels",
                [tanh, squeeze, node("s", .unary(.sigmoid), ["g"], "s"), node("m", .binary(.multiply), ["s", "a"], "y")]),
            network("residual", [tanh, node("m", .binary(.multiply), ["a", "a"], "s"), node("p", .add, ["s", "x"], "y")]),
            network("sum of three", [tanh, relu, node("s", .variadic(.sum), ["a", "b", "a"], "y")]),
            network("product", [tanh, relu, node("m", .matrixMultiplication, ["a", "b"], "y")]),
            network(
                "normalized by itself",
                [tanh, squeeze, node("d", .binary(.subtract), ["a", "g"], "d"), node("q", .binary(.multiply), ["d", "a"], "y")]),
        ]
    }

    /// Each kind of cell in each direction, with biases and first states and without, behind the pre-activations of all steps.
    private static var recurrences: [(name: String, network: Network)] {
        let cells: [Recurrence.Cell] = [.lstm, .gru(resetsAfter: false), .gru(resetsAfter: true), .rnn(.tanh), .rnn(.relu)]
        let directions: [Recurrence.Direction] = [.forward, .reverse, .bidirectional]
        return cells.enumerated().flatMap { place, cell in
            directions.enumerated().map { turn, direction in
                let result: [Recurrence.Result] = [.sequence, .hidden, .all]
                return recurrent(
                    Recurrence(
                        cell, direction: direction, hidden: 3, steps: 6, lengths: (place + turn) % 3 == 0 ? [4] : [],
                        result: result[(place + turn) % 3], hasBias: (place + turn) % 2 == 0, hasFirstHidden: turn != 0,
                        hasFirstCells: turn != 0 && cell == .lstm))
            }
        }
    }

    private static func recurrent(_ recurrence: Recurrence) -> (name: String, network: Network) {
        let (width, states) = (recurrence.directions * recurrence.gates * recurrence.hidden, recurrence.hidden)
        var shapes: [Shape] = [[width, states]]
        if recurrence.hasBias { shapes.append([recurrence.directions, 2 * recurrence.gates * states]) }
        var (name, network) = one("\(recurrence)", [recurrence.steps, width], .recurrence(recurrence), shapes)
        let reshape = Networks.Operation.reshape(dimensions: [-1, width], allowZero: false)
        network.nodes[0].inputs[0] = "rows"
        network.nodes.insert(Node(name: "r", operation: reshape, inputs: ["x"], outputs: ["rows"]), at: 0)
        // First states are some of the examples' values.
        for place in [recurrence.firstHiddenPlace, recurrence.firstCellsPlace].compactMap({ $0 }) {
            let slice = Slice(axes: [1, 2], starts: [place, 0], ends: [place + recurrence.directions, states], steps: [1, 1])
            network.nodes.insert(Node(name: "s\(place)", operation: .slice(slice), inputs: ["x"], outputs: ["s\(place)"]), at: 0)
            let turned = Node(
                name: "t\(place)", operation: .transpose(permutation: [1, 0, 2]), inputs: ["s\(place)"], outputs: ["t\(place)"])
            network.nodes.insert(turned, at: 1)
            network.nodes[network.nodes.count - 1].inputs.append("t\(place)")
        }
        if recurrence.result == .all {
            network.nodes[network.nodes.count - 1].outputs = ["all"]
            let part = RecurrencePart(recurrence.hasCells ? .cells : .hidden, steps: recurrence.steps)
            network.nodes.append(Node(name: "p", operation: .recurrencePart(part), inputs: ["all"], outputs: ["y"]))
            name += ", a part"
        }
        return (name, network)
    }
}
