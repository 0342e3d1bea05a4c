import Kernels
import Networks
import Tensors
import Testing

/// Batch normalizations taken into the layers before them.
@Suite struct FoldingTests {
    /// Scale, shift, mean and variance of `channels`.
    private func normalize(_ name: String, _ channels: Int, _ builder: inout NetworkBuilder) -> String {
        let parameters = (0..<4).map { builder.parameter([channels], role: .normalization, positive: $0 == 3) }
        return builder.add(.batchNormalization(epsilon: 1e-5), [name] + parameters)
    }

    private func normalizations(_ network: Network) -> Int {
        network.nodes.count { if case .batchNormalization = $0.operation { true } else { false } }
    }

    /// The logits before and after, by the reference.
    private func check(_ network: Network, folded count: Int, left: Int) throws {
        let folded = network.applying(.foldBatchNormalization)
        #expect(normalizations(folded) == left && folded.folded.count == count && folded.layers.count(where: \.isFolded) == count)
        #expect(folded.layers.map(\.weight) == network.layers.map(\.weight))
        let used = Set(folded.nodes.flatMap(\.inputs))
        #expect(folded.parameters.keys.allSatisfy(used.contains))
        let input = normals(3 * network.inputShape.count, seed: 5)
        let expected = try logits(ReferenceExecutor(network: network, batchSize: 3), input)
        for batch in [try ReferenceExecutor(network: folded, batchSize: 3), try OneDNNExecutor(network: folded, batchSize: 3)]
            as [any NetworkExecutor]
        {
            #expect(relativeDifference(try logits(batch, input), expected) <= kernelTolerance)
        }
    }

    @Test func ofPlainAndDepthwiseConvolutionsAndDenseLayers() throws {
        var builder = NetworkBuilder(input: [3, 9, 8], seed: 1)
        var value = builder.add(.convolution(Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])), "input", builder.parameter([6, 3, 3, 3]))
        value = builder.add(.unary(.clip(lower: 0, upper: 6)), normalize(value, 6, &builder))
        let depthwise = Convolution(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], groups: 6)
        value = builder.add(.convolution(depthwise), value, builder.parameter([6, 1, 3, 3]), builder.parameter([6], role: .bias))
        value = normalize(normalize(value, 6, &builder), 6, &builder)
        value = builder.add(.flatten(axis: 1), value)
        value = builder.add(
            .gemm(Gemm(transposeB: true)), value, builder.parameter([7, 120]), builder.parameter([7], role: .bias))
        value = builder.add(.relu, normalize(value, 7, &builder))
        value = normalize(builder.add(.gemm(Gemm()), value, builder.parameter([7, 4])), 4, &builder)
        try check(builder.network(output: value), folded: 4, left: 0)
    }

    @Test func whatIsSharedOrStandsElsewhereStays() throws {
        var builder = NetworkBuilder(input: [4, 6, 6], seed: 2)
        let weights = builder.parameter([4, 4, 1, 1])
        let settings = Convolution(kernel: [1, 1])
        // Two nodes read these weights.
        let first = normalize(builder.add(.convolution(settings), "input", weights), 4, &builder)
        let second = builder.add(.relu, normalize(builder.add(.convolution(settings), first, weights), 4, &builder))
        // Two nodes read what this convolution makes.
        let third = builder.add(.convolution(settings), second, builder.parameter([4, 4, 1, 1]))
        let sum = builder.add(.add, normalize(third, 4, &builder), third)
        // What a sum makes is no layer's.
        let fourth = builder.add(.convolution(settings), normalize(sum, 4, &builder), builder.parameter([5, 4, 1, 1]))
        let mean = builder.add(.globalAveragePool, normalize(fourth, 5, &builder))
        let output = builder.add(.flatten(axis: 1), mean)
        try check(builder.network(output: output), folded: 1, left: 4)
    }

    @Test func ofAWholeResidualNetwork() throws {
        let network = try Architecture(name: "resnet-20").network(seed: 3)
        try check(network, folded: 21, left: 0)
    }
}
