import Foundation

/// Writes whole files: into a new file beside the target first, which then takes its name.
enum FileWriter {
    static func write(_ parts: [Data], to path: String) throws(FormatError) {
        do {
            try Data(parts.joined()).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw FormatError(
                .unreadable, file: path, reading: "file", expected: "a file that can be written", actual: "\(error.localizedDescription)",
                cure: "Check the folder's permissions and free space.")
        }
    }
}
