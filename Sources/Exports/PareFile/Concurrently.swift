import Dispatch
import Synchronization

/// The results of `body` for 0, 1, … `count` − 1 in this order, found by as many threads as there are cores.
func concurrently<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
    // Pieces that are large enough for their switching, and small enough that no thread waits long for the others.
    let size = max(1, min(256, count / 64))
    let pieces = Mutex<[Int: [Value]]>([:])
    DispatchQueue.concurrentPerform(iterations: (count + size - 1) / size) { piece in
        let values = (piece * size..<min(count, (piece + 1) * size)).map(body)
        pieces.withLock { $0[piece] = values }
    }
    return pieces.withLock { pieces in pieces.sorted { $0.key < $1.key }.flatMap(\.value) }
}
