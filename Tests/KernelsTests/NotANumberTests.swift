import Kernels
import Networks
import Tensors
import Testing

/// A NaN stays one through every kernel, whether it is read or made on the way; oneDNN's Relu, Clip and window maxima make a number of it.
@Suite struct NotANumberTests {
    /// What stands between the input and what is read at the end.
    enum Kind: CaseIterable {
        case relu, clip, hardSigmoid, maximum, globalMaximum, larger
        case convolution, convolutionAndMaximum, blocks, grouped, dense, clippedDense, lenet
    }

    private static func network(_ kind: Kind) -> Network {
        if kind == .lenet { return KernelsTests.lenet(filters: (4, 6), units: 30) }
        let channels = kind == .blocks ? 16 : 4
        var builder = NetworkBuilder(input: [channels, 8, 8], seed: 5)
        let window = Convolution(kernel: [3, 3], groups: kind == .grouped ? 2 : 1)
        let pairs = Pooling(kernel: [2, 2], strides: [2, 2])
        func convolved(_ filters: Int) -> String {
            builder.add(.convolution(window), ["input", builder.parameter([filters, channels / window.groups, 3, 3])])
        }
        func dense() -> String {
            builder.add(.gemm(Gemm(transposeB: true)), [builder.add(.flatten(axis: 1), "input"), builder.parameter([9, 256])])
        }
        let output =
            switch kind {
            case .relu: builder.add(.relu, "input")
            case .clip: builder.add(.unary(.clip(lower: 0, upper: 6)), "input")
            case .hardSigmoid: builder.add(.unary(.hardSigmoid(alpha: 0.2, beta: 0.5)), "input")
            case .maximum: builder.add(.maxPool(pairs), "input")
            case .globalMaximum: builder.add(.globalMaxPool, "input")
            case .larger: builder.add(.variadic(.maximum), ["input", builder.parameter([4, 8, 8])])
            case .convolution, .grouped: builder.add(.relu, convolved(6))
            case .convolutionAndMaximum: builder.add(.maxPool(pairs), builder.add(.relu, convolved(5)))
            case .blocks: builder.add(.maxPool(pairs), builder.add(.relu, convolved(32)))
            case .dense: builder.add(.relu, dense())
            case .clippedDense, .lenet: builder.add(.unary(.clip(lower: -1, upper: 1)), dense())
            }
        return builder.network(output: output)
    }

    @Test(arguments: Kind.allCases, [Float.nan, .infinity, 3e38])
    func staysOne(kind: Kind, value: Float) throws {
        let network = Self.network(kind)
        let (batch, size) = (5, network.inputShape.count)
        var input = normals(batch * size, seed: 3)
        // All pixels of the second example are large and of both signs, a few of the fourth.
        for index in 0..<size { input[size + index] = index % 3 == 0 ? -value : value }
        for index in [0, 7, size - 1] { input[3 * size + index] = index == 7 ? -value : value }
        let exact = try logits(try ReferenceExecutor(network: network, batchSize: batch), input)
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        let fast = try logits(executor, input)
        #expect(fast.map(\.isNaN) == exact.map(\.isNaN), "\(fast.count(where: \.isNaN)) of \(exact.count(where: \.isNaN))")
        // What stands beside it, and what comes after it, is as it was.
        let clean = try logits(try OneDNNExecutor(network: network, batchSize: batch), normals(batch * size, seed: 3))
        let row = clean.count / batch
        for example in [0, 2, 4] { #expect(fast[example * row..<(example + 1) * row] == clean[example * row..<(example + 1) * row]) }
        #expect(try logits(executor, normals(batch * size, seed: 3)) == clean)
    }
}
