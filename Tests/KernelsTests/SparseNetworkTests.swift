import Kernels
import Networks
import Tensors
import Testing

/// Networks whose stages work on images side by side against the reference, and what of it the bits depend on.
@Suite(.enabled(if: ["AVX2", "AVX-512"].contains(KernelLibrary.instructionSet))) struct SparseNetworkTests {
    @Test func lenetAgreesWithReference() throws {
        let batch = 9
        let network = lenet().thinned(level: 0.93)
        let input = normals(batch * network.inputShape.count, seed: 2)
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        #expect(try executor.arrange().contains(true))
        #expect(executor.implementations.contains { $0.contains("sparse") })
        let expected = try logits(ReferenceExecutor(network: network, batchSize: batch), input)
        #expect(relativeDifference(try logits(executor, input), expected) <= kernelTolerance)
    }

    /// Convolutions side by side and one after another, with sums, functions and maxima between them; a stage in rows in between.
    @Test(arguments: 0..<8)
    func chainsAgreeWithReference(seed: Int) throws {
        var builder = NetworkBuilder(input: [[1, 3, 16][seed / 3 % 3], 10, 11], seed: UInt64(seed))
        let network = builder.chain().thinned(level: [0.8, 0.95, 1][seed % 3])
        let batch = 7 + 2 * seed
        let input = normals(batch * network.inputShape.count, seed: UInt64(seed))
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        // Whether lists pay with a fifth of the weights depends on the processor.
        let isChosen = try executor.arrange().contains(true)
        #expect(isChosen || seed % 3 == 0)
        let expected = try logits(ReferenceExecutor(network: network, batchSize: batch), input)
        let difference = relativeDifference(try logits(executor, input), expected)
        #expect(difference <= kernelTolerance, "\(difference) \(executor.implementations)")
    }

    /// Back and forth between dense and sparse weights: what a fresh executor makes, bit for bit, from the start and from a kept boundary.
    @Test func changesOfWeightsChangeKernels() throws {
        let (dense, sparse) = (lenet(), lenet().thinned(level: 0.93))
        let batch = 20
        let input = normals(batch * dense.inputShape.count, seed: 7)
        let executor = try OneDNNExecutor(network: dense, batchSize: batch)
        for network in [dense, sparse, dense, lenet(seed: 3).thinned(level: 0.95), sparse] {
            for layer in network.layers {
                let bias = layer.bias.flatMap { network.parameters[$0]?.values }
                try executor.setWeights(try #require(network.parameters[layer.weight]?.values), bias: bias, of: layer)
            }
            let arrangement = try executor.arrange()
            let fresh = try OneDNNExecutor(network: network, batchSize: batch)
            #expect(try fresh.arrange() == arrangement)
            let expected = try logits(fresh, input)
            #expect(try logits(executor, input) == expected)
            for boundary in 1..<executor.stages.count {
                let bytes = max(64, executor.stages[boundary].boundaryByteCount)
                let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
                defer { memory.deallocate() }
                executor.attach(boundary: boundary, to: memory)
                _ = try logits(executor, input)
                #expect(try logits(executor, input, from: boundary) == expected)
                executor.attach(boundary: boundary, to: nil)
            }
        }
    }

    /// What is no finite number becomes what the reference makes of it.
    @Test func infiniteNumbersAreNotLost() throws {
        let network = lenet().thinned(level: 0.93)
        let batch = 8
        var input = normals(batch * network.inputShape.count, seed: 5)
        input[3 * network.inputShape.count + 400] = .infinity
        input[5 * network.inputShape.count + 300] = .nan
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        _ = try executor.arrange()
        let expected = try logits(ReferenceExecutor(network: network, batchSize: batch), input)
        #expect(relativeDifference(try logits(executor, input), expected) <= kernelTolerance)
    }

    /// Networks with few zeros, small batches: nothing changes.
    @Test func denseNetworksStayAsTheyAre() throws {
        #expect(try !OneDNNExecutor(network: lenet(), batchSize: 50).arrange().contains(true))
        #expect(try !OneDNNExecutor(network: lenet().thinned(level: 0.93), batchSize: 1).arrange().contains(true))
    }
}

extension Network {
    /// The same with about `level` of the weights of each layer zero.
    fileprivate func thinned(level: Double) -> Network {
        var network = self
        var generator = SeededGenerator(seed: 11)
        for layer in layers {
            guard let values = parameters[layer.weight]?.values else { continue }
            let floats = values.floats.map { generator.uniform() < level ? 0 : $0 }
            network.parameters[layer.weight]?.values = Tensor(shape: values.shape, floats: floats)
        }
        return network
    }
}

extension NetworkBuilder {
    /// Two branches that are added, with a function, a maximum, a normalization or a mean here and there, then two products.
    fileprivate mutating func chain() -> Network {
        let channels = network(output: "input").inputShape[0]
        func convolution(_ size: Int) -> Networks.Operation {
            .convolution(Convolution(kernel: [size, size], pads: [Int](repeating: size / 2, count: 4)))
        }
        var name = add(convolution(3), "input", parameter([12, channels, 3, 3]), parameter([12], role: .bias))
        name = add(.unary(.relu), name)
        let skip = add(convolution(1), name, parameter([24, 12, 1, 1]))
        if toss() { name = add(.unary(draw(of: [.tanh, .leakyRelu(alpha: 0.1)])), name) }
        let size = draw(of: [3, 5])
        name = add(convolution(size), name, parameter([24, 12, size, size]))
        name = add(.add, name, skip)
        if toss() { name = add(.unary(.relu), name) }
        if toss() { name = add(.maxPool(Pooling(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1])), name) }
        if toss() { name = add(.averagePool(Pooling(kernel: [2, 2], strides: [1, 1])), name) }
        name = add(convolution(1), name, parameter([8, 24, 1, 1]))
        name = add(.globalAveragePool, name)
        name = add(.flatten(axis: 1), name)
        name = add(.gemm(Gemm(transposeB: true)), name, parameter([40, 8]), parameter([40], role: .bias))
        name = add(.unary(.relu), name)
        name = add(.matrixMultiplication, name, parameter([40, 5]))
        return network(output: name)
    }
}
