import CKernels
import COneDNN
import Networks
import Tensors

/// A sparse kernel with what it reads and makes.
final class SparseStage {
    private let kernel: SparseKernel
    private let source: BoundMemory
    private let destination: BoundMemory

    init(_ kernel: SparseKernel, from source: BoundMemory, to destination: BoundMemory) {
        (self.kernel, self.source, self.destination) = (kernel, source, destination)
    }

    func run() { kernel.run(from: source.data, to: destination.data) }
}

/// A sparse convolution and the window maximum of its result, block by block, so that what lies between stays in the cache.
final class SparsePooledStage {
    private let kernel: SparseKernel
    private let maximum: LaneMaximum
    private let source: BoundMemory
    private let destination: BoundMemory
    private let threads = pare_thread_count()
    /// The convolved images of one block, for each thread.
    private let middles: [AlignedBuffer]
    /// Bytes of a block of what is made.
    private let step: Int

    /// `images` [N, M, H', W'] are pooled to `output`.
    init(
        _ kernel: SparseKernel, _ pooling: Pooling, images: Shape, output: Shape, lanes: Int, from source: BoundMemory,
        to destination: BoundMemory
    ) {
        self.kernel = kernel
        (self.source, self.destination) = (source, destination)
        maximum = LaneMaximum(
            pooling, images.with(images: 1).planes(of: lanes), output.with(images: 1).planes(of: lanes), lanes: lanes)
        middles = (0..<max(1, Int(threads))).map { _ in AlignedBuffer(byteCount: images.rowCount * lanes * 4) }
        step = output.rowCount * lanes * 4
    }

    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            threads, kernel.blocks, 1,
            { context, thread, first, last in
                guard let context else { return }
                let stage = Unmanaged<SparsePooledStage>.fromOpaque(context).takeUnretainedValue()
                for block in first..<last { stage.run(block, on: Int(thread)) }
            }, context)
    }

    private func run(_ block: Int, on thread: Int) {
        let middle = middles[thread].start
        kernel.run(block: block, from: source.data, to: middle, on: thread)
        maximum.run(0..<maximum.planes, from: middle, to: destination.data.map { $0 + block * step })
    }
}

/// A parameter as lists or as the bias of a sparse kernel.
final class SparseParameter: ParameterCopy {
    let name: String
    private let kernel: SparseKernel
    private let isBias: Bool
    private let scale: Float
    /// Columns of weights [K, M], which are read as [M, K]; nil where they lie as they are read.
    private let transposed: Int?

    init(_ name: String, of kernel: SparseKernel, isBias: Bool = false, scale: Float = 1, transposed: Int? = nil) {
        (self.name, self.kernel, self.isBias, self.scale, self.transposed) = (name, kernel, isBias, scale, transposed)
    }

    func load(_ values: Tensor) throws(KernelError) {
        values.withFloats { floats in
            if isBias {
                kernel.load(bias: floats, scale: scale)
            } else if let units = transposed {
                let depth = floats.count / max(units, 1)
                let turned = (0..<units).flatMap { unit in (0..<depth).map { floats[$0 * units + unit] } }
                turned.withUnsafeBufferPointer { kernel.load(weights: $0, scale: scale) }
            } else {
                kernel.load(weights: floats, scale: scale)
            }
        }
    }
}
