import CProcess
import Synchronization

/// Ctrl-C, TERM and HUP during a long command: the first one asks it to end well, a second one ends the program.
enum Interruption {
    private static let isOn = Atomic(false)

    /// From here on a first signal is noted; one that follows 0.3 seconds later or more ends the program.
    static func listen() {
        isOn.store(true, ordering: .relaxed)
        cprocess_note_requests()
    }

    /// Whether a command runs that writes its result whatever comes.
    static var isListening: Bool { isOn.load(ordering: .relaxed) }

    static var isWanted: Bool { signal != nil }

    private static var signal: Int32? {
        let number = cprocess_noted_request()
        return number == 0 ? nil : number
    }

    /// What ends a command that was stopped before there was anything to keep: the signal itself.
    static func failure(
        _ message: String = "The training was stopped before anything was measured: there is nothing to keep."
    ) -> CommandFailure { CommandFailure(message, .noInput, signal: signal) }
}
