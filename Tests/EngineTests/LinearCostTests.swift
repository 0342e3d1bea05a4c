import Compression
import Engine
import Networks
import Tensors
import Testing

/// The cost of a network grows with its layers, and not with their square.
@Suite("Cost linear in layers")
struct LinearCostTests {
    /// x → (MatMul → Add → Relu) · count.
    static func chain(_ count: Int, name: String) -> Network {
        var network = Network(name: name, input: "x", inputShape: [4], output: "r\(count - 1)", nodes: [], parameters: [:])
        var value = "x"
        for index in 0..<count {
            let (weight, bias) = ("l\(index).weight", "l\(index).bias")
            network.parameters[weight] = Parameter(
                name: weight, role: .weight,
                values: Tensor(shape: [4, 4], floats: (0..<16).map { Float(($0 * 7 + index) % 11) / 10 - 0.5 }))
            network.parameters[bias] = Parameter(name: bias, role: .bias, values: Tensor(shape: [4], floats: [0.1, 0, -0.1, 0.2]))
            network.nodes += [
                Node(name: "m\(index)", operation: .matrixMultiplication, inputs: [value, weight], outputs: ["m\(index)"]),
                Node(name: "a\(index)", operation: .add, inputs: ["m\(index)", bias], outputs: ["a\(index)"]),
                Node(name: "n\(index)", operation: .relu, inputs: ["a\(index)"], outputs: ["r\(index)"]),
            ]
            value = "r\(index)"
        }
        return network
    }

    private func steps(_ count: Int, _ what: String, _ body: (Network) throws -> Void) rethrows -> WorkCount.Steps {
        let network = Self.chain(count, name: "\(what) \(count)")
        return try WorkCount.steps(of: network.name) { try body(network) }
    }

    @Test("Layers are found once, by a constant number of looks at each node")
    func layers() {
        let found = [100, 200, 400].map { count in
            steps(count, "layers") { network in
                for _ in 0..<3 { #expect(network.layers.count == count) }
                #expect(network.layer(ofBias: "l7.bias")?.weight == "l7.weight" && network.quantizedValue(of: "l7.weight") == "r7")
            }
        }
        #expect(found.map(\.lists) == [5, 5, 5])
        #expect(found[1].visits == 2 * found[0].visits && found[2].visits == 4 * found[0].visits)
    }

    @Test("An edit of the graph is seen")
    func edits() {
        var network = Self.chain(3, name: "edited")
        let copy = network
        #expect(network.layers.map(\.name) == ["l0", "l1", "l2"])
        network.nodes.removeLast(3)
        network.output = "r1"
        #expect(network.layers.map(\.name) == ["l0", "l1"] && copy.layers.count == 3)
        network.parameters["l0.bias"]?.role = .other
        #expect(network.layers[0].bias == nil && copy.layers[0].bias == "l0.bias")
        network.folded = ["l1.weight"]
        #expect(network.layers.map(\.isFolded) == [false, true])
    }

    @Test("Quantizing the activations of all layers looks at each node a few times")
    func quantizing() {
        let found = [100, 200].map { count in
            steps(count, "quantizing") { network in
                let settings = Dictionary(
                    uniqueKeysWithValues: network.layers.map { ($0.weight, ActivationQuantization.clipped(bits: 4, clip: .calibrated)) })
                let quantized = network.applying(.quantizeActivations(settings))
                #expect(quantized.nodes.count == 4 * count - 1)
            }
        }
        #expect(found[1].visits == 2 * found[0].visits && found[0].lists == found[1].lists)
    }

    @Test("A plan is made and measured with as many looks at the layers, whatever their number")
    func measuring() {
        let found = [40, 80, 160].map { count in
            steps(count, "measuring") { network in
                let run = EngineRun(network, .ready(GeneratedInputs.dataset(for: network, card: nil, count: 40)))
                #expect(run.settle(CompressionPlan(), generation: 1).accuracy?.isExact == true)
                let outcome = run.settle(
                    CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(pruning: Pruning(criterion: .level, amount: 0.5)))]),
                    generation: 2)
                #expect(outcome.layers.count == count && outcome.accuracy?.isExact == true)
            }
        }
        #expect(found[0].lists == found[1].lists && found[1].lists == found[2].lists)
        #expect(found[2].visits - found[1].visits == 2 * (found[1].visits - found[0].visits))
    }
}
