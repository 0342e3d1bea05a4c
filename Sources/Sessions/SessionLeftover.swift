import Foundation
import GRDB

/// What a kill left of a session that was being made: a file without anything in it.
enum SessionLeftover {
    /// Whether a file has nothing in it, or its journal says that it had nothing when it was begun.
    static func isEmpty(_ path: String) -> Bool { FileStamp(path)?.size == 0 || journalBeganEmpty(path) }

    /// The first 20 bytes of a journal: 8 of magic, 4 each of records, nonce and the database's pages before
    /// (https://www.sqlite.org/fileformat2.html, 3).
    private static func journalBeganEmpty(_ path: String) -> Bool {
        guard FileKind(path + "-journal") == .regular, let handle = FileHandle(forReadingAtPath: path + "-journal") else { return false }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 20), head.count == 20 else { return false }
        return head.prefix(8).elementsEqual([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]) && head.suffix(4).allSatisfy { $0 == 0 }
    }

    /// Makes room for a session under a name: what has it is removed where it has nothing in it and nobody is at work on it.
    ///
    /// The caller holds the name's lock. Throws ``SessionError/exists(path:)`` where there is anything else.
    static func remove(_ path: String) throws(SessionError) {
        guard FileKind(path) != nil else { return removeCompanions(path) }
        let opened = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard opened >= 0 else { throw .exists(path: path) }
        defer { close(opened) }
        guard FileKind(path) == .regular, flock(opened, LOCK_EX | LOCK_NB) == 0, isEmpty(path) || hasNoTable(path) else {
            throw .exists(path: path)
        }
        // In this order: a journal or log without its file would be taken for the next file's.
        guard ftruncate(opened, 0) == 0 else { throw .notWritable(path: path, reason: String(cString: strerror(errno))) }
        removeCompanions(path)
        unlink(path)
    }

    private static func removeCompanions(_ path: String) {
        for suffix in ["-journal", "-wal", "-shm", OpenSession.checkpointSuffix] where FileKind(path + suffix) == .regular {
            unlink(path + suffix)
        }
    }

    /// Whether it is a database without a table, its journal rolled back (in a copy).
    private static func hasNoTable(_ path: String) -> Bool {
        do throws(SessionError) {
            _ = try SessionFile(path: path, access: .read)
            return false
        } catch {
            return error == .unfinished(path: path)
        }
    }
}
