import Compression
import GRDB

extension SessionFile {
    /// Brings order in at the opening of a session that may be written: a training that the program's end cut off becomes an interrupted
    /// one, its last finished epoch an entry of the history (so that undo leads back to before it), and what nothing refers to is dropped.
    ///
    /// Returns the training that was cut off.
    func recover() throws(SessionError) -> TrainingRecord? {
        try perform { db in
            guard var training = try trainings(db).last(where: { $0.status == .running }) else {
                try sweep(db)
                return nil
            }
            try interruptTrainings(db)
            training.status = .interrupted
            try adoptLastEpoch(of: training, db)
            try sweep(db)
            return training
        }
    }

    /// Marks trainings that nobody runs any more, as in a copy of another Pare's session.
    func interruptTrainings(_ db: Database) throws {
        try db.execute(sql: "UPDATE training SET status = 'interrupted' WHERE status = 'running'")
    }

    private func adoptLastEpoch(of training: TrainingRecord, _ db: Database) throws {
        guard let last = training.last else { return }
        let known = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM state WHERE id = ?", arguments: [last]) ?? 0
        let changes = try changes(db)
        let applied = try get("applied", as: Int.self, db) ?? changes.count
        let state = PlanHistory(changes: changes, applied: applied).state
        guard known == 1, state != last, (0...changes.count).contains(applied) else { return }
        let created = try Int64.fetchOne(db, sql: "SELECT created FROM state WHERE id = ?", arguments: [last]) ?? training.started
        let plans = training.policies.isEmpty ? [:] : try layerPlans(of: last, db)
        let former = try follow(plans, db)
        try put(
            PlanChange(
                label: training.sentence, key: "training/\(training.id)", time: created, before: former,
                after: plans.filter { former[$0.key] != nil }, state: .init(before: state, after: last)),
            position: applied, db)
    }

    /// The plans that policies led the layers of a state to, by weight.
    private func layerPlans(of state: String, _ db: Database) throws -> [String: LayerPlan] {
        let rows = try Row.fetchAll(db, sql: "SELECT weight, value FROM stateLayer WHERE state = ?", arguments: [state])
        return try rows.reduce(into: [:]) { plans, row in
            guard let weight = row.value(String.self, "weight"), let text = row.value(String.self, "value") else { return }
            plans[weight] = try Self.decode(StoredLayer.self, from: text, path: path, what: weight).plan
        }
    }

    /// Puts these into the plan in force and returns those that they took the place of.
    private func follow(_ plans: [String: LayerPlan], _ db: Database) throws -> [String: LayerPlan] {
        guard !plans.isEmpty, var plan = try get("plan", as: CompressionPlan.self, db) else { return [:] }
        let former = plans.reduce(into: [String: LayerPlan]()) { former, layer in
            if plan[layer.key] != layer.value { former[layer.key] = plan[layer.key] }
        }
        for (weight, layer) in plans { plan[weight] = layer }
        try set("plan", plan, db)
        return former
    }

    /// Deletes the states that nothing refers to and the blobs that no state uses.
    ///
    /// Kept are those of the history (what can be redone too), of snapshots, of trainings under way, and last and best of the newest training.
    func sweep(_ db: Database) throws {
        guard found >= 2 else { return }
        var kept = PlanHistory(changes: try changes(db)).states
        kept.formUnion(try snapshots(db).compactMap(\.state))
        let trainings = try trainings(db)
        for training in trainings where training.status == .running || training.id == trainings.last?.id {
            kept.formUnion([training.last, training.best].compactMap { $0 })
            if training.status == .running, let base = training.base { kept.insert(base) }
        }
        let all = try Row.fetchAll(db, sql: "SELECT id FROM state").compactMap { $0.value(String.self, "id") }
        for id in all where !kept.contains(id) { try delete(state: id, db) }
        try db.execute(sql: "DELETE FROM blob WHERE sha256 NOT IN (SELECT sha256 FROM stateTensor WHERE NOT isOriginal)")
    }

    /// Its children become those of its parent.
    private func delete(state id: String, _ db: Database) throws {
        try db.execute(sql: "UPDATE state SET parent = (SELECT parent FROM state WHERE id = ?) WHERE parent = ?", arguments: [id, id])
        try db.execute(sql: "DELETE FROM state WHERE id = ?", arguments: [id])
    }
}
