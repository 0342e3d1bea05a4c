import CKernels
import COneDNN
import Tensors

/// What becomes of sums of 32 bits: floats, or levels of the quantizer that alone reads them.
struct SumFinish {
    var scales: SumScales
    var bias: BoundMemory?
    var withRelu: Bool
    /// The clip and the bits; nil of floats.
    var levels: (clip: BoundMemory, bits: Int)?
    /// Bytes of one result.
    var width: Int { levels == nil ? 4 : 1 }

    /// Finishes rows of sums, one a channel; gives how many results are no numbers and can't be levels.
    func run(_ sums: UnsafeMutableRawPointer, rows: Int, to results: UnsafeMutableRawPointer) -> Int {
        let sums = UnsafePointer(sums.assumingMemoryBound(to: Int32.self))
        let bias = bias?.data.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
        guard let levels else {
            let floats = results.assumingMemoryBound(to: Float.self)
            pare_finish_sums(sums, rows, scales.values.count, scales.values, bias, withRelu ? 1 : 0, floats)
            return 0
        }
        let clip = levels.clip.data?.assumingMemoryBound(to: Float.self).pointee ?? 0
        let bytes = results.assumingMemoryBound(to: UInt8.self)
        return pare_finish_levels(sums, rows, scales.values.count, scales.values, bias, clip, Int32(levels.bits), bytes)
    }
}

/// A layer that sums integers, a few examples at a time, so that its sums never leave the cache.
///
/// Sums are those of oneDNN's kernel of 8 bits, which hands them on rounded to float32: exact up to 2²⁴, and beyond what (float)sum is.
final class IntegerStage {
    /// What one thread works with.
    struct Worker {
        /// The layer for a group of examples.
        var primitive: Primitive
        var source: BoundMemory
        var sums: AlignedBuffer
    }

    private let engine: ProcessorEngine
    private let workers: [Worker]
    private let source: BoundMemory
    private let destination: BoundMemory
    private let finish: SumFinish
    /// Groups of a batch, and rows of sums in each.
    private let groups: Int
    private let rows: Int
    /// By worker, the status of its last failure, and results that were no numbers.
    private let failures: UnsafeMutableBufferPointer<Int32>
    private let lost: UnsafeMutableBufferPointer<Int>

    init(
        _ workers: [Worker], groups: Int, rows: Int, _ finish: SumFinish, from source: BoundMemory, to destination: BoundMemory,
        in engine: ProcessorEngine
    ) {
        (self.workers, self.groups, self.rows, self.finish) = (workers, groups, rows, finish)
        (self.source, self.destination, self.engine) = (source, destination, engine)
        failures = .allocate(capacity: workers.count)
        failures.initialize(repeating: 0)
        lost = .allocate(capacity: workers.count)
        lost.initialize(repeating: 0)
    }

    deinit {
        failures.deallocate()
        lost.deallocate()
    }

    var implementation: String { "integer " + workers[0].primitive.implementation }

    /// Gives whether a result was no number and should have been a level.
    func run() throws(KernelError) -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            Int32(workers.count), groups, 1,
            { context, thread, first, last in
                guard let context else { return }
                let stage = Unmanaged<IntegerStage>.fromOpaque(context).takeUnretainedValue()
                for group in first..<last { stage.run(group, on: Int(thread)) }
            }, context)
        var isLost = false
        for index in workers.indices {
            defer { (failures[index], lost[index]) = (0, 0) }
            try check(failures[index], "run a layer of 8 bits")
            if lost[index] > 0 { isLost = true }
        }
        return isLost
    }

    private func run(_ group: Int, on thread: Int) {
        let worker = workers[thread]
        let examples = source.data.map { $0 + group * (source.layout.byteCount / groups) }
        guard let results = destination.data.map({ $0 + group * rows * finish.scales.values.count * finish.width }) else { return }
        let status = pare_memory_set_data(worker.source.handle, examples)
        let run = status == 0 ? pare_primitive_execute(worker.primitive.handle, engine.handle) : status
        guard run == 0 else { return failures[thread] = run }
        lost[thread] += finish.run(worker.sums.start, rows: rows, to: results)
    }
}
