import Formats
import Foundation
import Sessions
import TestSupport

/// A folder with sessions and settings of its own, in which the built program is run; gone after the test.
final class Workplace {
    static let program = PseudoTerminalProcess.built("pare")
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let hasData = FileManager.default.fileExists(atPath: DatasetLoader.debianDirectory + "/train-images-idx3-ubyte.gz")

    let path: String
    var environment: [String: String]

    init() throws {
        path = (NSTemporaryDirectory() as NSString).appendingPathComponent("pare-commands-" + UUID().uuidString)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        environment = [
            "HOME": path, "PARE_SESSIONS": path + "/sessions", "XDG_CONFIG_HOME": path + "/config", "XDG_STATE_HOME": path + "/state",
            "XDG_DATA_HOME": path + "/data", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "PATH": "/usr/local/bin:/usr/bin:/bin",
        ]
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var sessions: SessionFolder { SessionFolder(own: path + "/sessions") }

    /// Where a session of the user's own lies.
    func session(_ name: String) -> String { path + "/sessions/\(name).sqlite" }

    func read(_ name: String) throws -> SessionContents { try SessionFolder.read(path: session(name)) }

    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// A copy of a bundled network under another name.
    func copyNetwork(_ name: String, as copy: String) throws -> String {
        let file = path + "/" + copy
        try FileManager.default.copyItem(atPath: Self.root.appendingPathComponent("Models/\(name).onnx").path, toPath: file)
        return file
    }

    /// Starts the program in a pseudo-terminal, in this folder, with an address space of so many kilobytes; `background` as a terminal answers it.
    func start(
        _ arguments: [String], width: Int = 120, height: Int = 40, addressSpace: Int? = nil, background: String? = nil
    ) throws -> PseudoTerminal {
        let limit = addressSpace.map { "ulimit -v \($0) && " } ?? ""
        return try PseudoTerminal(
            "/bin/sh", ["-c", limit + "cd \"$HOME\" && exec \"$0\" \"$@\"", Self.program] + arguments, environment: environment,
            width: width, height: height, background: background)
    }

    /// What a run without a terminal gave.
    struct Result {
        var code: Int32
        var output: String
        var message: String

        var json: Any? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) }
    }

    /// Runs the program with pipes until it ends; the output goes through files, so that no pipe can fill.
    func run(_ arguments: String..., answer: String = "") throws -> Result { try run(arguments, answer: answer) }

    func run(_ arguments: [String], answer: String = "") throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        let files = try [answer, "", ""].enumerated().map { index, text in try write(text, to: ".stream\(index)") }
        process.standardInput = FileHandle(forReadingAtPath: files[0])
        process.standardOutput = FileHandle(forWritingAtPath: files[1])
        process.standardError = FileHandle(forWritingAtPath: files[2])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        return Result(code: process.terminationStatus, output: texts[1], message: texts[2])
    }
}

extension PseudoTerminal {
    /// Waits for a text and says what was there instead.
    func expect(_ text: String, seconds: Double = 30) throws {
        if !wait(for: text, seconds: seconds) { throw NotShown(text: text, screen: screen.text) }
    }

    /// Types and waits for what must follow.
    func type(_ keys: String, _ text: String) throws {
        send(keys)
        try expect(text)
    }

    struct NotShown: Error, CustomStringConvertible {
        var text: String
        var screen: String
        var description: String { "“\(text)” was not shown within the time, but:\n\(screen)" }
    }
}
