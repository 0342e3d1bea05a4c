import CTerminal
import Glibc

/// The request of a signal (TERM, HUP or INT) that the program end.
public enum Termination {
    /// The signal's number, nil as long as none came; `CursesTerminal.wait` returns at once when one comes.
    public static var requested: Int32? {
        let number = cterminal_termination_signal()
        return number == 0 ? nil : number
    }

    /// Ends the program by the signal's default action, so that the exit status tells the cause; after everything is closed.
    public static func end(by signal: Int32) -> Never {
        cterminal_die(signal)
        exit(128 + signal)
    }
}
