import Networks
import Tensors

/// Small networks with seeded normal parameters, built node by node.
struct NetworkBuilder {
    private(set) var generator: SeededGenerator
    private var network: Network

    init(input: Shape, seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        network = Network(name: "test", input: "input", inputShape: input, output: "input", nodes: [], parameters: [:])
    }

    /// A parameter of standard normal values, moved by `offset` and made positive where asked for; gives its name.
    mutating func parameter(_ shape: Shape, role: Parameter.Role = .weight, positive: Bool = false) -> String {
        let name = "p\(network.parameters.count)"
        let floats = (0..<shape.count).map { _ in
            let value = Float(generator.normal())
            return positive ? abs(value) + 0.1 : value
        }
        network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        return name
    }

    /// A parameter of given values that training leaves alone; gives its name.
    mutating func constant(_ shape: Shape, _ floats: [Float], role: Parameter.Role = .other) -> String {
        let name = "p\(network.parameters.count)"
        network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        return name
    }

    /// The shape of a value for one example, without the axis of the examples; nil where the network so far is none.
    func shape(of value: String) -> Shape? {
        (try? network(output: value).shapes(batch: 2))?[value].map { Shape(Array($0.dimensions.dropFirst())) }
    }

    /// Adds a node and gives the name of what it makes.
    mutating func add(_ operation: Networks.Operation, _ inputs: String...) -> String { add(operation, inputs) }

    mutating func add(_ operation: Networks.Operation, _ inputs: [String]) -> String {
        let name = "v\(network.nodes.count)"
        network.nodes.append(Node(name: "n\(network.nodes.count)", operation: operation, inputs: inputs, outputs: [name]))
        return name
    }

    func network(output: String) -> Network {
        var network = network
        network.output = output
        return network
    }

    /// A whole number in `range`.
    mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func toss() -> Bool { Bool.random(using: &generator) }

    mutating func draw<Element>(of elements: [Element]) -> Element { elements[draw(0...elements.count - 1)] }
}

/// Caffe's LeNet-5 with small random weights: two convolutions with pooling, two dense layers.
func lenet(seed: UInt64 = 1, filters: (Int, Int) = (20, 50), units: Int = 500) -> Network {
    var builder = NetworkBuilder(input: [1, 28, 28], seed: seed)
    let pooling = Pooling(kernel: [2, 2], strides: [2, 2])
    let convolution = Convolution(kernel: [5, 5])
    var name = builder.add(
        .convolution(convolution), "input", builder.parameter([filters.0, 1, 5, 5]), builder.parameter([filters.0], role: .bias))
    name = builder.add(.maxPool(pooling), name)
    name = builder.add(
        .convolution(convolution), name, builder.parameter([filters.1, filters.0, 5, 5]),
        builder.parameter([filters.1], role: .bias))
    name = builder.add(.maxPool(pooling), name)
    name = builder.add(.reshape(dimensions: [-1, filters.1 * 16], allowZero: true), name)
    let gemm = Networks.Operation.gemm(Gemm(transposeB: true))
    name = builder.add(
        gemm, name, builder.parameter([units, filters.1 * 16]), builder.parameter([units], role: .bias))
    name = builder.add(.relu, name)
    name = builder.add(gemm, name, builder.parameter([10, units]), builder.parameter([10], role: .bias))
    return builder.network(output: name)
}
