import Glibc

/// Starting a program in a pseudo-terminal, and looking at it from outside.
public enum PseudoTerminalProcess {
    // Of Linux' asm-generic/ioctls.h and glibc's spawn.h, which Swift's module of the C library leaves out.
    private static let unlockRequest: UInt = 0x4004_5431
    private static let numberRequest: UInt = 0x8004_5430
    private static let newSession: Int32 = 0x80

    /// Makes the program's end of a new pseudo-terminal usable; returns its path.
    static func unlock(_ master: Int32) throws -> String {
        var locked: Int32 = 0
        var number: Int32 = 0
        guard ioctl(master, unlockRequest, &locked) == 0, ioctl(master, numberRequest, &number) == 0 else {
            throw PseudoTerminalFailure(call: "ioctl", code: errno)
        }
        return "/dev/pts/\(number)"
    }

    /// Starts `program` in a session of its own; opening the terminal as its standard input makes it the session's.
    static func spawn(
        _ program: String, _ arguments: [String], environment: [String: String], terminal: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
        if code != 0 { throw PseudoTerminalFailure(call: "posix_spawn", code: code) }
        return process
    }

    /// A program built beside the running tests.
    public static func built(_ name: String) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/\(name)"
    }

    /// The text of a file of `/proc`, "" where there is none.
    public static func contents(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }

    /// The first child of a process, nil where it has none.
    public static func child(of process: pid_t) -> pid_t? {
        contents("/proc/\(process)/task/\(process)/children").split(separator: " ").first.flatMap { pid_t($0) }
    }

    /// Processor time of a process, in the kernel's ticks, and how often it gave the processor up by waiting.
    public static func activity(of process: pid_t) -> (ticks: Int, switches: Int) {
        let fields = contents("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
        let line = contents("/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("voluntary") }
        return (ticks, line.flatMap { Int($0.split(separator: "\t").last ?? "") } ?? 0)
    }
}
