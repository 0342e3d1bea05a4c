import GRDB
import Reports

/// Background tasks are items with the name `task/KIND/NAME`: versions that do not know them pass them over.
extension SessionFile {
    /// Ended tasks of a kind that are kept, the newest.
    private static let keptTasks = 16

    /// Stores where a task stands in the place of what was kept of it, as the newest; drops it where there is no state.
    func put(_ id: TaskID, _ standing: SessionWriter.TaskStanding?, _ db: Database) throws {
        let name = "task/\(id.kind.rawValue)/\(id.name)"
        try db.execute(sql: "DELETE FROM item WHERE name = ?", arguments: [name])
        guard let standing else { return }
        let task = KeptTask(id: id, progress: standing.progress, isOpen: standing.isOpen, state: try Self.encode(standing.state))
        try set(name, task, db)
        let ended = try tasks(db).filter { $0.id.kind == id.kind && !$0.isOpen }
        for old in ended.dropLast(Self.keptTasks) { try put(old.id, nil, db) }
    }

    /// Oldest first.
    func tasks(_ db: Database) throws -> [KeptTask] {
        try String.fetchAll(db, sql: "SELECT value FROM item WHERE name GLOB 'task/*' ORDER BY rowid").map { text in
            try Self.decode(KeptTask.self, from: text, path: path, what: "a task")
        }
    }

    /// Grids of trainings, oldest first; those of early versions are an item of their own, whose cells a newer one of the same training has too.
    func grids(_ tasks: [KeptTask], _ db: Database) throws -> [TrainingGrid] {
        let newer = try tasks.filter { $0.id.kind == .grid }.map {
            try Self.decode(TrainingGrid.self, from: $0.state, path: path, what: "a grid")
        }
        let older = try get("grids", as: [TrainingGrid].self, db) ?? []
        return older.filter { old in !newer.contains(where: old.trainsSame) } + newer
    }
}
