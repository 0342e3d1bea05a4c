import Networks
import Tensors
import TestSupport
import Testing

/// Layers that become several, on random networks and on those that can't.
@Suite("Edit: layers of a lower rank")
struct FactorizeTests {
    private func random(_ shape: Shape, _ generator: inout SeededGenerator) -> Tensor {
        Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(0.3 * generator.normal()) })
    }

    @Test("On random networks the parts give the logits of the layer whose weights are their product")
    func logits() throws {
        var counts: [FactorMethod: Int] = [:]
        var groups = 0
        for seed in 1...80 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var network = RandomNetwork.network(seed: seed)
            guard network.unsupportedNodes.isEmpty else { continue }
            let made = network.layers.filter(\.isFactorable).compactMap { layer in
                layer.geometry.factorization(&generator).map { (layer, $0) }
            }
            guard !made.isEmpty else { continue }
            var factored = network.applying(.factorize(Dictionary(uniqueKeysWithValues: made.map { ($0.0.weight, $0.1) })))
            for (layer, factorization) in made {
                counts[factorization.method, default: 0] += 1
                if layer.groups > 1 { groups += 1 }
                let parts = factorization.parts(of: layer.geometry).map { ($0, random($0.shape, &generator)) }
                for (part, values) in parts {
                    #expect(factored.parameters[layer.name(of: part.side)]?.shape == part.shape)
                    factored.parameters[layer.name(of: part.side)]?.values = values
                }
                let product = factorization.product(parts.map(\.1.floats), of: layer.geometry)
                network.parameters[layer.weight]?.values = Tensor(shape: layer.shape, floats: product)
                #expect(factored.parameters[layer.weight] == nil)
            }
            try factored.check()
            let added = made.reduce(0) { $0 + $1.1.parts(of: $1.0.geometry).count - 1 }
            #expect(factored.nodes.count >= network.nodes.count + added)
            let input = NetworkRun.input(of: network, batch: 2, seed: seed)
            let (expected, found) = (try NetworkRun(network, input: input, batch: 2), try NetworkRun(factored, input: input, batch: 2))
            #expect(NetworkRun.difference(found.logits, expected.logits) < 1e-4, "seed \(seed)")
        }
        #expect(FactorMethod.allCases.allSatisfy { counts[$0, default: 0] > 20 } && groups > 5, "\(counts) \(groups)")
    }

    private func network(_ window: Convolution, shape: Shape, input: Shape, extra: [Parameter] = []) -> Network {
        var generator = SeededGenerator(seed: 1)
        let weights = Parameter(name: "c.weight", role: .weight, values: random(shape, &generator))
        return Network(
            name: "n", input: "x", inputShape: input, output: "y",
            nodes: [Node(name: "c", operation: .convolution(window), inputs: ["x", "c.weight"], outputs: ["y"])],
            parameters: ([weights] + extra).reduce(into: [:]) { $0[$1.name] = $1 })
    }

    @Test("Strides, dilations and pads go with their axis; multiply-adds are those of the graph")
    func windows() throws {
        let window = Convolution(kernel: [3, 5], strides: [2, 3], dilations: [2, 1], pads: [1, 2, 3, 4], groups: 2)
        let network = network(window, shape: [6, 4, 3, 5], input: [8, 20, 30])
        let layer = network.layers[0]
        func windows(_ method: FactorMethod, _ ranks: [Int]) throws -> [Convolution] {
            let factorization = Factorization(method, ranks: ranks, of: layer.geometry)
            let factored = network.applying(.factorize(["c.weight": factorization]))
            let shapes = try factored.shapes(batch: 1)
            let pixels = try #require(shapes["y"]).dimensions.dropFirst(2).reduce(1, *)
            if method == .channel {
                #expect(try factored.multiplyAdds().reduce(0, +) == layer.multiplyAdds(factorization) * pixels)
            }
            return factored.nodes.compactMap { if case .convolution(let window) = $0.operation { window } else { nil } }
        }
        let point = Convolution(kernel: [1, 1], groups: 2)
        #expect(try windows(.channel, [2]) == [window, point])
        #expect(try windows(.tucker, [2, 3]) == [point, window, point])
        #expect(
            try windows(.spatial, [2]) == [
                Convolution(kernel: [3, 1], strides: [2, 1], dilations: [2, 1], pads: [1, 0, 3, 0], groups: 2),
                Convolution(kernel: [1, 5], strides: [1, 3], dilations: [1, 1], pads: [0, 2, 0, 4], groups: 2),
            ])
    }

    @Test("Multiply-adds of a convolution that keeps strides times its outputs are those of the graph", arguments: FactorMethod.allCases)
    func multiplyAdds(method: FactorMethod) throws {
        for strides in [[1, 1], [2, 2], [2, 1]] {
            let window = Convolution(kernel: [3, 3], strides: strides, pads: [1, 1, 1, 1], groups: 2)
            let network = network(window, shape: [6, 4, 3, 3], input: [8, 12, 12])
            let layer = network.layers[0]
            let factorization = Factorization(method, ranks: [2, 3], of: layer.geometry)
            let factored = network.applying(.factorize(["c.weight": factorization]))
            let pixels = 12 / strides[0] * (12 / strides[1])
            #expect(try factored.multiplyAdds().reduce(0, +) == layer.multiplyAdds(factorization) * pixels)
        }
    }

    @Test("Weights that something else reads, methods that don't fit and names that are taken are left alone")
    func refusals() throws {
        func network(groups: Int, extra: [Parameter] = []) -> Network {
            self.network(Convolution(kernel: [3, 3], groups: groups), shape: [4, 4 / groups, 3, 3], input: [4, 5, 5], extra: extra)
        }
        let plain = network(groups: 1)
        let made = Factorization(.channel, ranks: [2], of: plain.layers[0].geometry)
        #expect(plain.layers.map(\.isFactorable) == [true] && network(groups: 2).layers.map(\.isFactorable) == [true])
        let taken = Parameter(name: "c.left", role: .other, values: Tensor(shape: [1], floats: [0]))
        let named = network(groups: 1, extra: [taken])
        #expect(named.layers.map(\.isFactorable) == [false])
        for refused in [network(groups: 4), named] {
            #expect(refused.applying(.factorize(["c.weight": made])).nodes == refused.nodes)
        }
        #expect(plain.applying(.factorize([:])).nodes == plain.nodes && plain.applying(.factorize(["d.weight": made])).nodes == plain.nodes)
    }
}
