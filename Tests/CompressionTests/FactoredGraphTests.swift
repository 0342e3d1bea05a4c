import Compression
import Networks
import Tensors
import TestSupport
import Testing

/// Networks whose layers are held as factors, against the same networks with dense weights, by the reference kernels.
@Suite("Applied: factored layers")
struct FactoredGraphTests {
    /// Strides, pads, dilations and groups that no random network has.
    private static let windows: [(Convolution, Shape)] = [
        (Convolution(kernel: [3, 3], strides: [2, 1], dilations: [2, 1], pads: [1, 2, 0, 1]), [6, 4, 3, 3]),
        (Convolution(kernel: [2, 5], strides: [1, 2], dilations: [1, 2], pads: [0, 3, 1, 2], groups: 2), [6, 2, 2, 5]),
        (Convolution(kernel: [3, 1], pads: [2, 0, 0, 0], groups: 4), [8, 1, 3, 1]),
    ]

    private static func network(_ window: Convolution, _ shape: Shape) -> Network {
        var generator = SeededGenerator(seed: 3)
        func parameter(_ name: String, _ role: Parameter.Role, _ shape: Shape) -> Parameter {
            let floats = (0..<shape.count).map { _ in Float(generator.normal()) }
            return Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        }
        let parameters = [parameter("c.weight", .weight, shape), parameter("c.bias", .bias, [shape[0]])]
        return Network(
            name: "n", input: "x", inputShape: [shape[1] * window.groups, 12, 13], output: "y",
            nodes: [Node(name: "c", operation: .convolution(window), inputs: ["x", "c.weight", "c.bias"], outputs: ["y"])],
            parameters: parameters.reduce(into: [:]) { $0[$1.name] = $1 })
    }

    /// The network with each layer as factors by one method, where it can be; nil where no layer is.
    private func applied(_ network: Network, _ rank: LowRank) throws -> Applied? {
        var layers: [CompressedLayer] = []
        for layer in network.layers {
            let plan = LayerPlan(weights: .factors(rank))
            guard (try? plan.validate(for: layer)) != nil, let weights = network.parameters[layer.weight]?.values else { continue }
            let made = try LayerCompressor.compress(
                layer: layer, weights: weights, bias: nil, distribution: WeightDistribution(weights), plan: plan, rule: .none)
            layers.append(try #require(made))
        }
        return layers.isEmpty ? nil : Applied(base: network, layers: layers, plan: CompressionPlan(), edits: GraphEdits())
    }

    @Test(
        "Factors of the largest ranks give the network's logits to 1e-5; those of others the logits of the weights that they are the product of",
        arguments: FactorMethod.allCases)
    func logits(method: FactorMethod) throws {
        var counts = (factored: 0, kept: 0)
        let random = (1...50 as ClosedRange<UInt64>).map { RandomNetwork.network(seed: $0) }.filter(\.unsupportedNodes.isEmpty)
        for (place, network) in (Self.windows.map(Self.network) + random).enumerated() {
            for amount in [LowRank.Amount.number(10_000), .number(2)] {
                guard let made = try applied(network, LowRank(amount, method: method)) else { continue }
                try made.network.check()
                counts.factored += made.layers.count
                counts.kept += network.layers.count - made.layers.count
                var dense = network
                if amount == .number(2) {
                    for layer in made.layers { dense.parameters[layer.layer.weight]?.values = layer.weights }
                }
                let input = NetworkRun.input(of: network, batch: 2, seed: UInt64(place))
                let (expected, found) = (
                    try NetworkRun(dense, input: input, batch: 2), try NetworkRun(made.network, input: input, batch: 2)
                )
                #expect(NetworkRun.difference(found.logits, expected.logits) < 1e-5, "\(method) network \(place) \(amount)")
            }
        }
        #expect(counts.factored > 40 && (method == .channel || counts.kept > 0))
    }
}
