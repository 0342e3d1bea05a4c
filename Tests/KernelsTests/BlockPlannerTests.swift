import Kernels
import Networks
import Tensors
import Testing

/// Chains of convolutions whose channels lie in blocks, beside others, against the reference.
@Suite struct BlockPlannerTests {
    private static func convolution(
        _ builder: inout NetworkBuilder, _ value: String, _ from: Int, _ to: Int, _ kernel: Int, stride: Int = 1, groups: Int = 1
    ) -> String {
        let settings = Convolution(
            kernel: [kernel, kernel], strides: [stride, stride], pads: Array(repeating: kernel / 2, count: 4), groups: groups)
        let weights = builder.parameter([to, from / groups, kernel, kernel])
        return builder.add(.relu, builder.add(.convolution(settings), value, weights, builder.parameter([to], role: .bias)))
    }

    private static func head(_ builder: inout NetworkBuilder, _ value: String, _ width: Int, pools: Bool) -> Network {
        let flat = builder.add(.flatten(axis: 1), pools ? builder.add(.globalAveragePool, value) : value)
        let scores = builder.add(
            .gemm(Gemm(transposeB: true)), flat, builder.parameter([3, width]), builder.parameter([3], role: .bias))
        return builder.network(output: scores)
    }

    /// Wide enough for blocks, with a residual, a branch of channels that are no multiple of 8, and flattened or pooled at the end.
    private static func wide(seed: UInt64) -> Network {
        var builder = NetworkBuilder(input: [3, 6, 6], seed: seed)
        var name = convolution(&builder, "input", 3, 64, 3)
        name = builder.add(.add, convolution(&builder, name, 64, 64, 3), name)
        let narrow = convolution(&builder, name, 64, 12, 1)
        name = builder.add(.concatenation(axis: 1), convolution(&builder, name, 64, 72, 1), narrow)
        if builder.toss() { name = builder.add(.maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), name) }
        name = convolution(&builder, name, 84, 64, 3)
        name = convolution(&builder, name, 64, 64, 3, stride: builder.draw(1...2))
        let made = (try? builder.network(output: name).shapes(batch: 1))?[name]?.rowCount ?? 0
        let pools = builder.toss()
        return head(&builder, name, pools ? 64 : made, pools: pools)
    }

    /// Widened by 1 × 1, depthwise, made narrow again, as in MobileNet V2.
    private static func thin(seed: UInt64, wide: Int) -> Network {
        var builder = NetworkBuilder(input: [8, 7, 6], seed: seed)
        var name = convolution(&builder, "input", 8, wide, 1)
        for _ in 0..<2 {
            name = convolution(&builder, name, wide, wide, 3, stride: builder.draw(1...2), groups: wide)
            name = convolution(&builder, name, wide, wide, 1)
        }
        return head(&builder, name, wide, pools: true)
    }

    @Test func chains() throws {
        for seed in UInt64(0)..<12 {
            // Standard normal weights let values grow by the root of their number at each layer: they are compared as parts of the largest.
            let networks = [Self.wide(seed: seed)] + [16, 24, 10].map { Self.thin(seed: seed, wide: $0) }
            for (place, network) in networks.enumerated() {
                let difference = try difference(network, batch: 1 + Int(seed % 4), seed: seed + 100)
                #expect(difference <= 4 * kernelTolerance, "seed \(seed), network \(place)")
            }
        }
    }

    /// A depthwise convolution takes and makes its images as those beside it do.
    @Test(.enabled(if: KernelLibrary.instructionSet == "AVX2")) func depthwiseStandsWithoutReorders() throws {
        let executor = try OneDNNExecutor(network: Self.thin(seed: 1, wide: 16), batchSize: 2)
        #expect(executor.implementations.dropFirst().allSatisfy { !$0.contains(" + ") }, "\(executor.implementations)")
        #expect(executor.implementations.contains { $0.contains("dw") })
    }
}
