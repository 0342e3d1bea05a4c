import Networks
import Tensors
import TestSupport
import Testing

/// Each rule that a network may break, and the place that is named.
@Suite("Rules of networks")
struct CheckTests {
    private func parameter(_ name: String, _ role: Parameter.Role, _ shape: Shape) -> Parameter {
        Parameter(name: name, role: role, values: Tensor(shape: shape, floats: [Float](repeating: 1, count: shape.count)))
    }

    /// x [4] → Gemm with bias → Relu → Gemm.
    private var network: Network {
        var network = Network(
            name: "test", input: "x", inputShape: [4], output: "y",
            nodes: [
                Node(name: "a", operation: .gemm(Gemm()), inputs: ["x", "a.weight", "a.bias"], outputs: ["h"]),
                Node(name: "r", operation: .relu, inputs: ["h"], outputs: ["g"]),
                Node(name: "b", operation: .gemm(Gemm()), inputs: ["g", "b.weight"], outputs: ["y"]),
            ], parameters: [:])
        for (name, role, shape) in [("a.weight", .weight, [4, 5]), ("a.bias", .bias, [5]), ("b.weight", .weight, [5, 3])]
            as [(String, Parameter.Role, Shape)]
        {
            network.parameters[name] = parameter(name, role, shape)
        }
        return network
    }

    private func fault(_ change: (inout Network) -> Void) -> NetworkFault? {
        var network = network
        change(&network)
        do throws(NetworkFault) {
            try network.check()
            return nil
        } catch { return error }
    }

    @Test("A network that keeps all of them passes, one of names without a graph too")
    func passes() throws {
        #expect(fault { _ in } == nil)
        try Network(weights: ["w": Tensor(shape: [2, 2], floats: [1, 2, 3, 4])], name: "weights").check()
        for name in ["lenet-300-100", "lenet-5", "resnet-20", "firenet", "bnn-30"] { try Architecture(name: name).network(seed: 1).check() }
    }

    @Test("Names")
    func names() {
        #expect(fault { $0.nodes[1].name = "a" } == .nodeName("a"))
        #expect(fault { $0.nodes[1].outputs = ["h"] } == .valueName("h", node: "r"))
        #expect(fault { $0.nodes[0].outputs = ["x"] } == .valueName("x", node: "a"))
        #expect(fault { $0.nodes[2].outputs = ["a.bias"] } == .valueName("a.bias", node: "b"))
        #expect(fault { $0.parameters["a.bias"]?.name = "c" } == .parameterName("c", under: "a.bias"))
        #expect(fault { $0.input = "a.bias" } == .parameterName("a.bias", under: "a.bias"))
        #expect(fault { $0.folded = ["a.bias"] } == .folded("a.bias"))
        #expect(fault { $0.folded = ["a.weight"] } == nil)
    }

    @Test("Order, inputs and outputs")
    func order() {
        #expect(fault { $0.nodes.swapAt(0, 1) } == .unknownValue("h", node: "r"))
        #expect(fault { $0.nodes[1].inputs = ["g"] } == .unknownValue("g", node: "r"))
        #expect(fault { $0.nodes[0].inputs[0] = "z" } == .unknownValue("z", node: "a"))
        #expect(fault { $0.nodes[1].inputs.append("x") } == .inputCount(2, node: "r", allowed: 1...1))
        #expect(fault { $0.nodes[0].inputs.removeLast(2) } == .inputCount(1, node: "a", allowed: 2...3))
        #expect(fault { $0.nodes[2].inputs.append("") } == nil)
        #expect(fault { $0.nodes[1].inputs = [""] } == .missingInput(0, node: "r"))
        #expect(fault { $0.nodes[1].outputs = ["g", "h2"] } == .outputCount(2, node: "r"))
        #expect(fault { $0.nodes[1].outputs = [] } == .outputCount(0, node: "r"))
        #expect(fault { $0.output = "z" } == .output("z"))
        #expect(fault { $0.outputs.append(NetworkValue(name: "z")) } == .output("z"))
        #expect(fault { $0.outputs.append(NetworkValue(name: "g")) } == nil)
        #expect(fault { $0.inputs.append(NetworkValue(name: "x")) } == .inputName("x"))
        #expect(fault { $0.inputs.append(NetworkValue(name: "u", axes: nil)) } == nil)
    }

    @Test("Parameters and their roles")
    func roles() {
        #expect(fault { $0.parameters["c"] = self.parameter("c", .bias, [1]) } == .unreadParameter("c"))
        #expect(fault { $0.parameters["c"] = self.parameter("c", .other, [1]) } == nil)
        #expect(fault { $0.parameters["a.weight"]?.role = .other } == .role(.other, parameter: "a.weight", uses: [.weight]))
        #expect(fault { $0.parameters["a.bias"]?.role = .normalization } == .role(.normalization, parameter: "a.bias", uses: [.bias]))
        #expect(fault { $0.nodes[0].inputs.removeLast() } == .unreadParameter("a.bias"))
    }

    @Test("Shapes")
    func shapes() {
        let error = ShapeError(node: "b", operation: "Gemm", expected: "B [5, M]", actual: "[4×3]")
        #expect(fault { $0.parameters["b.weight"] = self.parameter("b.weight", .weight, [4, 3]) } == .shape(error))
    }

    @Test("Operators that can't be run may read what Pare leaves out, but not what is made later")
    func unsupported() {
        let unknown = Networks.Operation.unsupported(UnsupportedOperator(name: "Attention", reason: "unknown"))
        #expect(fault { $0.nodes[1] = Node(name: "r", operation: unknown, inputs: ["h", "table", ""], outputs: ["g", "", "g2"]) } == nil)
        #expect(
            fault { $0.nodes[1] = Node(name: "r", operation: unknown, inputs: ["h", "y"], outputs: ["g"]) }
                == .unknownValue("y", node: "r"))
    }

    @Test("A random network with one name of a read value changed is refused", arguments: RandomNetworkTests.seeds)
    func mutations(seed: UInt64) {
        var network = RandomNetwork.network(seed: seed)
        var generator = SeededGenerator(seed: seed)
        let node = Int.random(in: network.nodes.indices, using: &generator)
        let later = network.nodes[node...].flatMap(\.outputs).randomElement(using: &generator) ?? ""
        network.nodes[node].inputs[0] = later
        #expect(throws: NetworkFault.unknownValue(later, node: network.nodes[node].name)) { try network.check() }
    }
}
