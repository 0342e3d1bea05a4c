import CKernels
import COneDNN
import Tensors

/// The levels of a sum of two values that lie alike, each floats or levels of a grid of its own: added as floats, cut below 0, rounded once.
final class SumStage {
    /// One of the two.
    struct Term {
        var memory: BoundMemory
        /// The clip and bits that its levels stand for floats by; nil of floats.
        var grid: (clip: BoundMemory, bits: Int)?
    }

    private let terms: (Term, Term)
    private let grid: (clip: BoundMemory, bits: Int)
    private let destination: BoundMemory
    private let count: Int
    private let threads = pare_thread_count()
    /// By thread, sums that were no numbers.
    private let lost: UnsafeMutableBufferPointer<Int>

    init(_ first: Term, _ second: Term, _ grid: (clip: BoundMemory, bits: Int), to destination: BoundMemory, count: Int) {
        (terms, self.grid, self.destination, self.count) = ((first, second), grid, destination, count)
        lost = .allocate(capacity: max(1, Int(threads)))
        lost.initialize(repeating: 0)
    }

    deinit { lost.deallocate() }

    /// Gives whether a sum was no number and should have been a level.
    func run() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        // A thread's start costs as much as some thousand values.
        let grain = max(8_192, count / (4 * max(1, Int(threads))))
        pare_parallel(
            threads, count, grain,
            { context, thread, first, last in
                guard let context else { return }
                Unmanaged<SumStage>.fromOpaque(context).takeUnretainedValue().run(first..<last, on: Int(thread))
            }, context)
        defer { lost.update(repeating: 0) }
        return lost.contains { $0 > 0 }
    }

    private func run(_ range: Range<Int>, on thread: Int) {
        guard let to = destination.data?.assumingMemoryBound(to: UInt8.self) else { return }
        var (first, second) = (terms.0.term(from: range.lowerBound), terms.1.term(from: range.lowerBound))
        lost[thread] += pare_sum_levels(&first, &second, range.count, grid.clip.number, Int32(grid.bits), to + range.lowerBound)
    }
}

extension SumStage.Term {
    /// Where it begins, as the kernel takes it.
    fileprivate func term(from start: Int) -> pare_term {
        guard let grid else {
            let floats = memory.data.map { UnsafePointer($0.assumingMemoryBound(to: Float.self) + start) }
            return pare_term(values: floats, levels: nil, clip: 0, bits: 0)
        }
        let levels = memory.data.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self) + start) }
        return pare_term(values: nil, levels: levels, clip: grid.clip.number, bits: Int32(grid.bits))
    }
}

extension BoundMemory {
    /// The first number of a parameter.
    fileprivate var number: Float { data?.assumingMemoryBound(to: Float.self).pointee ?? 0 }
}
