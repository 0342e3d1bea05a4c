import Compression
import Foundation
import GRDB
import Reports

extension SessionFile {
    /// Writes what a new session starts with.
    func begin(identity: SessionIdentity, plan: CompressionPlan, data: SessionData?, now: Int64) throws(SessionError) {
        try perform { db in
            if let data { try set("data", data, db) }
            try set("identity", identity, db)
            try set("plan", plan, db)
            try set("applied", 0, db)
            try set("created", now, db)
            try set("changed", now, db)
            try set("testMeasurements", 0, db)
        }
    }

    /// Reads everything; a gap or damage in the history is an error, never a silent loss.
    func contents() throws(SessionError) -> SessionContents {
        try perform { db in
            guard let identity = try get("identity", as: SessionIdentity.self, db),
                let plan = try get("plan", as: CompressionPlan.self, db)
            else { throw SessionError.unreadable(path: path, reason: "identity or plan is missing") }
            let changes = try changes(db)
            let applied = try get("applied", as: Int.self, db) ?? changes.count
            guard (0...changes.count).contains(applied) else {
                let count = "\(changes.count) change\(changes.count == 1 ? "" : "s")"
                throw SessionError.unreadable(path: path, reason: "the history has \(count), not \(applied)")
            }
            let (tasks, snapshots) = (try tasks(db), try snapshots(db))
            return SessionContents(
                identity: identity, plan: plan, history: PlanHistory(changes: changes, applied: applied),
                snapshots: snapshots, testMeasurements: try get("testMeasurements", as: Int.self, db) ?? 0,
                created: try get("created", as: Int64.self, db) ?? 0,
                changed: try get("changed", as: Int64.self, db), data: try get("data", as: SessionData.self, db),
                budget: try get("budget", as: Double?.self, db) ?? nil,
                states: try stateSummaries(db), trainings: try trainings(db),
                grids: try grids(tasks, db), tasks: tasks, points: try points(besides: snapshots, db))
        }
    }

    /// The undo history, in order.
    func changes(_ db: Database) throws -> [PlanChange] {
        let rows = try Row.fetchAll(db, sql: "SELECT position, value FROM change ORDER BY position")
        return try rows.enumerated().map { index, row in
            guard let position = row.value(Int.self, "position"), position == index,
                let text = row.value(String.self, "value")
            else { throw SessionError.unreadable(path: path, reason: "change \(index) of the history is missing") }
            return try Self.decode(PlanChange.self, from: text, path: path, what: "change \(index)")
        }
    }

    func snapshots(_ db: Database) throws -> [Snapshot] {
        try Row.fetchAll(db, sql: "SELECT * FROM snapshot ORDER BY id").map { row in
            guard let id = row.value(Int64.self, "id"), let name = row.value(String.self, "name"),
                let note = row.value(String.self, "note"), let created = row.value(Int64.self, "created"),
                let plan = row.value(String.self, "plan"), let report = row.value(String.self, "report")
            else { throw SessionError.unreadable(path: path, reason: "a snapshot is damaged") }
            return Snapshot(
                id: id, name: name, note: note, created: created,
                plan: try Self.decode(CompressionPlan.self, from: plan, path: path, what: "plan of \(name)"),
                report: try Self.decode(Report.self, from: report, path: path, what: "report of \(name)"),
                state: row.value(String.self, "state"))
        }
    }

    /// Drops every change from `position` on, stores this one there, and lets it be the last in force.
    func put(_ change: PlanChange, position: Int, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM change WHERE position >= ?", arguments: [position])
        try db.execute(
            sql: "INSERT INTO change (position, value) VALUES (?, ?)", arguments: [position, try Self.encode(change)])
        try set("applied", position + 1, db)
    }

    func truncate(count: Int, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM change WHERE position >= ?", arguments: [count])
        try set("applied", count, db)
    }

    /// Stores a snapshot and returns it with its id; a name that is taken is an error.
    func insert(_ snapshot: Snapshot, _ db: Database) throws -> Snapshot {
        let taken = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM snapshot WHERE name = ?", arguments: [snapshot.name]) ?? 0
        guard taken == 0 else { throw SessionError.snapshotExists(name: snapshot.name) }
        try db.execute(
            sql: "INSERT INTO snapshot (name, note, created, plan, report, state) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                snapshot.name, snapshot.note, snapshot.created, try Self.encode(snapshot.plan), try Self.encode(snapshot.report),
                snapshot.state,
            ])
        var kept = snapshot
        kept.id = db.lastInsertedRowID
        return kept
    }

    /// A copy of the session, log included (VACUUM INTO), that waits beside `target` for its name.
    func copied(beside target: String) throws(SessionError) -> TemporaryFile {
        if FileKind(target) != nil { throw .exists(path: target) }
        let part = try TemporaryFile(beside: target)
        do {
            try database.writeWithoutTransaction { db in
                // Where the source gives pages back the copy does too.
                if try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 0 { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
                try db.execute(sql: "VACUUM INTO ?", arguments: [part.path])
            }
        } catch {
            throw Self.failure(error, path: target, isWriting: true)
        }
        return part
    }
}
