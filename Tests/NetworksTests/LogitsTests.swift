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

    /// z → e^z / Σ e^z, its sums over `axes`.
    private func writtenOut(_ axes: [Int], keepsAxes: Bool, with last: Networks.Operation? = nil) -> Network {
        var network = network([])
        let sum = Networks.Operation.reduction(Reduction(function: .sum, axes: axes, keepsAxes: keepsAxes))
        network.nodes += [
            Node(name: "exp", operation: .unary(.exponential), inputs: ["h"], outputs: ["e"]),
            Node(name: "sum", operation: sum, inputs: ["e"], outputs: ["s"]),
        ]
        if let last { network.nodes.append(Node(name: "view", operation: last, inputs: ["s"], outputs: ["t"])) }
        network.nodes.append(Node(name: "div", operation: .binary(.divide), inputs: ["e", last == nil ? "s" : "t"], outputs: ["y"]))
        network.output = "y"
        return network
    }

    @Test("Exponentials by their sum over the classes are a Softmax too, by another sum they are none")
    func writtenOut() throws {
        for network in [
            writtenOut([1], keepsAxes: true), writtenOut([1], keepsAxes: false, with: .unsqueeze(axes: [1])),
            writtenOut([1], keepsAxes: false, with: .reshape(dimensions: [-1, 1], allowZero: false)),
        ] {
            let logits = network.logits(try network.shapes(batch: 2))
            #expect(logits.value == "h" && logits.behind == Array(1..<network.nodes.count))
            let measured = network.applying(.withoutFinalSoftmax(try network.shapes(batch: 2)))
            #expect(measured.output == "h" && measured.nodes.count == 1 && measured.finalSoftmax == "Softmax")
            #expect(measured.ended.nodes == network.nodes && measured.ended.output == "y")
        }
        for network in [writtenOut([0], keepsAxes: true), writtenOut([0, 1], keepsAxes: true)] {
            #expect(network.logits(try network.shapes(batch: 2)).value == "y")
        }
    }

    @Test("A Softmax that something else reads stays for it, and the logits are measured")
    func readByOthers() throws {
        var network = network([.softmax(axis: 1)])
        network.nodes.append(Node(name: "twice", operation: .add, inputs: ["y", "y"], outputs: ["more"]))
        network.outputs.append(NetworkValue(name: "more"))
        let measured = network.applying(.withoutFinalSoftmax(try network.shapes(batch: 2)))
        #expect(measured.output == "h" && measured.nodes == network.nodes && measured.ending == [network.nodes[1]])
        #expect(measured.ended.nodes == network.nodes && measured.ended.outputs == network.outputs)
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
