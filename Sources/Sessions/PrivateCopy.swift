import Foundation

/// A copy of a session with its log or journal in a folder of its own, which is gone with the value; one that a kill left goes with the next.
final class PrivateCopy: Sendable {
    private static let prefix = "pare-reading-"

    let path: String
    private let folder: String
    private let descriptor: Int32

    init(of source: String) throws(SessionError) {
        let place = NSTemporaryDirectory()
        Self.sweep(place)
        var template = Array((place as NSString).appendingPathComponent(Self.prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure(source) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        flock(descriptor, LOCK_EX | LOCK_NB)
        path = (folder as NSString).appendingPathComponent((source as NSString).lastPathComponent)
        for suffix in ["", "-wal", "-journal"] where FileKind(source + suffix) == .regular {
            do {
                try FileManager.default.copyItem(atPath: source + suffix, toPath: path + suffix)
            } catch {
                throw Self.failure(source)
            }
            chmod(path + suffix, 0o600)
        }
    }

    private static func failure(_ source: String) -> SessionError {
        .unreadable(path: source, reason: "it has a log, and no copy of both can be made in \(NSTemporaryDirectory())")
    }

    private static func sweep(_ place: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] where name.hasPrefix(prefix) {
            let left = (place as NSString).appendingPathComponent(name)
            let descriptor = open(left, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            // One that was just made may not be locked yet.
            if FileStamp(left)?.isSettled == true, flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                try? FileManager.default.removeItem(atPath: left)
            }
            close(descriptor)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
        if descriptor >= 0 { close(descriptor) }
    }
}
