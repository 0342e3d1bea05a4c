import Dispatch
import Engine
import Synchronization

/// Writes the checkpoints of a training beside its session, one after another, on a queue of its own: the screen does not wait for a disk.
final class CheckpointKeeper: Sendable {
    private let queue = DispatchQueue(label: "pare.checkpoint", qos: .utility)
    private let failure = Mutex<String?>(nil)

    func keep(_ checkpoint: TrainingCheckpoint, of training: String, at path: String) {
        queue.async { [self] in
            do throws(CommandFailure) {
                try CheckpointFile.write(checkpoint, training: training, to: path, isOwn: true)
            } catch {
                failure.withLock { $0 = error.message }
            }
        }
    }

    func remove(at path: String) { queue.async { CheckpointFile.remove(path) } }

    /// Sleeps until everything is written.
    func drain() { queue.sync {} }

    /// Why one could not be written, once.
    func takeFailure() -> String? {
        failure.withLock { failure in
            defer { failure = nil }
            return failure
        }
    }
}
