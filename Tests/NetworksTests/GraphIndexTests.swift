import Networks
import TestSupport
import Testing

/// Who makes and who reads values.
@Suite("Index of a graph")
struct GraphIndexTests {
    @Test("Makers, readers and counts are those that a look at all nodes finds", arguments: RandomNetworkTests.seeds)
    func all(seed: UInt64) {
        let network = RandomNetwork.network(seed: seed)
        let index = network.index
        for name in network.nodes.flatMap({ $0.inputs + $0.outputs }) + [network.output, "nothing"] {
            #expect(index.maker(of: name) == network.nodes.firstIndex { $0.outputs.contains(name) })
            #expect(index.readers(of: name) == network.nodes.indices.filter { network.nodes[$0].inputs.contains(name) })
            let count = network.nodes.reduce(0) { $0 + $1.inputs.count { $0 == name } } + (network.output == name ? 1 : 0)
            #expect(index.readCount(of: name) == count)
        }
    }

    @Test("An edit of the graph is seen, and a copy keeps its own")
    func edits() {
        var network = RandomNetwork.network(seed: 1)
        let (copy, first) = (network, network.nodes[0])
        #expect(network.index.maker(of: first.outputs[0]) == 0)
        network.nodes.insert(Node(name: "new", operation: .identity, inputs: [network.input], outputs: ["new"]), at: 0)
        #expect(network.index.maker(of: first.outputs[0]) == 1 && network.index.maker(of: "new") == 0)
        #expect(copy.index.maker(of: first.outputs[0]) == 0 && copy.index.maker(of: "new") == nil)
        network.output = "new"
        #expect(network.index.readCount(of: "new") == 1 && copy.index.readCount(of: "new") == 0)
    }

    @Test("What a value needs is all that comes before it", arguments: RandomNetworkTests.seeds)
    func needed(seed: UInt64) {
        let network = RandomNetwork.network(seed: seed)
        for value in network.nodes.flatMap(\.outputs) {
            var wanted: Set = [value]
            for node in network.nodes.reversed() where wanted.contains(node.outputs[0]) { wanted.formUnion(node.inputs) }
            #expect(network.nodesNeeded(for: value) == network.nodes.indices.filter { wanted.contains(network.nodes[$0].outputs[0]) })
        }
        #expect(network.nodesNeeded(for: network.input).isEmpty)
    }
}
