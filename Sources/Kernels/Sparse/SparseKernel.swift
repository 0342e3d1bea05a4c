import CKernels
import COneDNN
import Networks
import Tensors

/// A convolution or product whose weights are mostly zeros, as lists of those that are none: the loops of `CKernels`, on the threads of oneDNN.
///
/// Images lie side by side, `lanes` at a time: [⌈N / lanes⌉][C][H][W][lanes]. The sum of an output starts with the bias and goes through its weights by
/// channel, row and column, so its bits depend on weights and pixels alone: on no tile, thread or place in the batch. Layout after Park et al.,
/// "Faster CNNs with direct sparse convolutions and guided pruning" (2017), and Elsen et al., "Fast sparse convnets" (2019).
package final class SparseKernel {
    /// Images side by side on this processor; nil where there are no kernels for it.
    package static var lanes: Int? { KernelRates.current?.lanes }

    var convolution: pare_sparse_convolution
    /// Images of the batch; all others are lanes of zeros.
    let images: Int
    /// Of rows [N, K]; nil for a convolution.
    private let product: ProductSource?
    private let weightCount: Int
    private let biasBuffer: AlignedBuffer?
    private let threads = pare_thread_count()
    private var entries: UnsafeMutableBufferPointer<pare_sparse_entry>
    private let starts: UnsafeMutableBufferPointer<Int32>
    /// Packed tiles, one for each thread.
    private let scratch: [AlignedBuffer]

    /// How what a product reads lies.
    package enum ProductSource {
        /// [N, K].
        case rows
        /// [⌈N / lanes⌉][K][lanes].
        case lanes
    }

    /// Source [N, C, H, W] · weights [M, C / groups, kH, kW] → [N, M, H', W'] of two axes, in lanes.
    package convenience init(_ settings: Convolution, input: Shape, output: Shape, lanes: Int, hasBias: Bool, withRelu: Bool) {
        var convolution = pare_sparse_convolution(settings, input, output, lanes: lanes, withRelu: withRelu)
        pare_sparse_tile(&convolution)
        self.init(convolution, images: input[0], product: nil, scratch: pare_sparse_scratch(&convolution), hasBias: hasBias)
    }

    /// Rows [N, K] · weights [M, K] → rows [N, M].
    package convenience init(
        images: Int, depth: Int, units: Int, lanes: Int, reads source: ProductSource = .rows, hasBias: Bool, withRelu: Bool
    ) {
        let blocks = (images + lanes - 1) / lanes
        var convolution = pare_sparse_convolution(
            Convolution(kernel: [1, 1]), [1, depth, 1, blocks], [1, units, 1, blocks], lanes: lanes, withRelu: withRelu)
        pare_sparse_product_tile(&convolution, Int64(max(1, pare_thread_count())))
        let floats = pare_sparse_product_scratch(&convolution)
        self.init(convolution, images: images, product: source, scratch: floats, hasBias: hasBias)
    }

    private init(_ made: pare_sparse_convolution, images: Int, product: ProductSource?, scratch floats: Int64, hasBias: Bool) {
        var convolution = made
        self.images = images
        self.product = product
        weightCount = Int(convolution.filters * (convolution.channels / convolution.groups) * convolution.kernel.0 * convolution.kernel.1)
        biasBuffer = hasBias ? AlignedBuffer(byteCount: max(64, Int(convolution.filters) * 4)) : nil
        entries = .allocate(capacity: 0)
        starts = .allocate(capacity: Int(pare_sparse_starts(&convolution)))
        starts.initialize(repeating: 0)
        scratch = (0..<max(1, Int(threads))).map { _ in AlignedBuffer(byteCount: max(64, Int(floats) * 4)) }
        convolution.starts = UnsafePointer(starts.baseAddress)
        convolution.entries = UnsafePointer(entries.baseAddress)
        convolution.bias = biasBuffer.map { UnsafePointer($0.start.assumingMemoryBound(to: Float.self)) }
        self.convolution = convolution
    }

    deinit {
        entries.deallocate()
        starts.deallocate()
    }

    /// Blocks of images.
    var blocks: Int { (images + Int(convolution.lanes) - 1) / Int(convolution.lanes) }

    /// Lists the weights, row-major, each multiplied by `scale`. Cost: O(weights).
    package func load(weights: UnsafeBufferPointer<Float>, scale: Float = 1) {
        precondition(weights.count == weightCount, "\(weights.count) weights in place of \(weightCount)")
        let count = pare_count_nonzeros(weights.baseAddress, weights.count)
        if count > entries.count {
            entries.deallocate()
            entries = .allocate(capacity: count)
            convolution.entries = UnsafePointer(entries.baseAddress)
        }
        pare_sparse_list(&convolution, weights.baseAddress, scale, entries.baseAddress, starts.baseAddress)
    }

    /// Takes the bias [M], or one number for all.
    package func load(bias: UnsafeBufferPointer<Float>, scale: Float = 1) {
        guard let target = biasBuffer?.start.assumingMemoryBound(to: Float.self) else { return }
        precondition(bias.count == 1 || bias.count == convolution.filters, "\(bias.count) numbers of a bias")
        for index in 0..<Int(convolution.filters) { target[index] = bias[bias.count == 1 ? 0 : index] * scale }
    }

    /// Runs the whole batch.
    package func run(from source: UnsafeMutableRawPointer?, to destination: UnsafeMutableRawPointer?) {
        convolution.source = UnsafePointer(source?.assumingMemoryBound(to: Float.self))
        convolution.destination = destination?.assumingMemoryBound(to: Float.self)
        let items = Int(pare_sparse_items(&convolution, product == nil ? Int64(blocks) : 1))
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            threads, items, max(1, items / (8 * max(1, Int(threads)))),
            { context, thread, first, last in
                guard let context else { return }
                Unmanaged<SparseKernel>.fromOpaque(context).takeUnretainedValue().run(first, last, on: Int(thread))
            }, context)
    }

    private func run(_ first: Int, _ last: Int, on thread: Int) {
        var convolution = convolution
        let scratch = scratch[thread].start.assumingMemoryBound(to: Float.self)
        switch product {
        case nil: pare_sparse_convolve(&convolution, first, last, scratch)
        case .rows: pare_sparse_multiply(&convolution, Int64(images), 0, first, last, scratch)
        case .lanes: pare_sparse_multiply(&convolution, Int64(images), 1, first, last, scratch)
        }
    }

    /// Runs one block of images of a convolution on the calling thread, number `thread`, into memory of its own.
    func run(block: Int, from source: UnsafeMutableRawPointer?, to middle: UnsafeMutableRawPointer, on thread: Int) {
        var convolution = convolution
        let floats = Int(convolution.channels * convolution.input.0 * convolution.input.1 * convolution.lanes)
        convolution.source = source.map { UnsafePointer($0.assumingMemoryBound(to: Float.self) + block * floats) }
        convolution.destination = middle.assumingMemoryBound(to: Float.self)
        let scratch = scratch[thread].start.assumingMemoryBound(to: Float.self)
        pare_sparse_convolve(&convolution, 0, Int(pare_sparse_items(&convolution, 1)), scratch)
    }
}

extension pare_sparse_convolution {
    /// A convolution of two axes; by one pixel without stride and padding, the pixels are one row.
    package init(_ settings: Convolution, _ input: Shape, _ output: Shape, lanes: Int, withRelu: Bool) {
        let isFlat = settings.kernel == [1, 1] && settings.strides == [1, 1] && settings.pads.allSatisfy { $0 == 0 }
        let (from, to) = (input.dimensions[2...], output.dimensions[2...])
        self.init()
        self.lanes = Int64(lanes)
        (channels, filters, groups) = (Int64(input[1]), Int64(output[1]), Int64(settings.groups))
        self.input = isFlat ? (1, Int64(from.reduce(1, *))) : pair(from)
        self.output = isFlat ? (1, Int64(to.reduce(1, *))) : pair(to)
        (kernel, strides) = (pair(settings.kernel[...]), pair(settings.strides[...]))
        (dilations, pads) = (pair(settings.dilations[...]), pair(settings.pads[...]))
        relu = withRelu ? 1 : 0
    }
}
