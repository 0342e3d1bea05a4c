import Foundation

/// Writes whole files: into a new file beside the target first, which then takes its name.
package enum FileWriter {
    package static func write(_ parts: [Data], to path: String) throws(FormatError) {
        do {
            let url = URL(fileURLWithPath: path)
            // A device or a pipe is written to; taking its name would replace it by a file.
            let type = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)[.type] as? FileAttributeType
            if let type, type != .typeRegular, type != .typeDirectory {
                let handle = try FileHandle(forWritingTo: url)
                defer { try? handle.close() }
                for part in parts { try handle.write(contentsOf: part) }
            } else {
                try Data(parts.joined()).write(to: url, options: .atomic)
            }
        } catch {
            throw FormatError(
                .unreadable, file: path, reading: "file", expected: "a file that can be written", actual: "\(error.localizedDescription)",
                cure: "Check the folder's permissions and free space.")
        }
    }
}
