import Formats
import Networks
import Tensors
import TestSupport
import Testing

/// Random networks that are written and read back.
@Suite("Random networks as files")
struct RandomNetworkFileTests {
    static let seeds = Array(UInt64(1)...60)

    @Test(
        "What is read is valid and gives the same logits, bit for bit, without a Softmax at the end, which stays for others",
        arguments: seeds)
    func thereAndBack(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let back = try NetworkReader.read(NetworkWriter.data(of: network), path: "random.onnx")
        try back.check()
        let input = NetworkRun.input(of: network, batch: 3, seed: seed)
        #expect(try NetworkRun(back, input: input, batch: 3).logits == NetworkRun(network, input: input, batch: 3).logits)
        #expect(back.layers.map(\.weight) == network.layers.map(\.weight))
        #expect(back.layers.map(\.bias) == network.layers.map(\.bias))
        let logits = network.logits()
        // Of what stands behind the logits stays what something else reads.
        var gone = Set(logits.behind)
        for place in logits.behind.reversed() {
            let made = network.nodes[place].outputs
            let isRead = network.nodes.indices.contains { !gone.contains($0) && network.nodes[$0].inputs.contains(where: made.contains) }
            if isRead { gone.remove(place) }
        }
        #expect(back.nodes.count == network.nodes.count - gone.count && back.output == logits.value)
    }
}
