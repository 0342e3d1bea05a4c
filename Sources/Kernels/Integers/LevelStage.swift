import CKernels
import COneDNN
import Tensors

/// Levels of a clip made of floats, floats made of levels, or levels copied; source and destination lie alike.
final class LevelStage {
    enum Direction { case toLevels, toFloats, copy }

    private let direction: Direction
    private let bits: Int
    private let clip: BoundMemory
    private let source: BoundMemory
    private let destination: BoundMemory
    private let count: Int
    private let threads = pare_thread_count()
    /// By thread, values that were no numbers.
    private let lost: UnsafeMutableBufferPointer<Int>

    init(_ direction: Direction, bits: Int, clip: BoundMemory, from source: BoundMemory, to destination: BoundMemory, count: Int) {
        (self.direction, self.bits, self.clip, self.count) = (direction, bits, clip, count)
        (self.source, self.destination) = (source, destination)
        lost = .allocate(capacity: max(1, Int(threads)))
        lost.initialize(repeating: 0)
    }

    deinit { lost.deallocate() }

    /// Gives whether a value was no number and should have been a level.
    func run() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        // A thread's start costs as much as some thousand values.
        let grain = max(8_192, count / (4 * max(1, Int(threads))))
        pare_parallel(
            threads, count, grain,
            { context, thread, first, last in
                guard let context else { return }
                Unmanaged<LevelStage>.fromOpaque(context).takeUnretainedValue().run(first..<last, on: Int(thread))
            }, context)
        defer { lost.update(repeating: 0) }
        return lost.contains { $0 > 0 }
    }

    private func run(_ range: Range<Int>, on thread: Int) {
        guard let from = source.data, let to = destination.data else { return }
        let clip = clip.data?.assumingMemoryBound(to: Float.self).pointee ?? 0
        switch direction {
        case .toLevels:
            let floats = from.assumingMemoryBound(to: Float.self) + range.lowerBound
            lost[thread] += pare_levels(
                floats, range.count, clip, Int32(bits), to.assumingMemoryBound(to: UInt8.self) + range.lowerBound)
        case .toFloats:
            let levels = from.assumingMemoryBound(to: UInt8.self) + range.lowerBound
            pare_level_values(levels, range.count, clip, Int32(bits), to.assumingMemoryBound(to: Float.self) + range.lowerBound)
        case .copy: (to + range.lowerBound).copyMemory(from: from + range.lowerBound, byteCount: range.count)
        }
    }
}
