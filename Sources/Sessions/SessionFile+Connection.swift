import CSQLite
import Foundation
import GRDB

extension SessionFile {
    /// Steps of SQLite's machine that one statement may take; reading 10,000 changes takes some 100,000.
    static let largestStepCount: Int32 = 50_000_000

    /// Another reader of a log holds its lock for some milliseconds: 40 tries of 25 ms.
    private static let aloneTries = 40
    private static let alonePause: UInt32 = 25_000

    /// A connection that is safe before anything is read through it.
    static func connection(path: String, access: Access, way: ReadingWay?) throws -> DatabaseQueue {
        guard let way, way.kind == .alone else { return try connect(path, access, way) }
        for _ in 0..<aloneTries {
            do { return try connect(path, access, way) } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                usleep(alonePause)
            }
        }
        return try connect(path, access, .beside)
    }

    private static func connect(_ path: String, _ access: Access, _ way: ReadingWay?) throws -> DatabaseQueue {
        let isAlone = way?.kind == .alone
        var configuration = Configuration()
        configuration.label = "pare.session"
        configuration.busyMode = isAlone ? .immediateError : .timeout(2)
        configuration.readonly = way?.kind == .asItLies
        configuration.prepareDatabase { db in
            try distrust(db)
            switch access {
            // Made under another name than its own, which a log would keep.
            case .create: try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA synchronous = FULL")
            case .write: try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            case .read: if isAlone { try keepLog(db) }
            }
        }
        return try DatabaseQueue(path: way?.address(of: path) ?? path, configuration: configuration)
    }

    /// No triggers, no views, no functions with effects, no endless statements.
    static func distrust(_ db: Database) throws {
        try check(csqlite_distrust(db.sqliteConnection.map { UnsafeMutableRawPointer($0) }, largestStepCount))
    }

    /// Reads the log without an index beside it, and leaves it as it lies.
    private static func keepLog(_ db: Database) throws {
        try check(csqlite_keep_log(db.sqliteConnection.map { UnsafeMutableRawPointer($0) }))
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
    }

    private static func check(_ code: Int32) throws {
        if code != 0 { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
