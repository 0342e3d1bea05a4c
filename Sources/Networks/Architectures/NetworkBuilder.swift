import OrderedCollections
import Tensors

/// Makes a network node by node; each operation reads the value that the one before made.
///
/// Values and nodes get the names that PyTorch's exporter would give them: `linear`, `linear_1`, `node_linear_1`.
struct NetworkBuilder {
    private(set) var nodes: [Node] = []
    private(set) var parameters = OrderedDictionary<String, Parameter>()
    /// What the next operation reads.
    var value: String
    private var counts: [String: Int] = [:]
    private var generator: SeededGenerator

    /// How weights start. Biases are uniform in ±1/√fan-in with `.uniform`, else 0.
    enum Start {
        /// Uniform in ±1/√fan-in.
        case uniform
        /// Normal with σ = √(2 / fan-in).
        case he
        case normal(deviation: Double)
    }

    init(input: String, seed: UInt64) {
        value = input
        generator = SeededGenerator(seed: seed)
    }

    /// Adds a node that reads `inputs`, and makes its output the next value.
    mutating func add(_ operation: Operation, named kind: String, _ inputs: [String]) {
        let count = counts[kind, default: 0]
        counts[kind] = count + 1
        let output = count == 0 ? kind : "\(kind)_\(count)"
        nodes.append(Node(name: "node_\(output)", operation: operation, inputs: inputs, outputs: [output]))
        value = output
    }

    /// Renames what the last node makes.
    mutating func nameOutput(_ name: String) {
        guard !nodes.isEmpty else { return }
        nodes[nodes.count - 1].outputs = [name]
        value = name
    }

    mutating func addParameter(_ name: String, _ role: Parameter.Role, _ shape: Shape, repeating number: Float) {
        let values = Tensor(shape: shape) { $0.update(repeating: number) }
        parameters[name] = Parameter(name: name, role: role, values: values)
    }

    /// Weights `name.weight` and, unless `hasBias` is false, `name.bias` of `shape[0]` values.
    mutating func addWeights(_ name: String, _ shape: Shape, start: Start, hasBias: Bool) -> [String] {
        let bound = 1 / Double(shape.rowCount).squareRoot()
        let weights =
            switch start {
            case .uniform: uniform(shape, bound)
            case .he: normal(shape, (2 / Double(shape.rowCount)).squareRoot())
            case .normal(let deviation): normal(shape, deviation)
            }
        parameters["\(name).weight"] = Parameter(name: "\(name).weight", role: .weight, values: weights)
        guard hasBias else { return ["\(name).weight"] }
        let isUniform = if case .uniform = start { true } else { false }
        let bias = uniform([shape[0]], isUniform ? bound : 0)
        parameters["\(name).bias"] = Parameter(name: "\(name).bias", role: .bias, values: bias)
        return ["\(name).weight", "\(name).bias"]
    }

    private mutating func uniform(_ shape: Shape, _ bound: Double) -> Tensor {
        Tensor(shape: shape) { values in
            for index in values.indices { values[index] = bound == 0 ? 0 : Float((2 * generator.uniform() - 1) * bound) }
        }
    }

    private mutating func normal(_ shape: Shape, _ deviation: Double) -> Tensor {
        Tensor(shape: shape) { values in
            for index in values.indices { values[index] = Float(generator.normal() * deviation) }
        }
    }
}
