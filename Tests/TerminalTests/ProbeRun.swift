import TestSupport

/// Starting the probe, which shows what it hears.
enum ProbeRun {
    static let path = PseudoTerminalProcess.built("TerminalProbe")

    /// The environment of a usual terminal and the usual start.
    static let environment = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]

    static func start(
        _ arguments: [String] = [], _ changes: [String: String?] = [:], width: Int = 80, height: Int = 24,
        background: String? = nil, answersDevice: Bool = true
    ) throws -> PseudoTerminal {
        var variables = environment
        for (name, value) in changes { variables[name] = value }
        return try PseudoTerminal(
            path, arguments, environment: variables, width: width, height: height, background: background,
            answersDevice: answersDevice)
    }

    /// The probe with its first frame drawn.
    static func shown(
        _ arguments: [String] = [], _ changes: [String: String?] = [:], width: Int = 80, height: Int = 24,
        background: String? = nil, answersDevice: Bool = true
    ) throws -> PseudoTerminal {
        let terminal = try start(
            arguments, changes, width: width, height: height, background: background, answersDevice: answersDevice)
        terminal.wait(for: "probe \(width)x\(height)")
        terminal.wait { !$0.modes.contains(2026) && $0.modes.contains(2004) }
        return terminal
    }

    /// Private modes that a shell does not expect to find set.
    static let foreignModes: Set<Int> = [1000, 1002, 1003, 1006, 1049, 2004, 2026, 1]
}
