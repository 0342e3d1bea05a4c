import Networks
import Tensors

/// Networks that a seed draws: chains and branches of what networks are made of, valid and small, for properties of graphs and of their edits.
///
/// Weights are scaled by their fan-in, so that values keep the size of the inputs, which are meant to be standard normal.
public struct RandomNetwork {
    /// A value and its shape for one example.
    struct Value {
        var name: String
        var shape: Shape
    }

    var generator: SeededGenerator
    private var network: Network
    private var counts: [String: Int] = [:]

    /// The same network for the same seed.
    public static func network(seed: UInt64) -> Network {
        var maker = RandomNetwork(seed: seed)
        let input = Value(name: "x", shape: maker.network.inputShape)
        let rows = maker.rows(input)
        maker.end(maker.dense(rows, to: maker.draw(3...6), kind: "fc"))
        return maker.network
    }

    private init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let ranges = [[3...9], [2...4, 3...6], [1...4, 5...8, 5...8]][min(Int.random(in: 0..<10, using: &generator), 2)]
        let shape = Shape(ranges.map { Int.random(in: $0, using: &generator) })
        self.generator = generator
        network = Network(name: "random \(seed)", input: "x", inputShape: shape, output: "x", nodes: [], parameters: [:])
    }

    /// What stands before the last layer, as [K].
    private mutating func rows(_ input: Value) -> Value {
        var value = input
        switch input.shape.rank {
        case 3:
            for _ in 0..<draw(2...5) { value = block(value) }
            value = flattened(value)
        case 2:
            for _ in 0..<draw(1...3) { value = tokens(value) }
            value = add(.reduction(Reduction(function: .mean, axes: [1], keepsAxes: false)), [value])
        default: break
        }
        for _ in 0..<draw(0...2) { value = denseBlock(value) }
        return value
    }

    /// Names the output; behind the logits there may be a Softmax and what does nothing.
    private mutating func end(_ logits: Value) {
        var value = logits
        switch draw(0...5) {
        case 0: value = add(.softmax(axis: 1), [value])
        case 1: value = add(.logSoftmax(axis: -1), [value])
        case 2: value = add(.identity, [add(.softmax(axis: -1), [value])])
        case 3: value = add(.identity, [value])
        default: break
        }
        // Read by nobody.
        if toss() { _ = add(.unary(.tanh), [value]) }
        network.output = value.name
    }
}

extension RandomNetwork {
    mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func toss() -> Bool { Bool.random(using: &generator) }

    mutating func draw<Element>(of elements: [Element]) -> Element { elements[draw(0...elements.count - 1)] }

    /// A name that no other has: `conv`, `conv1`, …
    mutating func name(_ kind: String) -> String {
        let count = counts[kind, default: 0]
        counts[kind] = count + 1
        return count == 0 ? kind : "\(kind)\(count)"
    }

    /// Adds a node that reads values and then parameters. Precondition: they fit the operation.
    mutating func add(_ operation: Networks.Operation, _ values: [Value], _ parameters: [String] = []) -> Value {
        let name = name("v")
        let node = Node(
            name: self.name(operation.name), operation: operation, inputs: values.map(\.name) + parameters, outputs: [name])
        network.nodes.append(node)
        var shapes: [String: Shape] = [:]
        for value in values { shapes[value.name] = Shape([2] + value.shape.dimensions) }
        for parameter in parameters { shapes[parameter] = network.parameters[parameter]?.shape }
        guard let shape = try? node.outputShape(shapes, batch: 2) else { preconditionFailure("\(node) reads \(shapes)") }
        return Value(name: name, shape: Shape(Array(shape.dimensions.dropFirst())))
    }

    /// A parameter of normal values with this mean and deviation; those of a variance are positive.
    mutating func parameter(
        _ name: String, _ role: Parameter.Role, _ shape: Shape, mean: Double = 0, deviation: Double, isPositive: Bool = false
    ) -> String {
        let floats = (0..<shape.count).map { _ -> Float in
            let value = Float(mean + deviation * generator.normal())
            return isPositive ? abs(value) + 0.1 : value
        }
        network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        return name
    }

    /// Weights, by an exporter's name at times, and in half of the cases a bias of so many values.
    mutating func weights(_ kind: String, _ shape: Shape, fanIn: Int, biases: Int?) -> [String] {
        let name = name(kind)
        let isAnonymous = draw(0...4) == 0
        var names = [
            parameter(
                isAnonymous ? "onnx::\(name)_7" : "\(name).weight", .weight, shape, deviation: 1 / Double(max(fanIn, 1)).squareRoot())
        ]
        if let biases { names.append(parameter("\(name).bias", .bias, [biases], deviation: 0.3)) }
        return names
    }

    mutating func normalized(_ value: Value) -> Value {
        let (name, channels) = (name("bn"), Shape([value.shape[0]]))
        let names = [
            parameter("\(name).weight", .normalization, channels, mean: 1, deviation: 0.3),
            parameter("\(name).bias", .normalization, channels, deviation: 0.3),
            parameter("\(name).running_mean", .normalization, channels, deviation: 0.3),
            parameter("\(name).running_var", .normalization, channels, mean: 1, deviation: 0.4, isPositive: true),
        ]
        return add(.batchNormalization(epsilon: 1e-5), [value], names)
    }

    mutating func activated(_ value: Value) -> Value {
        let functions: [UnaryFunction] = [
            .leakyRelu(alpha: 0.1), .sigmoid, .tanh, .hardSwish, .clip(lower: 0, upper: 6), .gelu(isApproximate: false), .absolute,
        ]
        return add(toss() ? .relu : .unary(draw(of: functions)), [value])
    }

    /// In half of the cases each: a normalization, a function.
    mutating func finished(_ value: Value) -> Value {
        let value = toss() ? normalized(value) : value
        return toss() ? activated(value) : value
    }
}
