import Compression
import Foundation
import GRDB

extension SessionFile {
    func begin(_ training: TrainingRecord, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO training (id, name, base, plan, recipe, policies, epochs, started, finishedEpochs, status)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 'running')
                """,
            arguments: [
                training.id, training.name, training.base, try Self.encode(training.plan), try Self.encode(training.recipe),
                try Self.encode(training.policies), training.epochs, training.started,
            ])
        // Only the last training can be resumed.
        try set("schedule", training.schedule.map { [training.id: $0] } ?? [:], db)
        guard training.startsCompressed else { return }
        try set("startsCompressed", try compressedStarts(db).union([training.id]).sorted(), db)
    }

    /// The trainings that began with compressed values.
    private func compressedStarts(_ db: Database) throws -> Set<String> {
        Set(try get("startsCompressed", as: [String].self, db) ?? [])
    }

    /// An interrupted training runs again.
    func resume(_ training: String, _ db: Database) throws {
        try db.execute(sql: "UPDATE training SET status = 'running', ended = NULL, message = NULL WHERE id = ?", arguments: [training])
    }

    /// Moves a training on to the state of its last finished epoch, or to the best one that is written at its end.
    func finishEpoch(_ record: StateRecord, of training: String, _ db: Database) throws {
        let isLast = record.state.epochs >= record.finishedEpochs
        try db.execute(
            sql: """
                UPDATE training SET finishedEpochs = ?, last = CASE WHEN ? OR last IS NULL THEN ? ELSE last END,
                best = CASE WHEN ? OR best IS NULL THEN ? ELSE best END WHERE id = ?
                """,
            arguments: [record.finishedEpochs, isLast, record.state.id, record.isBest, record.state.id, training])
    }

    func append(_ turn: KnobTurn, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO knob (training, position, value) SELECT ?, COALESCE(MAX(position) + 1, 0), ? FROM knob WHERE training = ?",
            arguments: [turn.training, try Self.encode(turn), turn.training])
    }

    /// Ends a training and drops what nothing refers to any more.
    func end(_ ending: SessionWriter.Ending, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE training SET status = ?, message = ?, ended = ? WHERE id = ?",
            arguments: [ending.status.rawValue, ending.message, ending.time, ending.training])
        try sweep(db)
    }

    /// Oldest first; none in a file of the first format.
    func trainings(_ db: Database) throws -> [TrainingRecord] {
        guard found >= 2 else { return [] }
        let compressed = try compressedStarts(db)
        let schedules = try get("schedule", as: [String: SchedulePlace].self, db) ?? [:]
        return try Row.fetchAll(db, sql: "SELECT * FROM training ORDER BY started, rowid").map { row in
            guard let id = row.value(String.self, "id"), let name = row.value(String.self, "name"),
                let plan = row.value(String.self, "plan"), let recipe = row.value(String.self, "recipe"),
                let policies = row.value(String.self, "policies"), let epochs = row.value(Int.self, "epochs"),
                let started = row.value(Int64.self, "started"), let finished = row.value(Int.self, "finishedEpochs"),
                let status = row.value(String.self, "status").flatMap(TrainingRecord.Status.init)
            else { throw SessionError.unreadable(path: path, reason: "a training is damaged") }
            let what = "training \(id)"
            var training = TrainingRecord(
                id: id, name: name, base: row.value(String.self, "base"),
                plan: try Self.decode(CompressionPlan.self, from: plan, path: path, what: what),
                recipe: try Self.decode(TrainingRecipe.self, from: recipe, path: path, what: what),
                policies: try Self.decode([SchedulePolicy].self, from: policies, path: path, what: what), epochs: epochs, started: started)
            training.startsCompressed = compressed.contains(id)
            training.schedule = schedules[id]
            (training.finishedEpochs, training.status) = (finished, status)
            (training.last, training.best) = (row.value(String.self, "last"), row.value(String.self, "best"))
            (training.ended, training.message) = (row.value(Int64.self, "ended"), row.value(String.self, "message"))
            return training
        }
    }

    /// The knobs that were turned while a training ran, in order.
    func knobs(training: String) throws(SessionError) -> [KnobTurn] {
        try perform { db in
            guard found >= 2 else { return [] }
            let rows = try Row.fetchAll(db, sql: "SELECT value FROM knob WHERE training = ? ORDER BY position", arguments: [training])
            return try rows.map { row in
                let text = row.value(String.self, "value") ?? ""
                return try Self.decode(KnobTurn.self, from: text, path: path, what: "a knob of training \(training)")
            }
        }
    }
}
