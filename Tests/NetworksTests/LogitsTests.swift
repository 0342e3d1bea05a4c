import Networks
import Tensors
import Testing

/// Where a network's logits are.
@Suite("Logits of a network")
struct LogitsTests {
    /// x → h, then the operations given, the last one makes y.
    private func network(_ operations: [Networks.Operation], input: Shape = [4]) -> Network {
        var network = Network(
            name: "test", input: "x", inputShape: input, output: "y",
            nodes: [Node(name: "relu", operation: .relu, inputs: ["x"], outputs: ["h"])], parameters: [:])
        var name = "h"
        for (index, operation) in operations.enumerated() {
            let made = index + 1 == operations.count ? "y" : "v\(index)"
            network.nodes.append(Node(name: "n\(index)", operation: operation, inputs: [name], outputs: [made]))
            name = made
        }
        if operations.isEmpty { network.output = "h" }
        return network
    }

    @Test("A Softmax or LogSoftmax over the classes at the end stands behind them, an Identity or Dropout after it too")
    func behindTheLogits() throws {
        for softmax in [Networks.Operation.softmax(axis: 1), .logSoftmax(axis: 1), .softmax(axis: -1), .logSoftmax(axis: -1)] {
            for tail in [[], [.identity], [.dropout(ratio: 0.5), .identity]] as [[Networks.Operation]] {
                let network = network([softmax] + tail)
                let (plain, shaped) = (network.logits(), network.logits(try network.shapes(batch: 2)))
                #expect(plain.value == "h" && plain.behind == Array(1...(tail.count + 1)) && shaped == plain)
            }
        }
    }

    @Test("Elsewhere, and over another axis or rank, the output holds the logits")
    func atTheOutput() throws {
        let cases: [Network] = [
            network([]), network([.identity]), network([.softmax(axis: 1), .relu]), network([.logSoftmax(axis: 1), .relu]),
            network([.softmax(axis: 2)], input: [3, 4]), network([.logSoftmax(axis: 2)], input: [3, 4]),
        ]
        for network in cases { #expect(network.logits().value == network.output && network.logits().behind.isEmpty) }
        let maps = network([.logSoftmax(axis: 1)], input: [3, 4])
        #expect(maps.logits(try maps.shapes(batch: 2)).value == "y")
    }

    @Test("The layer that gives the logits is not quantized, whatever only hands them on")
    func givesLogits() {
        let tails: [[Networks.Operation]] = [
            [.softmax(axis: 1)], [.logSoftmax(axis: 1)], [.identity], [.flatten(axis: 1)], [.dropout(ratio: 0.5), .flatten(axis: 1)],
            [.reshape(dimensions: [0, -1], allowZero: false), .softmax(axis: 1), .identity],
        ]
        for tail in tails {
            var network = network([.gemm(Gemm())] + tail)
            network.nodes[1].inputs = ["h", "fc.weight"]
            network.parameters["fc.weight"] = Parameter(
                name: "fc.weight", role: .weight, values: Tensor(shape: [4, 3], floats: [Float](repeating: 1, count: 12)))
            #expect(network.quantizedValue(of: "fc.weight") == nil && network.layers[0].givesLogits)
            #expect(network.applying(.quantizeActivations(["fc.weight": .clipped(bits: 2, clip: .learned)])).nodes == network.nodes)
        }
    }
}
