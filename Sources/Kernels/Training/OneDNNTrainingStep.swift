import CKernels
import COneDNN
import Tensors

/// One stage of training: forward from the values it reads to the value it makes, backward from that value's gradient to theirs.
protocol TrainingStep: AnyObject {
    func forward(seed: UInt64) throws(KernelError)
    /// Leaves the gradients of what the stage reads. May change the gradient of what it makes, which nothing reads after it.
    func backward() throws(KernelError)
}

/// A row-major tensor and, where training needs it, the loss's gradient by it. The addresses hold.
final class TrainedTensor {
    let shape: Shape
    let floats: UnsafeMutableBufferPointer<Float>
    /// Empty where no gradient is needed.
    let gradients: UnsafeMutableBufferPointer<Float>
    private let memory: AlignedBuffer
    private let gradientMemory: AlignedBuffer?

    init(_ shape: Shape, needsGradient: Bool) {
        self.shape = shape
        let bytes = shape.count * MemoryLayout<Float>.stride
        memory = AlignedBuffer(byteCount: bytes)
        gradientMemory = needsGradient ? AlignedBuffer(byteCount: bytes) : nil
        floats = Self.floats(memory, shape.count)
        gradients = gradientMemory.map { Self.floats($0, shape.count) } ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    private static func floats(_ memory: AlignedBuffer, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: memory.start.bindMemory(to: Float.self, capacity: max(count, 16)), count: count)
    }

    var start: UnsafeMutablePointer<Float> { memory.start.assumingMemoryBound(to: Float.self) }
    /// nil where no gradient is needed.
    var gradientStart: UnsafeMutablePointer<Float>? { gradients.baseAddress }
}

/// What a stage reads, and where it leaves its gradient.
struct TrainedOperand {
    var tensor: TrainedTensor
    /// The shape that it is read under.
    var shape: Shape
    /// Whether another stage has left a gradient that this one adds to.
    var accumulates: Bool
    /// Whether the stage leaves a gradient at all, where one is needed.
    var passes = true

    var start: UnsafeMutablePointer<Float> { tensor.start }
    var gradient: UnsafeMutablePointer<Float>? { passes ? tensor.gradientStart : nil }
    var adds: Int32 { accumulates ? 1 : 0 }
    /// What a matrix product multiplies the earlier gradient by.
    var beta: Float { accumulates ? 1 : 0 }
}

/// Shares work out among threads in parts that do not depend on which thread is faster.
final class TrainingWorkers {
    let threads = max(1, KernelLibrary.threads)
    private let statuses: UnsafeMutablePointer<Int32>

    init() {
        statuses = .allocate(capacity: threads)
        statuses.initialize(repeating: 0, count: threads)
    }

    deinit { statuses.deallocate() }

    /// The parts into which `count` things are cut.
    func parts(of count: Int) -> Int { min(threads, max(1, count)) }

    /// The things of one part, each bound at a multiple of `step`.
    func range(_ part: Int, of parts: Int, count: Int, step: Int = 1) -> Range<Int> {
        let steps = (count + step - 1) / step
        return min(count, steps * part / parts * step)..<min(count, steps * (part + 1) / parts * step)
    }

    /// Runs `body` for each part; throws the first part's failure.
    func run(_ parts: Int, _ body: (Int) -> Int32) throws(KernelError) {
        if parts == 1 { return try check(body(0), "train") }
        withoutActuallyEscaping(body) { body in
            let job = Job(body, statuses)
            pare_parallel(
                Int32(threads), parts, 1,
                { context, _, first, last in
                    guard let context else { return }
                    let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
                    for part in first..<last { job.statuses[part] = job.body(part) }
                }, Unmanaged.passUnretained(job).toOpaque())
        }
        for part in 0..<parts { try check(statuses[part], "train") }
    }

    /// Runs `body` for ranges of `count` things, `size` values each; on the calling thread alone where that is little.
    func split(_ count: Int, size: Int, step: Int = 1, _ body: (Range<Int>) -> Void) throws(KernelError) {
        let parts = count * size < Self.little ? 1 : parts(of: (count + step - 1) / step)
        try run(parts) { part in
            body(range(part, of: parts, count: count, step: step))
            return 0
        }
    }

    /// Fewer values than this are done before another thread has woken up.
    static let little = 40_000

    private final class Job {
        let body: (Int) -> Int32
        let statuses: UnsafeMutablePointer<Int32>

        init(_ body: @escaping (Int) -> Int32, _ statuses: UnsafeMutablePointer<Int32>) {
            self.body = body
            self.statuses = statuses
        }
    }
}
