import Foundation

/// Where an output goes, links followed to their end.
enum OutputTarget {
    /// A file of its own, to be replaced whole; with what the system says of the one that is there.
    case file(path: String, replaced: stat?)
    /// A device or a pipe, which is written to: a file must not take its place.
    case stream(path: String)
    /// An open descriptor: `-`, `/dev/stdout`, `/dev/fd/3`.
    case descriptor(Int32)

    /// Links are followed as the kernel does, at most forty.
    init(_ path: String) throws(OutputError) {
        var place = path
        for _ in 0..<40 {
            if let descriptor = Self.descriptor(of: place) {
                self = .descriptor(descriptor)
                return
            }
            var status = stat()
            guard lstat(place, &status) == 0 else {
                guard errno == ENOENT else { throw OutputError(path: path, problem: .system(errno)) }
                self = .file(path: place, replaced: nil)
                return
            }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                self = try Self.existing(place, status, path)
                return
            }
            place = Self.destination(of: place)
        }
        throw OutputError(path: path, problem: .system(ELOOP))
    }

    private static func existing(_ place: String, _ status: stat, _ path: String) throws(OutputError) -> OutputTarget {
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(path: place, replaced: status)
        case S_IFDIR: throw OutputError(path: path, problem: .isFolder)
        default: return .stream(path: place)
        }
    }

    /// What a link says, from the folder in which it lies.
    private static func destination(of link: String) -> String {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink(link, &text, text.count - 1)
        let said = String(decoding: text.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return said.hasPrefix("/") ? said : folder(of: link) + "/" + said
    }

    /// The folder in which a path's last name lies: `.` for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The names that Linux gives to open descriptors, and `-` for standard output.
    private static func descriptor(of path: String) -> Int32? {
        switch path {
        case "-", "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default: break
        }
        for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) { return Int32(path.dropFirst(prefix.count)) }
        return nil
    }
}
