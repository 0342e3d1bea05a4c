import Tensors

/// What a training would compute is what an evaluation does: no batch has a say in it.
///
/// Normalizations that stand alone behind a layer are taken into it, the others become a 1 × 1 convolution channel by channel, x · scale / √(variance + ε)
/// and what is added; Dropout hands on what it reads. Normalizations of anything but images, and those whose numbers are computed, stay. Cost: O(parameters).
public struct EvaluationForm: NetworkEdit {
    public func apply(to network: inout Network, _ index: GraphIndex) {
        network = network.applying(.foldBatchNormalization)
        var names = TakenNames(valuesOf: network)
        let shapes = (try? network.shapes(batch: 1)) ?? [:]
        for place in network.nodes.indices {
            switch network.nodes[place].operation {
            case .dropout: network.nodes[place].operation = .identity
            case .batchNormalization(let epsilon): Self.still(&network, place, epsilon, shapes, &names)
            default: break
            }
        }
        let read = Set(network.nodes.flatMap(\.inputs))
        network.parameters = network.parameters.filter { $0.value.role != .normalization || read.contains($0.key) }
    }

    private static func still(
        _ network: inout Network, _ place: Int, _ epsilon: Float, _ shapes: [String: Shape], _ names: inout TakenNames
    ) {
        let node = network.nodes[place]
        let found = node.inputs.dropFirst().compactMap { network.parameters[$0]?.values.floats.map(Double.init) }
        guard found.count == 4, let shape = shapes[node.inputs[0]], shape.rank == 4 else { return }
        let factors = zip(found[0], found[3]).map { $0 / ($1 + Double(epsilon)).squareRoot() }
        let terms = factors.indices.map { Float(found[1][$0] - found[2][$0] * factors[$0]) }
        let (weight, bias) = (names.take(node.name + ".factor"), names.take(node.name + ".term"))
        let count = factors.count
        network.parameters[weight] = Parameter(
            name: weight, role: .weight, values: Tensor(shape: [count, 1, 1, 1], floats: factors.map { Float($0) }))
        network.parameters[bias] = Parameter(name: bias, role: .bias, values: Tensor(shape: [count], floats: terms))
        network.nodes[place].operation = .convolution(Convolution(kernel: [1, 1], groups: count))
        network.nodes[place].inputs = [node.inputs[0], weight, bias]
    }
}

extension NetworkEdit where Self == EvaluationForm {
    public static var evaluationForm: Self { Self() }
}
