import Formats
import Foundation
import Testing

/// Files that the tests read and write.
enum Fixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func model(_ name: String) -> String { root.appendingPathComponent("Models/\(name).onnx").path }

    /// Runs `body` with a new folder and removes it afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-formats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// Writes `bytes` to a file of a new folder and runs `body` with its path.
    static func withFile<Result>(_ bytes: [UInt8], name: String = "file", _ body: (String) throws -> Result) throws -> Result {
        try withFolder { folder in
            let file = folder.appendingPathComponent(name)
            try Data(bytes).write(to: file)
            return try body(file.path)
        }
    }

    /// The refusal that `body` ends in.
    static func refusal(_ body: () throws -> Void) -> FormatError? {
        do {
            try body()
            return nil
        } catch {
            return error as? FormatError
        }
    }
}
