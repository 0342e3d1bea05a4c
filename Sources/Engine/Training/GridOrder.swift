import Compression
import Networks
import Reports

/// A grid of trainings to be made or finished.
public struct GridOrder: Hashable, Sendable {
    /// With the cells that are known already.
    public var grid: TrainingGrid
    /// The state that every cell starts from; nil is the network as it was opened.
    public var base: TrainedState?

    public init(_ grid: TrainingGrid, base: TrainedState? = nil) {
        self.grid = grid
        self.base = base
    }
}

/// Where a grid stands.
public struct GridReport: TaskReport {
    public var grid: TrainingGrid
    /// The cell under way, and how far it is.
    public var place: TrainingGrid.Place?
    public var progress: TrainingProgress?
    /// Nothing more comes.
    public var isEnded = false
    /// Why it could not go on.
    public var failure: TrainingFailure?

    public init(grid: TrainingGrid, place: TrainingGrid.Place? = nil, progress: TrainingProgress? = nil, isEnded: Bool = false) {
        self.grid = grid
        self.place = place
        self.progress = progress
        self.isEnded = isEnded
    }

    /// A grid that has ended.
    init(_ grid: TrainingGrid, failure: TrainingFailure?) {
        self.init(grid: grid, isEnded: true)
        self.failure = failure
    }

    public var taskProgress: TaskProgress? {
        let count = grid.places.count
        return TaskProgress("temperature × bits", unit: "cell", done: count - grid.missing.count, of: count)
    }

    public var kept: (any Codable & Hashable & Sendable)? { grid.cells.isEmpty ? nil : grid }
    public var reason: String? { failure.map { "Training is not possible: \($0.sentence)" } }
}
