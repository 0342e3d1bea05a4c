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
                try replace(url, with: parts)
            }
        } catch {
            throw FormatError(
                .unreadable, file: path, reading: "file", expected: "a file that can be written", actual: "\(error.localizedDescription)",
                cure: "Check the folder's permissions and free space.")
        }
    }

    /// Writes part after part, so that the whole is nowhere in memory.
    private static func replace(_ url: URL, with parts: [Data]) throws {
        guard parts.count > 1 else { return try (parts.first ?? Data()).write(to: url, options: .atomic) }
        let target = url.resolvingSymlinksInPath()
        let beside = target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).\(UUID().uuidString)")
        try Data().write(to: beside)
        do {
            let handle = try FileHandle(forWritingTo: beside)
            defer { try? handle.close() }
            for part in parts { try handle.write(contentsOf: part) }
            try handle.close()
            guard rename(beside.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? FileManager.default.removeItem(at: beside)
            throw error
        }
    }
}
