import Formats
import Networks
import Tensors
import TestSupport
import Testing

/// Random networks that are written and read back.
@Suite("Random networks as files")
struct RandomNetworkFileTests {
    static let seeds = Array(UInt64(1)...60)

    @Test("What is read is valid and gives the same logits, bit for bit, without a Softmax that nothing reads", arguments: seeds)
    func thereAndBack(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let back = try NetworkReader.read(NetworkWriter.data(of: network), path: "random.onnx")
        try back.check()
        let input = NetworkRun.input(of: network, batch: 3, seed: seed)
        #expect(try NetworkRun(back, input: input, batch: 3).logits == NetworkRun(network, input: input, batch: 3).logits)
        #expect(back.layers.map(\.weight) == network.layers.map(\.weight))
        #expect(back.layers.map(\.bias) == network.layers.map(\.bias))
        let logits = network.logits()
        let behind = Set(logits.behind.map { network.nodes[$0].name })
        let values = Set(logits.behind.flatMap { network.nodes[$0].outputs })
        let isRead = network.nodes.contains { !behind.contains($0.name) && $0.inputs.contains(where: values.contains) }
        #expect(back.nodes.count == network.nodes.count - (isRead ? 0 : behind.count))
        #expect(back.output == (isRead ? network.output : logits.value))
    }
}
