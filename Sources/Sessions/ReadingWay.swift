import Foundation

/// How a session is read so that nothing on the disk changes: SQLite itself would make a log and its index beside the file.
struct ReadingWay: Sendable {
    enum Kind: Sendable {
        /// Without a log the file is complete: it is read as it lies there, without locks.
        case asItLies
        /// A log that a killed program left: it is read under an exclusive lock, with its index in memory.
        case alone
        /// Another program writes the session: log and index are there already and are used together.
        case beside
        /// A log that can't be locked, or a journal that must be rolled back: a private copy is read.
        case copied
    }

    private(set) var kind: Kind
    /// Gone with the last user.
    private let copy: PrivateCopy?

    /// Looks at what lies beside the file; where the reading `lasts`, a writer that may come to write is reckoned with.
    init(path: String, lasts: Bool) throws(SessionError) {
        let isLogged = (FileStamp(path + "-wal")?.size ?? 0) > 0
        let isHeld = SessionLock.isHeld(sessionPath: path)
        let isRolledBack = (FileStamp(path + "-journal")?.size ?? 0) > 0
        if isRolledBack || ((isLogged || isHeld) && FileKind.isReadOnly(path)) {
            (kind, copy) = (.copied, try PrivateCopy(of: path))
        } else {
            (kind, copy) = (isHeld && (isLogged || lasts) ? .beside : isLogged ? .alone : .asItLies, nil)
        }
    }

    /// Together with the one that writes it.
    static let beside = ReadingWay(kind: .beside, copy: nil)

    private init(kind: Kind, copy: PrivateCopy?) { (self.kind, self.copy) = (kind, copy) }

    /// Whether another program's writing meanwhile could mix two states.
    var isExposed: Bool { kind == .asItLies || kind == .copied }

    /// What SQLite opens.
    func address(of path: String) -> String {
        if let copy { return copy.path }
        guard kind == .asItLies else { return path }
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "?#%")
        return "file:\(path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)?immutable=1"
    }
}

extension SessionFile {
    private static let readingTries = 10

    /// Opens a session, reads from it and closes it again; where another program wrote it meanwhile, once more.
    static func reading<Value>(_ path: String, _ body: (SessionFile) throws(SessionError) -> Value) throws(SessionError) -> Value {
        for _ in 0..<readingTries {
            if FileStamp(path)?.isSettled == false { usleep(20_000) }
            let stamp = FileStamp(path)
            do throws(SessionError) {
                let file = try SessionFile(path: path, access: .read)
                let value = try body(file)
                if file.way?.isExposed == false || stamp == FileStamp(path) { return value }
            } catch {
                if stamp == FileStamp(path) { throw error }
            }
        }
        throw .unreadable(path: path, reason: "another program changes it all the time")
    }
}
