import Compression
import Exports
import Foundation
import Networks
import Screens
import Synchronization
import Terminal

/// Writes networks on a thread of its own, so that the screen never waits for a file.
final class NetworkExporter: Sendable {
    private let answers = Mutex<[Message]>([])
    private let pending = Mutex(0)
    private let wakeup: Wakeup

    init(wakeup: Wakeup) { self.wakeup = wakeup }

    /// Writes and reads back; the answer is what ``takeMessages()`` gives after a wake-up.
    func write(_ applied: Applied, as format: ExportFormat, codings: [String: WeightCoding], card: ModelCard?, to path: String) {
        pending.withLock { $0 += 1 }
        let thread = Thread { [self] in
            let message: Message
            do throws(ExportError) {
                let report = try NetworkExport.write(applied, as: format, codings: codings, card: card, to: path)
                message = Message(report.description.replacingOccurrences(of: "\n", with: " · "), kind: .success)
            } catch {
                message = Message("\(error)", kind: .error)
            }
            answers.withLock { $0.append(message) }
            pending.withLock { $0 -= 1 }
            wakeup.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    func takeMessages() -> [Message] {
        answers.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }

    /// Waits for files that are being written: leaving must not cut one off.
    func drain() { while pending.withLock({ $0 > 0 }) { usleep(1_000) } }
}
