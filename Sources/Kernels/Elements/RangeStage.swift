import COneDNN

/// A kernel of our own over ranges of its results, on the threads of oneDNN.
final class RangeStage {
    let name: String
    private let count: Int
    private let grain: Int
    private let body: (_ first: Int, _ last: Int) -> Void
    private let threads = pare_thread_count()

    /// `count` results that read `size` numbers each; `body` makes those of a range.
    init(_ name: String, count: Int, size: Int = 1, _ body: @escaping (_ first: Int, _ last: Int) -> Void) {
        self.name = name
        self.count = count
        // A thread's start costs as much as some thousand numbers.
        grain = max(16_384 / max(size, 1), count / (4 * Int(max(threads, 1))), 1)
        self.body = body
    }

    func run() {
        if count <= grain || threads <= 1 { return count > 0 ? body(0, count) : () }
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            threads, count, grain,
            { context, _, first, last in
                guard let context else { return }
                Unmanaged<RangeStage>.fromOpaque(context).takeUnretainedValue().body(first, last)
            }, context)
    }
}

extension BoundMemory {
    /// What it lends kernels of our own.
    var floats: UnsafeMutablePointer<Float>? { data?.assumingMemoryBound(to: Float.self) }
}

extension StageBuilder {
    /// Adds a kernel that makes ranges of `count` results, each of `size` numbers.
    mutating func addRanges(_ name: String, count: Int, size: Int = 1, _ body: @escaping (_ first: Int, _ last: Int) -> Void) {
        current.steps.append(.ranges(RangeStage(name, count: count, size: size, body)))
    }
}
