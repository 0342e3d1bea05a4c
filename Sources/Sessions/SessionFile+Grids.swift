import GRDB
import Reports

extension SessionFile {
    /// Grids that are kept, the newest last.
    static let keptGrids = 16

    /// Stores a grid in the place of the one that trains the same.
    func put(_ grid: TrainingGrid, _ db: Database) throws {
        var grids = try grids(db)
        if let place = grids.firstIndex(where: grid.trainsSame) {
            var merged = grid
            merged.keepCells(of: grids.remove(at: place))
            grid.cells.forEach { merged.add($0) }
            grids.append(merged)
        } else {
            grids.append(grid)
        }
        try set("grids", Array(grids.suffix(Self.keptGrids)), db)
    }

    /// Oldest first.
    func grids(_ db: Database) throws -> [TrainingGrid] { try get("grids", as: [TrainingGrid].self, db) ?? [] }
}
