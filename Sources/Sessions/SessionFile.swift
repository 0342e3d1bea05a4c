import Compression
import Foundation
import GRDB
import Reports

/// A session's SQLite file: its schema, and reading and writing its rows. Not for the main thread: the disk may be busy.
///
/// Tables: `item` (name → JSON: identity, plan, applied, created, testMeasurements), `change` (position → PlanChange as JSON),
/// `snapshot` (id, name, note, created, plan, report, state). Format 2 added trained states: `state`, `stateTensor`, `stateLayer`,
/// `blob`, `training` and `knob`. `user_version` is the format; `application_id` marks the file as Pare's.
struct SessionFile {
    static let format = 2
    /// "Pare" in ASCII.
    static let applicationID: Int32 = 0x5061_7265
    private static let largestText = 64 << 20

    let path: String
    let database: DatabaseQueue
    /// The format of the file as it lies there: an old one that is only read stays old.
    private(set) var found = Self.format

    /// How a file is opened.
    enum Access { case create, write, read }

    /// Opens or makes the file; errors say why it can't be read and leave it as it was.
    init(path: String, access: Access) throws(SessionError) {
        self.path = path
        let exists = FileManager.default.fileExists(atPath: path)
        if access == .create, exists { throw .exists(path: path) }
        if access != .create, !exists { throw .unreadable(path: path, reason: "no such file") }
        do {
            database = try Self.queue(path: path, access: access)
        } catch {
            throw Self.failure(error, path: path, isWriting: access == .create)
        }
        found = try perform { db in
            if access == .create { try Self.makeTables(db) }
            let found = try Self.checkFormat(db, path: path)
            return access == .read ? found : try Self.migrate(db, from: found)
        }
    }

    private static func queue(path: String, access: Access) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "pare.session"
        configuration.busyMode = .timeout(2)
        configuration.readonly = access == .read
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            if access != .read {
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
            }
        }
        guard access == .read, isImmutable(path) else { return try DatabaseQueue(path: path, configuration: configuration) }
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "?#%")
        let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        return try DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration)
    }

    /// A file in a folder that may not be written has no log beside it that could be used: it is read as it lies there.
    static func isImmutable(_ path: String) -> Bool {
        access((path as NSString).deletingLastPathComponent, W_OK) != 0 || access(path, W_OK) != 0
    }

    private static func makeTables(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = 1;
                CREATE TABLE item (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
                CREATE TABLE change (position INTEGER PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
                CREATE TABLE snapshot (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, note TEXT NOT NULL,
                    created INTEGER NOT NULL, plan TEXT NOT NULL, report TEXT NOT NULL) STRICT;
                """)
    }

    /// Refuses what is no session, of a newer format or damaged; returns the format.
    private static func checkFormat(_ db: Database, path: String) throws -> Int {
        let marked = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard marked == applicationID else { throw SessionError.unreadable(path: path, reason: "it is not a session of Pare") }
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= format else { throw SessionError.newerFormat(path: path, found: found, known: format) }
        let check = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw SessionError.unreadable(path: path, reason: check) }
        return found
    }

    /// Runs `body` in one transaction.
    func perform<Result>(_ body: (Database) throws -> Result) throws(SessionError) -> Result {
        do {
            return try database.configuration.readonly ? database.read(body) : database.write(body)
        } catch {
            throw Self.failure(error, path: path, isWriting: !database.configuration.readonly)
        }
    }

    static func failure(_ error: any Error, path: String, isWriting: Bool) -> SessionError {
        if let error = error as? SessionError { return error }
        guard let error = error as? DatabaseError else { return .unreadable(path: path, reason: "\(error)") }
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_SCHEMA, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
            return .unreadable(path: path, reason: reason)
        default: return isWriting ? .notWritable(path: path, reason: reason) : .unreadable(path: path, reason: reason)
        }
    }
}

extension SessionFile {
    /// A JSON text, refused above 64 MiB.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String, path: String, what: String) throws(SessionError) -> Value {
        guard text.utf8.count <= largestText else { throw .unreadable(path: path, reason: "\(what) is larger than 64 MiB") }
        do {
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = .convertFromString(
                positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
            return try decoder.decode(type, from: Data(text.utf8))
        } catch {
            throw .unreadable(path: path, reason: "\(what) is damaged")
        }
    }

    /// Sorted keys; numbers that are none are the texts `Infinity`, `-Infinity` and `NaN`, for a training may diverge and must still be kept.
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    func set(_ name: String, _ value: some Encodable, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO item (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [name, try Self.encode(value)])
    }

    func get<Value: Decodable>(_ name: String, as type: Value.Type, _ db: Database) throws -> Value? {
        guard let text = try String.fetchOne(db, sql: "SELECT value FROM item WHERE name = ?", arguments: [name]) else { return nil }
        return try Self.decode(type, from: text, path: path, what: name)
    }
}
