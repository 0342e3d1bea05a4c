import Files
import Foundation
import Tensors

/// Writes whole files of networks and arrays.
package enum FileWriter {
    /// See ``Files/OutputFile``; `isOwn` is for files that the program keeps for itself.
    ///
    /// `sources` are the mapped files that the parts come from: where one was written to meanwhile, nothing takes the target's place.
    package static func write(
        _ parts: [Data], to path: String, from sources: [FileMap] = [], isOwn: Bool = false
    ) throws(FormatError) {
        if let change = sources.firstChange { throw FormatError(change) }
        do throws(OutputError) {
            try OutputFile.write(parts, to: path, isOwn: isOwn, isRight: { sources.firstChange == nil })
        } catch {
            // A cut map is refused by write with EFAULT, without a signal.
            throw sources.firstChange.map { FormatError($0) } ?? FormatError(error)
        }
    }
}

extension FormatError {
    /// A file that can't be written.
    init(_ error: OutputError) {
        self.init(
            error.isAboutName ? .isRead : .unwritable, file: error.path, reading: "output", expected: "a file that can be written",
            actual: error.reason, cure: error.isAboutName ? nil : "Check the folder's permissions and free space.")
    }
}

extension FormatError {
    /// A file that the command's own text goes to.
    init(outputAt path: String) {
        self.init(
            .isRead, file: path, reading: "file", expected: "a file to read",
            actual: "the one that this command's own text goes to (> or 2>)", cure: "Send the text elsewhere.")
    }

    /// A file that can't be read.
    init(_ error: InputError) {
        guard error.problem != .isOutput else {
            self.init(outputAt: error.path)
            return
        }
        let isMissing = error.problem == .missing
        var found = error.reason
        if case .notRegular(let kind) = error.problem { found = kind }
        self.init(
            isMissing ? .notFound : .unreadable, file: error.path, reading: "file",
            expected: found == error.reason ? "a file that can be read" : "a regular file", actual: found,
            cure: isMissing ? "Check the path." : nil)
    }
}
