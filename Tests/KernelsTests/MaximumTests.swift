import CKernels
import Kernels
import Networks
import Tensors
import Testing

/// The window maximum over lanes in C against the reference, on every number of lanes: those of blocks, and channels last.
@Suite struct MaximumTests {
    @Test(arguments: [1, 3, 8, 12, 16, 20])
    func agreesWithReference(lanes: Int) {
        for seed in 0..<40 {
            var builder = NetworkBuilder(input: [], seed: UInt64(seed))
            let isPair = builder.toss()
            let kernel = isPair ? [2, 2] : [builder.draw(1...3), builder.draw(1...3)]
            let settings = Pooling(
                kernel: kernel, strides: [builder.draw(1...3), builder.draw(1...3)],
                pads: isPair ? [0, 0, 0, 0] : kernel.map { builder.draw(0...$0 - 1) } + [0, 0],
                dilations: isPair ? [1, 1] : [1, builder.draw(1...2)], ceilMode: builder.toss())
            let input: Shape = [2, lanes, builder.draw(5...9), builder.draw(5...9)]
            guard let height = settings.outputExtent(of: input[2], axis: 0), let width = settings.outputExtent(of: input[3], axis: 1)
            else { continue }
            let output: Shape = [2, lanes, height, width]
            let images = ReferenceTensor(shape: input, values: normals(input.count, seed: UInt64(seed)))
            let expected = ReferenceKernels.maxPool(images, settings, to: output)
            #expect(pooled(images, settings, output) == lanesLast(expected), "seed \(seed): \(settings), [\(input)]")
        }
    }

    private func pooled(_ images: ReferenceTensor, _ settings: Pooling, _ output: Shape) -> [Float] {
        let source = lanesLast(images)
        var result = [Float](repeating: .nan, count: output.count)
        source.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                var pooling = pare_max_pooling(
                    source: source.baseAddress, destination: target.baseAddress, lanes: Int64(output[1]),
                    input: (Int64(images.shape[2]), Int64(images.shape[3])), output: (Int64(output[2]), Int64(output[3])),
                    kernel: pair(settings.kernel), strides: pair(settings.strides), dilations: pair(settings.dilations),
                    pads: pair(settings.pads))
                pare_max_pool(&pooling, 0, 1)
                pare_max_pool(&pooling, 1, 2)
            }
        }
        return result
    }

    private func pair(_ values: [Int]) -> (Int64, Int64) { (Int64(values[0]), Int64(values[1])) }

    /// [N, C, H, W] as [N][H][W][C].
    private func lanesLast(_ images: ReferenceTensor) -> [Float] {
        let (channels, pixels) = (images.shape[1], images.shape[2] * images.shape[3])
        return images.values.indices.map { index in
            let (image, rest) = index.quotientAndRemainder(dividingBy: channels * pixels)
            return images.values[image * channels * pixels + rest % channels * pixels + rest / channels]
        }
    }
}
