import GRDB
import Reports

/// Measured points are items with the name `point/ID`: versions that do not know them pass them over.
extension SessionFile {
    /// Points that are kept; beyond that the oldest go that have no name and are on no front.
    private static let keptPoints = 2_000

    /// Stores a point in the place of what was kept of the same plan; its name and its first date stay.
    func put(_ point: FrontPoint, _ db: Database) throws {
        var points = FrontPoints()
        if let known = try get("point/\(point.id)", as: FrontPoint.self, db) { points.put(known) }
        points.put(point)
        for point in points.all { try set("point/\(point.id)", point, db) }
        let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM item WHERE name GLOB 'point/*'") ?? 0
        guard count > Self.keptPoints else { return }
        for old in FrontPoints(try keptPoints(db)).surplus(over: Self.keptPoints - Self.keptPoints / 16) {
            try db.execute(sql: "DELETE FROM item WHERE name = ?", arguments: ["point/\(old.id)"])
        }
    }

    private func keptPoints(_ db: Database) throws -> [FrontPoint] {
        try String.fetchAll(db, sql: "SELECT value FROM item WHERE name GLOB 'point/*'").map { text in
            try Self.decode(FrontPoint.self, from: text, path: path, what: "a measured point")
        }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    /// Those that were kept, and those that snapshots are, which have a name: so sessions of versions that kept none have points too.
    func points(besides snapshots: [Snapshot], _ db: Database) throws -> FrontPoints {
        let named = snapshots.compactMap { FrontPoint($0.report, state: $0.state, name: $0.name, created: $0.created) }
        return FrontPoints((try keptPoints(db) + named).sorted { ($0.created, $0.id) < ($1.created, $1.id) })
    }
}
