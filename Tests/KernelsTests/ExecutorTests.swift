import Kernels
import Networks
import Tensors
import Testing

/// What an executor promises beyond right numbers.
@Suite struct ExecutorTests {
    private let batch = 6

    private func input(_ network: Network, seed: UInt64 = 7) -> [Float] { normals(batch * network.inputShape.count, seed: seed) }

    @Test func wholeNetworkAgreesWithReference() throws {
        #expect(try difference(lenet(filters: (5, 9), units: 40), batch: 3, seed: 1) <= kernelTolerance)
    }

    @Test func stagesFuseWhatBelongsTogether() throws {
        let executor = try OneDNNExecutor(network: lenet(), batchSize: batch)
        #expect(executor.stages.map(\.nodes) == [[0, 1], [2, 3, 4], [5, 6], [7]])
        #expect(executor.stages.map(\.multiplyAdds) == [288_000, 1_600_000, 400_000, 5_000])
        #expect(executor.stages.map(\.weight) == ["p0", "p2", "p4", "p6"])
        #expect(executor.classCount == 10)
    }

    @Test(arguments: [false, true]) func restartAtEachStageGivesTheSameBits(isReference: Bool) throws {
        let network = isReference ? lenet(filters: (2, 3), units: 8) : branches()
        func make() throws -> any NetworkExecutor {
            isReference
                ? try ReferenceExecutor(network: network, batchSize: batch)
                : try OneDNNExecutor(network: network, batchSize: batch)
        }
        let expected = try logits(make(), input(network))
        for stage in 1..<(try make().stages.count) {
            let executor = try make()
            let memory = Activations(executor.stages[stage].boundaryByteCount)
            executor.attach(boundary: stage, to: memory.start)
            #expect(try logits(executor, input(network)) == expected)
            _ = try logits(executor, input(network, seed: 8), from: 0)
            let other = Activations(executor.stages[stage].boundaryByteCount)
            executor.attach(boundary: stage, to: other.start)
            #expect(try logits(executor, input(network)) == expected)
            executor.attach(boundary: stage, to: nil)
            _ = try logits(executor, input(network, seed: 9))
            executor.attach(boundary: stage, to: other.start)
            #expect(try logits(executor, [], from: stage) == expected)
        }
    }

    /// All boundaries at once: each holds all that a restart needs, values that live on included.
    @Test func everyBoundaryIsComplete() throws {
        let network = branches()
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        let memories = executor.stages.map { Activations($0.boundaryByteCount) }
        for stage in 1..<executor.stages.count { executor.attach(boundary: stage, to: memories[stage].start) }
        let expected = try logits(executor, input(network))
        let fresh = try OneDNNExecutor(network: network, batchSize: batch)
        for stage in 1..<executor.stages.count {
            _ = try logits(fresh, input(network, seed: 9))
            fresh.attach(boundary: stage, to: memories[stage].start)
            #expect(try logits(fresh, [], from: stage) == expected, "from \(stage)")
            fresh.attach(boundary: stage, to: nil)
        }
    }

    @Test func weightsSetAndSetBackGiveTheSameBits() throws {
        let network = lenet()
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        let expected = try logits(executor, input(network))
        for layer in network.layers {
            let zeros = Tensor(shape: layer.shape) { _ in }
            try executor.setWeights(zeros, bias: nil, of: layer)
            #expect(try logits(executor, input(network)) != expected)
            let weights = try #require(network.parameters[layer.weight])
            let bias = try #require(network.parameters[layer.bias ?? ""])
            try executor.setWeights(weights.values, bias: bias.values, of: layer)
            #expect(try logits(executor, input(network)) == expected)
        }
    }

    @Test func weightsThatAreSetAreUsed() throws {
        let network = lenet(seed: 1, filters: (3, 4), units: 20)
        let other = lenet(seed: 2, filters: (3, 4), units: 20)
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        for layer in network.layers {
            let weights = try #require(other.parameters[layer.weight])
            try executor.setWeights(weights.values, bias: other.parameters[layer.bias ?? ""]?.values, of: layer)
        }
        let expected = try logits(OneDNNExecutor(network: other, batchSize: batch), input(network))
        #expect(try logits(executor, input(network)) == expected)
    }

    @Test func weightsOfAnotherSizeAreRefused() throws {
        let network = lenet()
        let executor = try OneDNNExecutor(network: network, batchSize: 1)
        #expect(throws: KernelError.shape(node: "p0", expected: "[20×1×5×5]", actual: "[3]")) {
            try executor.setWeights(Tensor(shape: [3], floats: [1, 2, 3]), bias: nil, of: network.layers[0])
        }
    }

    /// One example gives the same bits wherever it stands in a batch, whatever stands beside it.
    @Test func positionInTheBatchDoesNotMatter() throws {
        let network = lenet()
        let executor = try OneDNNExecutor(network: network, batchSize: 50)
        let example = normals(784, seed: 3)
        var expected: [Float]?
        for position in [0, 1, 17, 31, 48, 49] {
            var batch = normals(50 * 784, seed: UInt64(position))
            batch.replaceSubrange(position * 784..<(position + 1) * 784, with: example)
            let found = Array(try logits(executor, batch)[position * 10..<(position + 1) * 10])
            #expect(found == expected ?? found)
            expected = found
        }
    }

    @Test func runsGiveTheSameBits() throws {
        let network = lenet()
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        let expected = try logits(executor, input(network))
        for _ in 0..<5 { #expect(try logits(executor, input(network)) == expected) }
        #expect(try logits(OneDNNExecutor(network: network, batchSize: batch), input(network)) == expected)
    }

    @Test func softmaxAtTheEndIsLeftOut() throws {
        var builder = NetworkBuilder(input: [12], seed: 4)
        let scores = builder.add(.gemm(Gemm()), "input", builder.parameter([12, 5]))
        let shares = builder.add(.softmax(axis: -1), scores)
        let whole = try OneDNNExecutor(network: builder.network(output: shares), batchSize: batch)
        let plain = try OneDNNExecutor(network: builder.network(output: scores), batchSize: batch)
        let values = normals(batch * 12, seed: 5)
        #expect(try logits(whole, values) == logits(plain, values))
        #expect(whole.stages.count == 1)
    }

    @Test func logitsInBlocksComeOutInRows() throws {
        var builder = NetworkBuilder(input: [3, 9, 9], seed: 4)
        let images = builder.add(.convolution(Convolution(kernel: [9, 9])), "input", builder.parameter([10, 3, 9, 9]))
        #expect(try difference(builder.network(output: images), batch: batch, seed: 1) <= kernelTolerance)
    }

    @Test func unknownOperatorIsNamed() throws {
        var builder = NetworkBuilder(input: [4], seed: 1)
        let name = builder.add(.unsupported(UnsupportedOperator(name: "Gelu", reason: "not known")), "input")
        let network = builder.network(output: name)
        #expect(throws: KernelError.unsupported(node: "n0", operation: "Gelu", reason: "not known")) {
            _ = try OneDNNExecutor(network: network, batchSize: 1)
        }
    }

    @Test func shapesThatDoNotFitAreNamed() throws {
        var builder = NetworkBuilder(input: [4], seed: 1)
        let name = builder.add(.gemm(Gemm()), "input", builder.parameter([5, 2]))
        let network = builder.network(output: name)
        #expect(throws: KernelError.shape(node: "n0", expected: "B [4, M]", actual: "[5×2]")) {
            _ = try OneDNNExecutor(network: network, batchSize: 1)
        }
    }

    /// A residual block: one value is alive across several stages.
    private func branches() -> Network {
        var builder = NetworkBuilder(input: [3, 12, 12], seed: 11)
        let same = Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])
        let first = builder.add(.convolution(same), "input", builder.parameter([12, 3, 3, 3]))
        let second = builder.add(.relu, builder.add(.convolution(same), first, builder.parameter([12, 12, 3, 3])))
        let third = builder.add(.convolution(same), second, builder.parameter([12, 12, 3, 3]))
        let sum = builder.add(.relu, builder.add(.add, third, first))
        let wide = builder.add(.concatenation(axis: 1), sum, "input")
        let flat = builder.add(.flatten(axis: 1), builder.add(.globalAveragePool, wide))
        let scores = builder.add(.gemm(Gemm()), flat, builder.parameter([15, 10]))
        return builder.network(output: scores)
    }
}

/// Memory for the activations of a boundary.
private final class Activations {
    let start: UnsafeMutableRawPointer

    init(_ byteCount: Int) {
        start = .allocate(byteCount: max(byteCount, 64), alignment: 64)
        start.initializeMemory(as: UInt8.self, repeating: 0xFF, count: max(byteCount, 64))
    }

    deinit { start.deallocate() }
}
