import Compression
import Foundation
import Reports
import Sessions

/// Keeps the cells of a grid in a session as they are finished.
final class GridKeeper {
    private let session: OpenSession

    /// Opens the session, or makes it.
    init(_ name: String, model: OpenedModel, locations: Locations) throws(CommandFailure) {
        let folder = locations.sessionFolder
        do throws(SessionError) {
            session = try Self.open(name, model: model, locations: locations, folder: folder)
        } catch {
            throw CommandFailure(error)
        }
        do throws(CommandFailure) {
            try session.contents.identity.check(model, session: name)
        } catch {
            session.writer.close()
            throw error
        }
    }

    private static func open(
        _ name: String, model: OpenedModel, locations: Locations, folder: SessionFolder
    ) throws(SessionError) -> OpenSession {
        do throws(SessionError) { return try OpenSession.open(name, in: folder) } catch {
            guard case .notFound = error else { throw error }
        }
        let identity = SessionIdentity(network: model.identity, networkPath: model.path(outside: locations.models), data: nil)
        return try OpenSession.create(name, in: folder, identity: identity, plan: CompressionPlan())
    }

    /// The grids of earlier runs.
    var known: [TrainingGrid] { session.contents.grids }

    func keep(_ grid: TrainingGrid) { session.writer.save(grid) }

    func close() { session.writer.close() }
}
