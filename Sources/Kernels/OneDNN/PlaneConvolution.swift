import CKernels
import COneDNN
import Networks
import Tensors

/// A convolution of row-major images and the maximum of 2 by 2 pixels: the kernel of `CKernels`, on the threads of oneDNN.
///
/// Its lanes are pixels, so few channels or a number of filters that is no multiple of the lanes cost nothing.
final class PlaneConvolution {
    private let convolution: pare_pooled_convolution
    private let source: BoundMemory
    private let destination: BoundMemory
    private let weights: BoundMemory
    private let bias: BoundMemory?
    private let images: Int
    private let threads = pare_thread_count()

    init(_ layer: ConvolutionLayer, from source: BoundMemory, weights: BoundMemory, bias: BoundMemory?, to destination: BoundMemory) {
        convolution = pare_pooled_convolution(
            source: nil, weights: nil, bias: nil, destination: nil, channels: Int64(layer.source.shape[1]),
            filters: Int64(layer.output[1]), input: pair(layer.source.shape.dimensions[2...]),
            kernel: pair(layer.settings.kernel[...]), relu: layer.activation == nil ? 0 : 1)
        images = layer.output[0]
        self.source = source
        self.weights = weights
        self.bias = bias
        self.destination = destination
    }

    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let grain = max(1, images / (8 * Int(max(threads, 1))))
        pare_parallel(
            threads, images, grain,
            { context, _, first, last in
                guard let context else { return }
                Unmanaged<PlaneConvolution>.fromOpaque(context).takeUnretainedValue().run(first, last)
            }, context)
    }

    private func run(_ first: Int, _ last: Int) {
        var convolution = convolution
        convolution.source = UnsafePointer(source.data?.assumingMemoryBound(to: Float.self))
        convolution.weights = UnsafePointer(weights.data?.assumingMemoryBound(to: Float.self))
        convolution.bias = UnsafePointer(bias?.data?.assumingMemoryBound(to: Float.self))
        convolution.destination = destination.data?.assumingMemoryBound(to: Float.self)
        pare_convolve_and_pool(&convolution, first, last)
    }
}

extension ConvolutionLayer {
    /// Whether the kernel of planes can run it and the window maximum after it, and spends at most a ninth of its time on pixels twice.
    func fitsPlanes(_ pooling: Pooling, _ pooled: Shape) -> Bool {
        let (height, width) = (output[2], output[3])
        let isPlain =
            (activation == nil || activation == .relu) && settings.groups == 1 && settings.strides == [1, 1]
            && settings.dilations == [1, 1] && settings.pads == [0, 0, 0, 0]
        let isPairs =
            pooling.kernel == [2, 2] && pooling.strides == [2, 2] && pooling.dilations == [1, 1] && pooling.pads == [0, 0, 0, 0]
        return isPlain && isPairs && height == 2 * pooled[2] && width == 2 * pooled[3] && width >= 8
            && width.rounded(up: 8) * 8 <= width * 9 && pare_filter_block(Int64(output[1])) > 0
    }
}

extension StageBuilder {
    /// Convolution and maximum over planes, for AVX2: oneDNN's kernels fill channels up to lanes. False, and nothing built, where it does not fit.
    mutating func buildPlanes(_ layer: ConvolutionLayer, _ pooling: Pooling) throws(KernelError) -> Bool {
        let output = plan.values[plan.stages[index].output].shape
        guard KernelLibrary.instructionSet == "AVX2", layer.fitsPlanes(pooling, output) else { return false }
        let source = try source(layer.source, plain: true)
        let (block, taps) = (Int(pare_filter_block(Int64(layer.output[1]))), layer.weightShape.rowCount)
        let shape: Shape = [layer.output[1] / block, block, taps]
        let weights = try constant(
            layer.weights, from: .strided(shape), to: .strided(shape, strides: [block * taps, 1, block]))
        let row = try MemoryLayoutHandle.strided([layer.output[1]])
        var bias: BoundMemory?
        if let name = layer.bias { bias = try constant(name, from: row, to: row) }
        let memory = try destination(.strided(output))
        current.steps.append(.planes(PlaneConvolution(layer, from: source, weights: weights, bias: bias, to: memory)))
        return true
    }
}
