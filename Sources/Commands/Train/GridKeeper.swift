import Compression
import Engine
import Foundation
import Networks
import Reports
import Sessions

/// Keeps the cells of a grid in a session as they are finished.
final class GridKeeper {
    private var session: OpenSession
    private let model: OpenedModel
    private var isUsed = false
    private var keeper: TaskKeeper

    /// Opens the session, or makes it.
    init(_ name: String, model: OpenedModel, locations: Locations) throws(CommandFailure) {
        self.model = model
        session = try OpenSession.opened(orMade: name, for: model, locations: locations)
        keeper = TaskKeeper(session)
    }

    /// The grids of earlier runs.
    var known: [TrainingGrid] { session.contents.grids }

    /// Keeps the cells that are finished, and the examples that they were measured on.
    func keep(_ report: GridReport, measuredOn dataset: Dataset?) {
        isUsed = true
        if let dataset { session.keep(DataIdentity(dataset), of: model) }
        keeper.keep(.report(report), of: report.grid.task, in: session.writer)
    }

    /// Notes that the grid has ended. Throws where a cell is not on the disk.
    func finish(_ grid: TrainingGrid) throws(CommandFailure) {
        if isUsed { keeper.keep(.ended(GridReport(grid: grid, isEnded: true)), of: grid.task, in: session.writer) }
        if session.writer.retry() { return }
        for case .notWritten(let error) in session.writer.takeEvents() { throw CommandFailure(error) }
        throw CommandFailure("Session \(session.name) can't be written.", .cannotWrite)
    }

    /// A session that was made for a grid without a finished cell is removed.
    func close() { if isUsed { session.writer.close() } else { session.discard() } }
}
