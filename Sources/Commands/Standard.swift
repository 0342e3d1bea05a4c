import CProcess
import Files
import Foundation
import Networks
import Synchronization

/// The standard streams: data go to stdout, messages to stderr. Control characters, which names from files may hold, are escaped.
///
/// Nothing here ends a command, whose result may be a file: what could not be written is told at its end, with code 73. Only a closed
/// pipe ends it at once, and quietly, where it writes text and no file.
enum Standard {
    private static let failure = Mutex<String?>(nil)
    private static let isDiverted = Atomic(false)

    static func output(_ text: String) {
        let number = isDiverted.load(ordering: .relaxed) ? STDERR_FILENO : STDOUT_FILENO
        write(Data((text.escapingControls(keepsLines: true) + "\n").utf8), to: number)
    }

    static func output(_ data: Data) { write(data, to: STDOUT_FILENO) }

    static func error(_ text: String) { write(Data((text.escapingControls(keepsLines: true) + "\n").utf8), to: STDERR_FILENO) }

    /// Text on stderr that may be lost: how far something has come. It is written as it is.
    static func progress(_ text: String) {
        do throws(SystemFailure) { try Descriptor.write(Data(text.utf8), to: STDERR_FILENO) } catch {}
    }

    /// A line that may be lost; control characters are escaped.
    static func progress(line: String) { progress(line.escapingControls(keepsLines: true) + "\n") }

    /// From here on text goes to stderr, because stdout is a file of the command's.
    static func divertText() { isDiverted.store(true, ordering: .relaxed) }

    /// Whether text could not be written; says so on stderr, once.
    static var hasLostText: Bool {
        guard let reason = failure.withLock({ $0 }) else { return false }
        progress("pare: \(reason)\n")
        return true
    }

    private static func write(_ data: Data, to number: Int32) {
        do throws(SystemFailure) { try Descriptor.write(data, to: number) } catch {
            let isText = number == STDOUT_FILENO && !Interruption.isListening
            if isText, error.code == EPIPE, cprocess_pipes_were_fatal() != 0 { cprocess_die(SIGPIPE) }
            let reason = "\(number == STDOUT_FILENO ? "stdout" : "stderr") can't be written: \(error.reason)."
            failure.withLock { $0 = $0 ?? reason }
        }
    }
}
