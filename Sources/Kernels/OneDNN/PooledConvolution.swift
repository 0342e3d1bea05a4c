import CKernels
import COneDNN
import Tensors

/// A convolution and the window maximum of its result, a few images at a time, so that what lies between them stays in the cache.
///
/// Each thread takes the next images when it is done with some, so a thread that the system holds up delays no other.
final class PooledConvolution {
    /// What one thread works with.
    struct Worker {
        /// A convolution of `images` images.
        var convolution: Primitive
        var source: BoundMemory
        /// The convolved images.
        var middle: AlignedBuffer
    }

    private let engine: ProcessorEngine
    private let source: BoundMemory
    private let destination: BoundMemory
    private let workers: [Worker]
    private let maximum: LaneMaximum
    /// Groups of images of a batch.
    private let groups: Int
    /// The status of each worker's last failure.
    private let failures: UnsafeMutableBufferPointer<Int32>

    init(
        _ workers: [Worker], _ maximum: LaneMaximum, groups: Int, from source: BoundMemory, to destination: BoundMemory,
        in engine: ProcessorEngine
    ) {
        self.workers = workers
        self.maximum = maximum
        self.groups = groups
        self.source = source
        self.destination = destination
        self.engine = engine
        failures = .allocate(capacity: workers.count)
        failures.initialize(repeating: 0)
    }

    deinit { failures.deallocate() }

    var implementation: String { workers[0].convolution.implementation }

    func run() throws(KernelError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            Int32(workers.count), groups, 1,
            { context, thread, first, last in
                guard let context else { return }
                let convolution = Unmanaged<PooledConvolution>.fromOpaque(context).takeUnretainedValue()
                for group in first..<last { convolution.run(group, on: Int(thread)) }
            }, context)
        for index in failures.indices where failures[index] != 0 {
            defer { failures[index] = 0 }
            try check(failures[index], "run a convolution")
        }
    }

    private func run(_ group: Int, on thread: Int) {
        let worker = workers[thread]
        let images = source.data.map { $0 + group * (source.layout.byteCount / groups) }
        let pooled = destination.data.map { $0 + group * (destination.layout.byteCount / groups) }
        let status = pare_memory_set_data(worker.source.handle, images)
        let run = status == 0 ? pare_primitive_execute(worker.convolution.handle, engine.handle) : status
        guard run == 0 else { return failures[thread] = run }
        maximum.run(0..<maximum.planes, from: worker.middle.start, to: pooled)
    }
}
