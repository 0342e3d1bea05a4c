import Compression
import Foundation
import GRDB
import Reports

extension SessionFile {
    /// All states without their tensors, oldest first; none in a file of the first format.
    func stateSummaries(_ db: Database) throws -> [StateSummary] {
        guard found >= 2 else { return [] }
        let rows = try Row.fetchAll(db, sql: Self.summaryQuery)
        return try rows.map { row in
            let weights = row.value(Int.self, "weights") ?? 0
            let zeros = row.value(Int.self, "zeros") ?? 0
            let figures = (weights > 0 ? Double(zeros) / Double(weights) : nil, row.value(Int.self, "bytes") ?? 0)
            guard let summary = try summary(row, figures: figures) else {
                throw SessionError.unreadable(path: path, reason: "a trained state is damaged")
            }
            return summary
        }
    }

    private static let summaryQuery = """
        SELECT state.*,
            (SELECT SUM(weights) FROM stateLayer WHERE state = state.id) AS weights,
            (SELECT SUM(zeros) FROM stateLayer WHERE state = state.id) AS zeros,
            (SELECT SUM(LENGTH(bytes)) FROM blob WHERE sha256 IN
                (SELECT sha256 FROM stateTensor WHERE stateTensor.state = state.id AND NOT isOriginal)) AS bytes
        FROM state ORDER BY created, state.rowid
        """

    /// Nil where a column is not what it should be.
    func summary(_ row: Row, figures: (sparsity: Double?, bytes: Int)) throws -> StateSummary? {
        guard let id = row.value(String.self, "id"), let created = row.value(Int64.self, "created"),
            let plan = row.value(String.self, "plan"), let policies = row.value(String.self, "policies"),
            let epochs = row.value(Int.self, "epochs"), let history = row.value(String.self, "history"),
            let note = row.value(String.self, "note")
        else { return nil }
        let what = "state \(id)"
        return StateSummary(
            id: id, parent: row.value(String.self, "parent"), training: row.value(String.self, "training"), created: created,
            plan: try Self.decode(CompressionPlan.self, from: plan, path: path, what: what),
            recipe: try row.value(String.self, "recipe").map {
                try Self.decode(TrainingRecipe.self, from: $0, path: path, what: what)
            },
            policies: try Self.decode([SchedulePolicy].self, from: policies, path: path, what: what), epochs: epochs,
            history: try Self.decode([TrainingProgress.Epoch].self, from: history, path: path, what: what), note: note,
            sparsity: figures.sparsity, bytes: figures.bytes)
    }
}
