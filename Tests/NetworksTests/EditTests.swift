import Networks
import Tensors
import TestSupport
import Testing

/// Edits of random networks: what comes out is valid and says what the network said before.
@Suite("Edits of networks")
struct EditTests {
    static let seeds = RandomNetworkTests.seeds
    private let batch = 3

    private func normalizations(_ network: Network) -> Int {
        network.nodes.count { if case .batchNormalization = $0.operation { true } else { false } }
    }

    private func run(_ network: Network, _ seed: UInt64, changing change: NetworkRun.Change = { _, _, _ in nil }) throws -> NetworkRun {
        try network.check()
        return try NetworkRun(
            network, input: NetworkRun.input(of: network, batch: batch, seed: seed), batch: batch, changing: change)
    }

    /// For each layer by a draw: nothing, a sign, or levels up to a clip.
    private func settings(_ network: Network, _ seed: UInt64) -> ([String: ActivationQuantization], clips: [String: Float]) {
        var generator = SeededGenerator(seed: seed &+ 1000)
        var settings: [String: ActivationQuantization] = [:]
        var clips: [String: Float] = [:]
        for layer in network.layers {
            switch Int.random(in: 0...4, using: &generator) {
            case 0: break
            case 1: settings[layer.weight] = .sign
            case let bits: settings[layer.weight] = .clipped(bits: bits, clip: Bool.random(using: &generator) ? .learned : .calibrated)
            }
            clips[layer.weight] = Float.random(in: 0.5...3, using: &generator)
        }
        return (settings, clips)
    }

    @Test("Normalizations taken into layers leave the logits to rounding", arguments: seeds)
    func folding(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let folded = network.applying(.foldBatchNormalization)
        let (found, expected) = (try run(folded, seed).logits, try run(network, seed).logits)
        #expect(NetworkRun.difference(found, expected) <= NetworkRun.tolerance)
        #expect(folded.layers.map(\.weight) == network.layers.map(\.weight))
        #expect(Set(folded.layers.filter(\.isFolded).map(\.weight)) == folded.folded)
        #expect(normalizations(network) - normalizations(folded) >= folded.folded.count)
        #expect(folded.applying(.foldBatchNormalization).nodes == folded.nodes)
    }

    @Test("Quantized activations are what the quantizers make of the values that layers hand on, bit for bit", arguments: seeds)
    func quantizing(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let (settings, clips) = settings(network, seed)
        let quantized = network.applying(.quantizeActivations(settings, clips: clips))
        // A value may be handed on by several nodes that read the same weights.
        var values: [String: String] = [:]
        for node in network.nodes {
            guard node.inputs.count > 1, settings[node.inputs[1]] != nil, let value = network.handedOn(from: node) else { continue }
            values[value] = node.inputs[1]
        }
        let expected = try run(network, seed) { node, inputs, made in
            guard let weight = values[node.outputs[0]], let setting = settings[weight] else { return nil }
            let isSign = setting == .sign && node.operation == .relu
            let clip = ReferenceTensor(shape: [1], values: [clips[weight] ?? 0])
            return ReferenceKernels.activation((isSign ? inputs[0] : nil) ?? made, clip: clip, setting.quantizer)
        }
        #expect(try run(quantized, seed).logits == expected.logits)
        #expect(quantized.layers.map(\.weight) == network.layers.map(\.weight))
        for layer in network.layers {
            #expect(network.quantizedValue(of: layer.weight) == network.handedOn(from: network.nodes[try #require(layer.node)]))
        }
    }

    @Test("Standard operators give the same bits, and no quantizer with a clip is left", arguments: seeds)
    func standardOperators(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let (settings, clips) = settings(network, seed)
        let quantized = network.applying(.quantizeActivations(settings, clips: clips))
        let standard = quantized.applying(.standardOperators)
        #expect(try run(standard, seed).logits == run(quantized, seed).logits)
        for case .activation(let quantizer) in standard.nodes.map(\.operation) { #expect(quantizer.kind == .sign) }
        #expect(standard.parameters.values.allSatisfy { $0.role != .clip })
        #expect(network.applying(.standardOperators).nodes == network.nodes)
    }

    @Test("What was quantized and spelled out can be quantized again", arguments: seeds)
    func again(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let (settings, clips) = settings(network, seed)
        let once = network.applying(.quantizeActivations(settings, clips: clips))
        for network in [once, once.applying(.standardOperators)] {
            let twice = network.applying(.quantizeActivations(settings, clips: clips))
            _ = try run(twice, seed)
            _ = try run(twice.applying(.standardOperators), seed)
        }
    }

    @Test("Without a Softmax at the end the output holds the logits, bit for bit; what reads it keeps it", arguments: seeds)
    func withoutSoftmax(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let (logits, edited) = (network.logits(), network.applying(.withoutFinalSoftmax()))
        // Of what stands behind the logits stays what something else reads.
        var gone = Set(logits.behind)
        for place in logits.behind.reversed() {
            let made = network.nodes[place].outputs
            let isRead = network.nodes.indices.contains { !gone.contains($0) && network.nodes[$0].inputs.contains(where: made.contains) }
            if isRead { gone.remove(place) }
        }
        let before = try run(network, seed)
        #expect(try run(edited, seed).output == before.logits)
        #expect(edited.nodes.count == network.nodes.count - gone.count && Set(edited.ended.nodes) == Set(network.nodes))
        #expect(edited.applying(.withoutFinalSoftmax()).nodes == edited.nodes)
        #expect(network.applying(.withoutFinalSoftmax([:])).nodes == network.nodes)
    }

    @Test("Only what any value needs gives it, bit for bit", arguments: seeds)
    func onlyNeeded(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed).applying(.foldBatchNormalization)
        let before = try run(network, seed)
        for place in network.nodes.indices where place % 3 == 0 || place + 1 == network.nodes.count {
            let value = network.nodes[place].outputs[0]
            let edited = network.applying(.onlyNeeded(for: value))
            #expect(try run(edited, seed).output == before.values[value]?.values)
            #expect(edited.nodes.allSatisfy { edited.index.readCount(of: $0.outputs[0]) > 0 })
            #expect(edited.parameters.keys.allSatisfy { !edited.index.readers(of: $0).isEmpty })
        }
    }

    @Test("One edit after the other", arguments: seeds)
    func chained(seed: UInt64) throws {
        let folded = RandomNetwork.network(seed: seed).applying(.foldBatchNormalization)
        let (settings, clips) = settings(folded, seed)
        let quantized = folded.applying(.quantizeActivations(settings, clips: clips))
        let standard = quantized.applying(.standardOperators)
        #expect(try run(standard, seed).logits == run(quantized, seed).logits)
        #expect(standard.folded == folded.folded && standard.layers.map(\.isFolded) == folded.layers.map(\.isFolded))
    }
}

extension Network {
    private func beforeIdentity(_ value: String) -> String? {
        nodes.first { $0.outputs == [value] && $0.operation == .identity }?.inputs.first
    }

    /// The value behind a layer's node that a quantizer reads, by its definition: behind an Add of a bias, a normalization and a Relu, in this order,
    /// each left out or there, while one node alone reads the value; nil for the logits.
    fileprivate func handedOn(from start: Node) -> String? {
        guard ["Conv", "Gemm", "MatMul"].contains(start.operation.name), var value = start.outputs.first else { return nil }
        var steps = ["Add", "BatchNormalization", "Relu"][...]
        while true {
            if value == output || value == logits().value || value == beforeIdentity(logits().value) { return nil }
            let readers = nodes.filter { $0.inputs.contains(value) }
            guard readers.count == 1, let step = steps.firstIndex(of: readers[0].operation.name) else { return value }
            let isBias = readers[0].inputs.contains { parameters[$0]?.role == .bias }
            guard readers[0].operation != .add || isBias else { return value }
            steps = steps[(step + 1)...]
            value = readers[0].outputs[0]
        }
    }
}
