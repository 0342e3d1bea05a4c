import Glibc

/// What `stty -a` shows of a terminal line, but for its size and speed.
public struct TerminalSettings: Hashable, Sendable {
    public let input: UInt32
    public let output: UInt32
    public let control: UInt32
    public let local: UInt32
    public let characters: [UInt8]
}

extension PseudoTerminal {
    /// The line's settings now; nil after a hang-up.
    public func settings() -> TerminalSettings? {
        var modes = termios()
        guard tcgetattr(master, &modes) == 0 else { return nil }
        let characters = withUnsafeBytes(of: &modes.c_cc) { Array($0) }
        return TerminalSettings(
            input: modes.c_iflag, output: modes.c_oflag, control: modes.c_cflag, local: modes.c_lflag,
            characters: characters)
    }

    /// Waits until the program is stopped by a signal; false where it ended instead.
    public func waitUntilStopped() -> Bool {
        var status: Int32 = 0
        return waitpid(process, &status, WUNTRACED) == process && status & 0xFF == 0x7F
    }
}
