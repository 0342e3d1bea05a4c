import Glibc

/// Why a file can't be read: facts; ``message`` makes the sentence.
public struct InputError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        case missing
        /// A folder, device, pipe or socket, in words, where a regular file is needed.
        case notRegular(String)
        /// The file that the command's own text goes to.
        case isOutput
        case tooLarge(limit: Int)
        /// The system's number (errno).
        case system(Int32)
    }

    public var path: String
    public var problem: Problem

    init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    init(path: String, code: Int32) {
        self.init(path: path, problem: code == ENOENT || code == ENOTDIR ? .missing : .system(code))
    }

    /// What is wrong, without the name of the file.
    public var reason: String {
        switch problem {
        case .missing: String(cString: strerror(ENOENT))
        case .notRegular(let kind): "it is no regular file but \(kind)"
        case .isOutput: "this command's own text goes to it (> or 2>). Send the text elsewhere"
        case .tooLarge(let limit): "it has more than \(limit) bytes"
        case .system(let code): String(cString: strerror(code))
        }
    }
}
