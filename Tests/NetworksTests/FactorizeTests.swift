import Networks
import Tensors
import TestSupport
import Testing

/// Layers that become two, on random networks and on those that can't.
@Suite("Edit: layers of a lower rank")
struct FactorizeTests {
    private func random(_ shape: Shape, _ generator: inout SeededGenerator) -> Tensor {
        Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(0.3 * generator.normal()) })
    }

    /// left · right, as a plain sum.
    private func product(_ left: Tensor, _ right: Tensor, rank: Int, shape: Shape) -> Tensor {
        let (a, b, rows) = (left.floats, right.floats, left.count / rank)
        let columns = right.count / rank
        return Tensor(
            shape: shape,
            floats: (0..<rows * columns).map { place in
                Float((0..<rank).reduce(0.0) { $0 + Double(a[place / columns * rank + $1]) * Double(b[$1 * columns + place % columns]) })
            })
    }

    @Test("On random networks two layers give the logits of the layer whose weights are their product")
    func logits() throws {
        var layers = 0
        for seed in 1...60 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var network = RandomNetwork.network(seed: seed)
            guard network.unsupportedNodes.isEmpty else { continue }
            let ranks = network.layers.filter(\.isFactorable).map { layer in
                (layer, Int.random(in: 1...max(1, min(layer.shape[0], layer.count / layer.shape[0])), using: &generator))
            }
            guard !ranks.isEmpty else { continue }
            layers += ranks.count
            var factored = network.applying(.factorize(Dictionary(uniqueKeysWithValues: ranks.map { ($0.0.weight, $0.1) })))
            for (layer, rank) in ranks {
                let (names, shapes) = (layer.factorNames, layer.factorShapes(rank: rank))
                let (left, right) = (random(shapes.left, &generator), random(shapes.right, &generator))
                #expect(factored.parameters[names.left]?.shape == shapes.left && factored.parameters[names.right]?.shape == shapes.right)
                factored.parameters[names.left]?.values = left
                factored.parameters[names.right]?.values = right
                network.parameters[layer.weight]?.values = product(left, right, rank: rank, shape: layer.shape)
                #expect(factored.parameters[layer.weight] == nil)
            }
            try factored.check()
            #expect(factored.nodes.count >= network.nodes.count + ranks.count)
            let input = NetworkRun.input(of: network, batch: 2, seed: seed)
            let (expected, found) = (try NetworkRun(network, input: input, batch: 2), try NetworkRun(factored, input: input, batch: 2))
            #expect(NetworkRun.difference(found.logits, expected.logits) < 1e-4, "seed \(seed)")
        }
        #expect(layers > 60)
    }

    @Test("Groups, weights that something else reads and names that are taken are left alone")
    func refusals() throws {
        var generator = SeededGenerator(seed: 1)
        func network(groups: Int, extra: [Parameter] = []) -> Network {
            let weights = Parameter(name: "c.weight", role: .weight, values: random([4, 4 / groups, 3, 3], &generator))
            let operation = Operation.convolution(Convolution(kernel: [3, 3], groups: groups))
            return Network(
                name: "n", input: "x", inputShape: [4, 5, 5], output: "y",
                nodes: [Node(name: "c", operation: operation, inputs: ["x", "c.weight"], outputs: ["y"])],
                parameters: ([weights] + extra).reduce(into: [:]) { $0[$1.name] = $1 })
        }
        let plain = network(groups: 1)
        #expect(plain.layers.map(\.isFactorable) == [true])
        let taken = Parameter(name: "c.left", role: .other, values: Tensor(shape: [1], floats: [0]))
        for refused in [network(groups: 2), network(groups: 4), network(groups: 1, extra: [taken])] {
            #expect(refused.layers.map(\.isFactorable) == [false])
            #expect(refused.applying(.factorize(["c.weight": 2])).nodes == refused.nodes)
        }
        #expect(plain.applying(.factorize([:])).nodes == plain.nodes && plain.applying(.factorize(["d.weight": 2])).nodes == plain.nodes)
    }
}
