import Tensors

/// All weights drawn anew: what is left of a network is its shape, to be trained from scratch beside one that kept its weights (Liu and others, 2019).
///
/// Convolutions get He's normal weights, σ = √(2 / fan-in) (He 2015), and biases of 0; dense layers weights and biases uniform in ±1/√fan-in, as PyTorch's
/// start; normalizations scale 1, shift 0, mean 0 and variance 1. The same seed gives the same bits; of a fresh resnet-20 these are the bits of
/// ``Architecture/network(seed:)``. Refused where the start of a parameter is not known. Cost: O(parameters + nodes).
public struct DrawWeights: NetworkEdit {
    public var seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// A parameter whose start is not known, and the node that reads it.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var parameter: String
        public var node: String

        public init(parameter: String, node: String) { (self.parameter, self.node) = (parameter, node) }

        public var description: String {
            "no start is known for '\(parameter)', which node '\(node)' reads: only convolutions, dense layers and normalizations are drawn anew"
        }
    }

    public func apply(to network: inout Network, _ index: GraphIndex) throws(Failure) {
        var generator = SeededGenerator(seed: seed)
        for (name, parameter) in network.parameters {
            let start = try start(of: name, in: network, index)
            network.parameters[name] = Parameter(name: name, role: parameter.role, values: start.values(parameter.shape, &generator))
        }
    }

    private func start(of name: String, in network: Network, _ index: GraphIndex) throws(Failure) -> Start {
        if let layer = network.layer(of: name) {
            return layer.isConvolution ? .normal(deviation: (2 / layer.fanIn).squareRoot()) : .uniform(bound: 1 / layer.fanIn.squareRoot())
        }
        if let layer = network.layer(ofBias: name) {
            return layer.isConvolution ? .constant(0) : .uniform(bound: 1 / layer.fanIn.squareRoot())
        }
        guard let place = index.readers(of: name).first else { return .constant(0) }
        let node = network.nodes[place]
        guard let value = node.normalizationStart(of: name) else { throw Failure(parameter: name, node: node.name) }
        return .constant(value)
    }

    private enum Start {
        case constant(Float)
        case uniform(bound: Double)
        case normal(deviation: Double)

        func values(_ shape: Shape, _ generator: inout SeededGenerator) -> Tensor {
            Tensor(shape: shape) { values in
                for index in values.indices {
                    values[index] =
                        switch self {
                        case .constant(let value): value
                        case .uniform(let bound): Float((2 * generator.uniform() - 1) * bound)
                        case .normal(let deviation): Float(generator.normal() * deviation)
                        }
                }
            }
        }
    }
}

extension NetworkEdit where Self == DrawWeights {
    public static func drawWeights(seed: UInt64) -> Self { Self(seed: seed) }
}

extension Layer {
    /// How many products make one output.
    fileprivate var fanIn: Double { Double(isTransposed ? shape[0] : shape.rowCount) }
}

extension Node {
    /// What scale, shift, mean or variance start with; nil where the node is no normalization.
    fileprivate func normalizationStart(of parameter: String) -> Float? {
        switch operation {
        case .batchNormalization, .layerNormalization, .instanceNormalization, .groupNormalization:
            switch inputs.firstIndex(of: parameter) {
            case 1, 4: 1
            case 2, 3: 0
            default: nil
            }
        default: nil
        }
    }
}
