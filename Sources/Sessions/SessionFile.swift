import Compression
import Foundation
import GRDB
import Reports

/// A session's SQLite file: its schema, and reading and writing its rows. Not for the main thread: the disk may be busy.
///
/// Tables: `item` (name → JSON: identity, plan, applied, created, changed, data, budget, testMeasurements), `change` (position → PlanChange as JSON),
/// `snapshot` (id, name, note, created, plan, report, state). Format 2 added trained states: `state`, `stateTensor`, `stateLayer`,
/// `blob`, `training` and `knob`. `user_version` is the format; `application_id` marks the file as Pare's.
///
/// Nothing in a file is trusted: the connection is made safe before it reads (``connection(path:access:way:)``), then the tables are compared
/// with those of the format (``SessionSchema``).
struct SessionFile {
    static let format = 2

    let path: String
    let database: DatabaseQueue
    let access: Access
    /// How the file is read where it is not written.
    let way: ReadingWay?
    /// The format of the file as it lies there: an old one that is only read stays old.
    private(set) var found = Self.format

    /// How a file is opened.
    enum Access { case create, write, read }

    /// Opens or makes the file; errors say why it can't be read and leave it as it was.
    ///
    /// One that is read and `lasts` longer than the reading of a few rows is read together with whoever writes it.
    init(path: String, access: Access, lasts: Bool = false) throws(SessionError) {
        (self.path, self.access) = (path, access)
        if access != .create { try Self.check(path: path) }
        let way = access == .read ? try ReadingWay(path: path, lasts: lasts) : nil
        self.way = way
        let lastChange = FileStamp(path)?.milliseconds
        do {
            database = try Self.connection(path: path, access: access, way: way)
        } catch {
            throw Self.failure(error, path: path, isWriting: access != .read)
        }
        found = try perform { db in
            if access == .create { try SessionSchema.make(db) }
            let found = try Self.checkFormat(db, path: path)
            guard access != .read else { return found }
            if access == .write, try get("changed", as: Int64.self, db) == nil { try set("changed", lastChange ?? 0, db) }
            return try SessionSchema.migrate(db, from: found)
        }
    }

    /// Refuses what is no regular file, and one that was never finished.
    private static func check(path: String) throws(SessionError) {
        guard let kind = FileKind(path) else { throw .unreadable(path: path, reason: "no such file") }
        guard kind == .regular else { throw .notRegular(path: path, what: kind.name) }
        for suffix in ["-wal", "-shm", "-journal"] {
            if let kind = FileKind(path + suffix), kind != .regular { throw .notRegular(path: path + suffix, what: kind.name) }
        }
        if SessionLeftover.isEmpty(path) { throw .unfinished(path: path) }
    }

    /// Refuses what is no session, of a newer format, damaged or with other tables; returns the format.
    private static func checkFormat(_ db: Database, path: String) throws -> Int {
        let marked = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard marked == SessionSchema.applicationID else {
            let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
            if tables == 0, marked == 0 { throw SessionError.unfinished(path: path) }
            throw SessionError.unreadable(path: path, reason: "it is not a session of Pare")
        }
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= format else { throw SessionError.newerFormat(path: path, found: found, known: format) }
        // Before any row is read: a column that is computed, or a check, may take what time and memory it likes.
        if let difference = try SessionSchema.difference(db, format: found) {
            throw SessionError.unreadable(path: path, reason: difference)
        }
        let check = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw SessionError.unreadable(path: path, reason: check) }
        return found
    }

    /// Runs `body` in one transaction.
    func perform<Result>(_ body: (Database) throws -> Result) throws(SessionError) -> Result {
        do {
            return try access == .read ? database.read(body) : database.write(body)
        } catch {
            throw Self.failure(error, path: path, isWriting: access != .read)
        }
    }

    static func failure(_ error: any Error, path: String, isWriting: Bool) -> SessionError {
        if let error = error as? SessionError { return error }
        guard let error = error as? DatabaseError else { return .unreadable(path: path, reason: "\(error)") }
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_INTERRUPT: return .unreadable(path: path, reason: "a query of it takes more than \(largestStepCount) steps")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_SCHEMA, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
            return .unreadable(path: path, reason: reason)
        default: return isWriting ? .notWritable(path: path, reason: reason) : .unreadable(path: path, reason: reason)
        }
    }
}
