import CKernels
import Kernels
import Networks
import Tensors
import Testing

/// The convolution over planes in C against the reference: all blocks of filters, moved tiles, with and without bias and Relu.
@Suite struct PlaneConvolutionTests {
    @Test func blocksOfFilters() {
        #expect([1, 3, 4, 5, 6, 7, 10, 20, 50, 64, 66].map { pare_filter_block($0) } == [0, 0, 4, 5, 6, 0, 5, 5, 5, 4, 6])
    }

    @Test(arguments: [4, 5, 6, 8, 10, 12])
    func agreesWithReference(filters: Int) {
        for seed in 0..<12 {
            var builder = NetworkBuilder(input: [], seed: UInt64(seed))
            let settings = Convolution(kernel: [builder.draw(1...5), builder.draw(1...5)])
            let convolved: Shape = [2, filters, 2 * builder.draw(1...4), 2 * builder.draw(4...9)]
            let input: Shape = [
                2, builder.draw(1...4), convolved[2] + settings.kernel[0] - 1, convolved[3] + settings.kernel[1] - 1,
            ]
            let shape: Shape = [filters, input[1], settings.kernel[0], settings.kernel[1]]
            let images = ReferenceTensor(shape: input, values: normals(input.count, seed: UInt64(seed)))
            let weights = ReferenceTensor(shape: shape, values: normals(shape.count, seed: UInt64(seed) + 100))
            let bias = builder.toss() ? ReferenceTensor(shape: [filters], values: normals(filters, seed: 3)) : nil
            let withRelu = builder.toss()
            let sums = ReferenceKernels.convolution(images, weights, bias, settings, to: convolved)
            let pooled: Shape = [2, filters, convolved[2] / 2, convolved[3] / 2]
            let maxima = ReferenceKernels.maxPool(sums, Pooling(kernel: [2, 2], strides: [2, 2]), to: pooled)
            let expected = withRelu ? ReferenceKernels.relu(maxima) : maxima
            let found = run(images, weights, bias, withRelu: withRelu, to: pooled)
            #expect(relativeDifference(found, expected.values) <= kernelTolerance, "seed \(seed): [\(input)], [\(shape)]")
        }
    }

    @Test(arguments: [(20, 50), (6, 16), (7, 13)])
    func networksAgreeWithReference(filters: (Int, Int)) throws {
        #expect(try difference(lenet(filters: filters), batch: 3, seed: 5) <= kernelTolerance)
    }

    private func run(
        _ images: ReferenceTensor, _ weights: ReferenceTensor, _ bias: ReferenceTensor?, withRelu: Bool, to shape: Shape
    ) -> [Float] {
        let blocked = blocks(of: weights)
        var result = [Float](repeating: .nan, count: shape.count)
        images.values.withUnsafeBufferPointer { source in
            blocked.withUnsafeBufferPointer { weightValues in
                (bias?.values ?? []).withUnsafeBufferPointer { biasValues in
                    result.withUnsafeMutableBufferPointer { target in
                        var convolution = pare_pooled_convolution(
                            source: source.baseAddress, weights: weightValues.baseAddress,
                            bias: bias == nil ? nil : biasValues.baseAddress, destination: target.baseAddress,
                            channels: Int64(images.shape[1]), filters: Int64(shape[1]),
                            input: (Int64(images.shape[2]), Int64(images.shape[3])),
                            kernel: (Int64(weights.shape[2]), Int64(weights.shape[3])), relu: withRelu ? 1 : 0)
                        pare_convolve_and_pool(&convolution, 0, 1)
                        pare_convolve_and_pool(&convolution, 1, 2)
                    }
                }
            }
        }
        return result
    }

    /// [M, K] as [M / block, K, block].
    private func blocks(of weights: ReferenceTensor) -> [Float] {
        let (block, taps) = (Int(pare_filter_block(Int64(weights.shape[0]))), weights.values.count / weights.shape[0])
        return weights.values.indices.map { index in
            let (group, rest) = index.quotientAndRemainder(dividingBy: block * taps)
            return weights.values[(group * block + rest % block) * taps + rest / block]
        }
    }
}
