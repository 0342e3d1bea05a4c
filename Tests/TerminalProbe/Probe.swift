import Frames
import Glibc
import Terminal

/// A program for the terminal tests: shows what it hears, and ends in every way there is.
enum Probe {
    static func run() {
        do {
            let terminal = try CursesTerminal.open(options())
            let session = try ProbeSession(terminal)
            try session.run()
            terminal.close()
            if let signal = Termination.requested { Termination.end(by: signal) }
            print("closed")
        } catch {
            fputs("probe: \(error)\n", stderrStream())
            exit(error == .hungUp ? 4 : 3)
        }
    }

    /// `stderr` is a mutable global, which Swift 6 refuses.
    private static func stderrStream() -> UnsafeMutablePointer<FILE>? { fdopen(2, "w") }

    private static func options() -> TerminalOptions {
        let arguments = CommandLine.arguments
        return TerminalOptions(
            depth: arguments.contains("--mono") ? .mono : nil, ascii: arguments.contains("--ascii"),
            mouse: !arguments.contains("--no-mouse"))
    }
}
