import Glibc

/// A program in a pseudo-terminal of its own, with an emulator that shows what a person would see.
///
/// Nothing here sleeps: every wait is for output, an end or a limit that means failure.
public final class PseudoTerminal {
    public enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// The other end of the program's terminal.
    public private(set) var master: Int32
    public let process: pid_t
    /// What the program has drawn so far.
    public private(set) var screen: PseudoTerminalScreen
    /// All bytes that it has written.
    public private(set) var output: [UInt8] = []
    private var ending: Ending?
    /// The answer to the question for the background, nil where this terminal gives none.
    private let background: String?
    /// Whether the question what the terminal is (DA1) is answered, as nearly all do.
    private let answersDevice: Bool

    /// Starts a program as the leader of a session whose terminal is a new pseudo-terminal.
    ///
    /// - Parameter environment: the whole of it; nothing is inherited.
    /// - Parameter background: what it answers to OSC 11, such as `rgb:ffff/ffff/ffff`.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], width: Int = 80,
        height: Int = 24, background: String? = nil, answersDevice: Bool = true
    ) throws {
        self.background = background
        self.answersDevice = answersDevice
        screen = PseudoTerminalScreen(width: width, height: height)
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0 else { throw PseudoTerminalFailure(call: "open", code: errno) }
        let name = try PseudoTerminalProcess.unlock(master)
        Self.setSize(of: master, width: width, height: height)
        process = try PseudoTerminalProcess.spawn(
            program, arguments, environment: environment, terminal: name)
    }

    deinit {
        if ending == nil {
            kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
        if master >= 0 { close(master) }
    }

    /// Types text.
    public func send(_ text: String) { send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads output until `condition` holds of the screen; false where it does not within the limit.
    @discardableResult
    public func wait(seconds: Double = 20, until condition: (PseudoTerminalScreen) -> Bool) -> Bool {
        let end = Self.now() + seconds
        while !condition(screen) {
            let left = end - Self.now()
            guard left > 0 else { return false }
            guard read(seconds: left) else { return condition(screen) }
        }
        return true
    }

    /// Waits for a text on the screen.
    @discardableResult
    public func wait(for text: String, seconds: Double = 20) -> Bool {
        wait(seconds: seconds) { $0.text.contains(text) }
    }

    /// Reads what comes within the time; returns the number of bytes. For showing that nothing comes.
    public func listen(seconds: Double) -> Int {
        let before = output.count
        let end = Self.now() + seconds
        while Self.now() < end, read(seconds: end - Self.now()) {}
        return output.count - before
    }

    /// Changes the size of the terminal, which signals the program.
    public func resize(width: Int, height: Int) {
        screen.resize(width: width, height: height)
        Self.setSize(of: master, width: width, height: height)
    }

    /// Says a size to the program that is not the screen's, such as 0.
    public func announceSize(width: Int, height: Int) { Self.setSize(of: master, width: width, height: height) }

    /// Closes the terminal, as closing a window does.
    public func hangUp() {
        close(master)
        master = -1
    }

    public func signal(_ number: Int32) { kill(process, number) }

    /// Waits for the program's end and takes the rest of its output; nil where it does not end within the limit.
    public func waitForEnd(seconds: Double = 20) -> Ending? {
        let end = Self.now() + seconds
        while ending == nil, Self.now() < end {
            if master >= 0, read(seconds: 0.02) { continue }
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process { ending = Self.ending(of: status) }
            if master < 0 { poll(nil, 0, 5) }
        }
        while master >= 0, read(seconds: 0) {}
        return ending
    }

    /// One read of what the program wrote; false at the end or where nothing comes in time.
    private func read(seconds: Double) -> Bool {
        guard master >= 0 else { return false }
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Int32(max(0, seconds * 1000).rounded(.up))) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        output.append(contentsOf: buffer.prefix(count))
        screen.write(buffer.prefix(count))
        answer()
        return true
    }

    private func answer() {
        for question in screen.questions {
            switch question {
            case .background: if let background { send("\u{1B}]11;\(background)\u{1B}\\") }
            case .device: if answersDevice { send("\u{1B}[?62;22c") }
            }
        }
        screen.questions.removeAll()
    }

    private static func ending(of status: Int32) -> Ending {
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    private static func setSize(of descriptor: Int32, width: Int, height: Int) {
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// A call that the system refused.
public struct PseudoTerminalFailure: Error {
    public let call: String
    public let code: Int32
}
