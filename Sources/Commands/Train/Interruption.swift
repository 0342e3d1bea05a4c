import Foundation
import Synchronization

/// Ctrl-C (and TERM) during a long command: the first one asks it to end well, a second one ends the program.
enum Interruption {
    private static let isRequested = Atomic(false)

    /// From here on a first signal sets a flag, after which the default action is back.
    static func listen() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interruption.isRequested.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }

    static var isWanted: Bool { isRequested.load(ordering: .relaxed) }
}
