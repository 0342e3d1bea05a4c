import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// What holds of every network, on random ones.
@Suite("Random networks")
struct RandomNetworkTests {
    static let seeds = Array(UInt64(1)...60)

    private func logits(_ executor: any NetworkExecutor, _ input: [Float]) throws -> [Float] {
        executor.withInput { _ = $0.update(fromContentsOf: input) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    @Test("They are valid, and all kinds of nodes occur")
    func valid() throws {
        var (operators, parts) = (Set<String>(), Set<String>())
        for seed in Self.seeds {
            let network = RandomNetwork.network(seed: seed)
            try network.check()
            let shapes = try network.shapes(batch: 3)
            #expect(shapes[network.output] == [3, network.classCount ?? 0])
            operators.formUnion(network.nodes.map(\.operation.name))
            let weights = network.nodes.compactMap { $0.inputs.count > 1 ? $0.inputs[1] : nil }
            if Set(weights).count < weights.count { parts.insert("shared weights") }
            if network.logits().value != network.output { parts.insert("softmax") }
            for case .convolution(let settings) in network.nodes.map(\.operation) where settings.groups > 1 { parts.insert("groups") }
        }
        #expect(
            operators.isSuperset(of: [
                "Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "Relu", "MaxPool", "AveragePool", "GlobalAveragePool",
                "GlobalMaxPool", "Add", "Mul", "Concat", "Flatten", "Reshape", "Squeeze", "ReduceMean", "Softmax", "LogSoftmax", "Pad",
                "LayerNormalization", "Identity", "Dropout",
            ]))
        #expect(parts == ["shared weights", "softmax", "groups"])
    }

    @Test("Layers are the nodes with weights, one a parameter, with their biases", arguments: seeds)
    func layers(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        var expected: [String] = []
        for node in network.nodes where ["Conv", "Gemm", "MatMul"].contains(node.operation.name) && !expected.contains(node.inputs[1]) {
            expected.append(node.inputs[1])
        }
        #expect(network.layers.map(\.weight) == expected)
        #expect(Set(network.layers.map(\.name)).count == expected.count)
        let shapes = try network.shapes(batch: 1)
        for layer in network.layers {
            let node = network.nodes[try #require(layer.node)]
            #expect(node.inputs[1] == layer.weight && network.parameters[layer.weight]?.shape == layer.shape)
            #expect(network.layer(of: layer.weight) == layer)
            #expect(shapes[node.outputs[0]].map { $0[layer.isConvolution ? 1 : $0.rank - 1] } == layer.outputCount)
            if let bias = layer.bias {
                #expect(network.parameters[bias]?.role == .bias && network.parameters[bias]?.shape == [layer.outputCount])
                #expect(network.layer(ofBias: bias) == layer)
            }
        }
        #expect(network.layers.last?.givesLogits == true && network.layers.count(where: \.givesLogits) == 1)
    }

    @Test("Stages give what the nodes give: bit for bit, but where a product with a sigmoid becomes one function", arguments: seeds)
    func stages(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let input = NetworkRun.input(of: network, batch: 3, seed: seed)
        let expected = try NetworkRun(network, input: input, batch: 3).logits
        let found = try logits(ReferenceExecutor(network: network, batchSize: 3), input)
        if network.nodes.contains(where: { $0.operation == .unary(.sigmoid) }) {
            #expect(NetworkRun.difference(found, expected) <= NetworkRun.tolerance)
        } else {
            #expect(found == expected)
        }
        #expect(try NetworkRun.difference(logits(OneDNNExecutor(network: network, batchSize: 3), input), expected) <= NetworkRun.tolerance)
    }

    @Test("Weights that are set give what a network with these weights gives, bit for bit", arguments: seeds)
    func weights(seed: UInt64) throws {
        let network = RandomNetwork.network(seed: seed)
        let input = NetworkRun.input(of: network, batch: 2, seed: seed)
        let executor = try ReferenceExecutor(network: network, batchSize: 2)
        var changed = network
        for (place, layer) in network.layers.enumerated() where place % 2 == 0 {
            let weights = try #require(network.parameters[layer.weight]).values.map { $0.magnitude > 0.2 ? $0 : 0 }
            changed.parameters[layer.weight]?.values = weights
            let bias = try layer.bias.map { try #require(network.parameters[$0]).values.map { -$0 } }
            if let bias, let name = layer.bias { changed.parameters[name]?.values = bias }
            try executor.setWeights(weights, bias: bias, of: layer)
        }
        try changed.check()
        #expect(changed.layers == network.layers)
        let expected = try logits(ReferenceExecutor(network: changed, batchSize: 2), input)
        #expect(try logits(executor, input) == expected)
        #expect(expected != (try logits(ReferenceExecutor(network: network, batchSize: 2), input)))
    }
}

extension Tensor {
    fileprivate func map(_ function: (Float) -> Float) -> Tensor { Tensor(shape: shape, floats: floats.map(function)) }
}
