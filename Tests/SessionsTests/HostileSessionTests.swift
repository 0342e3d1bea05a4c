import CSQLite
import Foundation
import GRDB
import Sessions
import Testing

/// Session files that somebody made to do harm.
@Suite("Hostile session files")
struct HostileSessionTests {
    private let folder: TemporaryFolder
    private let sessions: SessionFolder

    init() throws {
        folder = try TemporaryFolder()
        sessions = SessionFolder(own: folder.path)
    }

    private static let schemas: [(String, String)] = [
        (
            "a view that never ends",
            """
            ALTER TABLE change RENAME TO c0; CREATE VIEW change AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
            SELECT x AS position, '{}' AS value FROM c
            """
        ),
        ("a trigger that deletes snapshots", "CREATE TRIGGER t AFTER INSERT ON change BEGIN DELETE FROM snapshot; END"),
        ("a trigger on the plan", "CREATE TRIGGER t AFTER UPDATE ON item BEGIN DELETE FROM snapshot; END"),
        ("a table more", "CREATE TABLE more (a)"),
        ("an index more", "CREATE INDEX more ON snapshot (note)"),
        ("a column more", "ALTER TABLE snapshot ADD COLUMN more TEXT"),
        ("a column fewer", "ALTER TABLE training DROP COLUMN message"),
        ("a table fewer", "DROP TABLE knob"),
        (
            "a column that is computed",
            "DROP TABLE item; CREATE TABLE item (name TEXT PRIMARY KEY NOT NULL, value TEXT AS (hex(zeroblob(100000000)))) STRICT"
        ),
        (
            "a check that takes its time",
            "DROP TABLE change; CREATE TABLE change (position INTEGER PRIMARY KEY NOT NULL, value TEXT NOT NULL CHECK (length(value) > 0)) STRICT"
        ),
        ("another format", "PRAGMA user_version = 1"), ("no format", "PRAGMA user_version = 0"),
    ]

    @Test("Other tables than those of the format are refused, and the file stays as it is", arguments: schemas)
    func schema(_ name: String, _ sql: String) throws {
        let path = try SessionSample.make("a", in: sessions)
        try SessionSample.edit(path, sql)
        let before = try folder.state()
        let list = sessions.list()
        #expect(list.sessions.isEmpty && list.failures.count == 1, "\(name)")
        if name == "an index more" { #expect(list.failures.contains { $0.message.contains("it has an index “more”") }) }
        #expect(throws: SessionError.self) { try SessionFolder.read(path: path) }
        #expect(throws: SessionError.self) { try OpenSession.open("a", in: sessions) }
        #expect(try folder.state() == before, "\(name)")
    }

    @Test("A column that is computed is refused before it is computed")
    func computed() throws {
        let path = try SessionSample.make("a", in: sessions)
        // Rows that are there already; 2^63 overflows, so whoever reads the column hears of that.
        try SessionSample.edit(
            path,
            """
            PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql = 'CREATE TABLE item (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL,
            more TEXT AS (hex(abs(-9223372036854775807 - 1)))) STRICT' WHERE name = 'item'; PRAGMA writable_schema = 0
            """)
        let failure = try #require(sessions.list().failures.first)
        #expect(failure.message.contains("its table “item” is not a session's"), "\(failure.message)")
    }

    @Test("A listing names what is no regular file, follows no link and waits for nothing")
    func kinds() throws {
        let path = try SessionSample.make("good", in: sessions)
        mkfifo(folder.path + "/pipe.sqlite", 0o600)
        symlink("/dev/zero", folder.path + "/zero.sqlite")
        symlink(path, folder.path + "/link.sqlite")
        mkdir(folder.path + "/folder.sqlite", 0o700)
        mkfifo(folder.path + "/good.sqlite-journal", 0o600)
        #expect(sessions.names() == ["good"])
        let failures = sessions.list().failures
        #expect(failures.count == 5, "\(failures)")
        for name in ["pipe", "zero", "link", "folder", "good.sqlite-journal"] {
            #expect(failures.contains { $0.message.contains(name) && $0.message.contains("not a regular file") }, "\(name)")
        }
        unlink(folder.path + "/good.sqlite-journal")
        #expect(sessions.list().sessions.map(\.name) == ["good"])
        for name in ["pipe", "zero", "link", "folder"] {
            #expect(throws: SessionError.self) { try OpenSession.open(name, in: sessions) }
        }
        mkfifo(folder.path + "/good.sqlite.lock", 0o600)
        let locked = try OpenSession.open("good", in: sessions)
        #expect(locked.mode != .writable)
        locked.writer.close()
    }

    /// A connection as sessions have it.
    private func distrusting(steps: Int32) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            #expect(csqlite_distrust(db.sqliteConnection.map { UnsafeMutableRawPointer($0) }, steps) == 0)
        }
        return try DatabaseQueue(configuration: configuration)
    }

    @Test("On every connection triggers and views are off, and a statement has a last step")
    func connection() throws {
        try distrusting(steps: 10_000).writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (1);
                    CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; CREATE VIEW v AS SELECT x FROM b;
                    INSERT INTO a VALUES (1)
                    """)
            #expect(try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM b") == 1)
            #expect(throws: DatabaseError.self) { try Int.fetchOne(db, sql: "SELECT x FROM v") }
            let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
            let error = #expect(throws: DatabaseError.self) { try Int.fetchOne(db, sql: endless) }
            #expect(error?.resultCode == .SQLITE_INTERRUPT)
            let short = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100) SELECT COUNT(*) FROM c"
            #expect(try Int.fetchOne(db, sql: short) == 100)
        }
    }
}
