import Compression
import Foundation
import GRDB

extension SessionFile {
    /// Makes a session whole or not at all: under another name in rollback-journal mode, closed, synced, then linked under its own name,
    /// where it is opened and gets its log. The caller holds the lock of the name.
    static func make(
        path: String, identity: SessionIdentity, plan: CompressionPlan, data: SessionData?
    ) throws(SessionError) -> SessionFile {
        try SessionLeftover.remove(path)
        let part = try TemporaryFile(beside: path)
        do throws(SessionError) {
            let file = try SessionFile(path: part.path, access: .create)
            try file.begin(identity: identity, plan: plan, data: data, now: Int64(Date().timeIntervalSince1970 * 1000))
            do { try file.database.close() } catch { throw failure(error, path: path, isWriting: true) }
        } catch {
            throw error.about(path)
        }
        try part.publish(as: path)
        do throws(SessionError) { return try SessionFile(path: path, access: .write) } catch {
            for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
            throw error
        }
    }

    private static let smallestWaste = 4 << 20

    /// Gives pages that nothing uses back to the file system: all of them in a file of today, in one of older versions where they are more
    /// than half of it.
    func giveBackFreePages() throws {
        try database.writeWithoutTransaction { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            guard free > 0 else { return }
            if try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2 { return try db.execute(sql: "PRAGMA incremental_vacuum") }
            let (pages, size) = (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0, try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
            if free * 2 > pages, free * size > Self.smallestWaste { try db.execute(sql: "VACUUM") }
        }
    }
}
