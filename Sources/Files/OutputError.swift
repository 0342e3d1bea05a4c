import Glibc

/// Why a file can't be written: facts; ``message`` makes the sentence.
public struct OutputError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        /// The file is read, under this name.
        case isRead(name: String)
        case isFolder
        /// The folder that it shall lie in does not exist.
        case noFolder(String)
        /// The system's number (errno).
        case system(Int32)
    }

    public var path: String
    public var problem: Problem

    public init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// Whether other words on the command line help, and not another disk.
    public var isAboutName: Bool { if case .isRead = problem { true } else { false } }

    /// What is wrong, without the name of the file.
    public var reason: String {
        switch problem {
        case .isRead(let name):
            (name == path ? "it is being read" : "it is the same file as \(name), which is being read") + ". Choose another name"
        case .isFolder: "it is a folder. Name a file in it"
        case .noFolder(let folder): "there is no folder \(folder). Make it, or name another"
        case .system(let code): String(cString: strerror(code))
        }
    }
}

extension OutputError: CustomStringConvertible {
    /// `x.onnx can't be written: there is no folder …`
    public var message: String { "\(path) can't be written: \(reason)." }

    public var description: String { message }
}
