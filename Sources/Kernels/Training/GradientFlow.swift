import Networks
import Tensors

/// Where the loss's gradient goes in a network: from its logits back through what passes it on, as far as something is trained.
struct GradientFlow {
    /// Mean and variance of normalizations, in the order of the network: training moves them, they have no gradient.
    let statistics: [String]
    /// The parameters that training changes by their gradient, in the order of the network.
    let trained: [String]
    /// The nodes whose gradient is needed, ascending.
    let nodes: [Int]

    /// Of the nodes `needed` for `output`, in their order.
    init(_ network: Network, _ needed: [Int], to output: String) {
        var (reached, statistics): (Set<String>, Set<String>) = ([output], [])
        var candidates: [Int] = []
        for index in needed.reversed() where network.nodes[index].outputs.first.map(reached.contains) == true {
            let node = network.nodes[index]
            candidates.append(index)
            reached.formUnion(node.inputs.enumerated().filter { node.operation.passesGradient(toInput: $0.offset) }.map(\.element))
        }
        for index in needed {
            if case .batchNormalization = network.nodes[index].operation { statistics.formUnion(network.nodes[index].inputs.dropFirst(3)) }
        }
        let names = network.trainedNames(of: needed).intersection(reached).subtracting(statistics)
        trained = network.parameters.keys.filter(names.contains)
        self.statistics = network.parameters.keys.filter(statistics.contains)
        var moving = names
        var nodes: [Int] = []
        for index in candidates.reversed() {
            let node = network.nodes[index]
            let isMoved = node.inputs.enumerated().contains {
                node.operation.passesGradient(toInput: $0.offset) && moving.contains($0.element)
            }
            guard isMoved else { continue }
            moving.formUnion(node.outputs.prefix(1))
            nodes.append(index)
        }
        self.nodes = nodes
    }
}

extension Operation {
    /// Whether the gradient of what it makes goes on to an input: not to conditions, places and codes of settings, and not through truth values and
    /// whole numbers.
    func passesGradient(toInput position: Int) -> Bool {
        switch self {
        case .select: position > 0
        case .lookup, .quantizeLinear, .dequantizeLinear: position == 0
        case .placement(.best(_, _, _, true)): false
        case .placement: position != 1
        case .binary(let function): !function.isRelation
        case .unary(.not), .unary(.isNaN), .extremePlace: false
        case .cast(let type): type.isFloat
        default: true
        }
    }
}

extension ElementType {
    /// Whether its numbers are rounded floats of at least 16 bits.
    var isFloat: Bool { [.float32, .float64, .float16, .bfloat16].contains(self) }
}

extension Network {
    /// The parameters that are trained where a gradient reaches them: weights, biases, normalizations and clips by their role, tables of embeddings,
    /// slopes of PRelu, and scales of normalizations that are written out. Masks and single numbers that are no bias of a layer stay, as all other constants do.
    fileprivate func trainedNames(of needed: [Int]) -> Set<String> {
        var names = Set<String>()
        for node in needed.map({ nodes[$0] }) {
            for (position, name) in node.inputs.enumerated() {
                guard let parameter = parameters[name] else { continue }
                switch node.operation {
                case .binary(.leaky) where position == 1: names.insert(name)
                case .lookup where position == 0: names.insert(name)
                case .binary(.multiply) where isNormalized(node.inputs[1 - position]) && parameter.count > 1: names.insert(name)
                case .binary(.add) where parameter.role == .bias:
                    if !isConstantAddend(parameter, of: node.inputs[1 - position]) { names.insert(name) }
                default: if parameter.role != .other { names.insert(name) }
                }
            }
        }
        return names
    }

    /// Whether a value is x / √… as a normalization that is written out makes it.
    private func isNormalized(_ value: String) -> Bool {
        guard let maker = index.maker(of: value), nodes[maker].operation == .binary(.divide),
            let root = index.maker(of: nodes[maker].inputs[1])
        else { return false }
        return nodes[root].operation == .unary(.squareRoot)
    }

    /// Whether what is added to a value is no bias: a mask of zeros and numbers that no softmax leaves anything of, or one number for values that no
    /// layer makes, as what keeps a root from 0.
    private func isConstantAddend(_ parameter: Parameter, of value: String) -> Bool {
        if parameter.values.withFloats({ $0.contains { $0 <= -100 } && $0.allSatisfy { $0 <= -100 || $0 == 0 } }) { return true }
        guard parameter.count == 1 else { return false }
        guard let maker = index.maker(of: value) else { return true }
        return !nodes[maker].inputs.contains { parameters[$0]?.role == .weight }
    }
}
