import Engine
import Foundation
import Networks
import Reports
import Sessions

/// Keeps figures of options in a session as they are finished, and has those of earlier runs.
final class FigureKeeper {
    private var session: OpenSession
    private let model: OpenedModel
    private var isUsed = false
    /// What the session had when it was opened.
    private let kept: KeptFigures
    var known: @Sendable (SensitivityContext) -> [OptionFigure] { { [kept] in kept.figures(of: $0) } }

    /// Opens the session, or makes it.
    init(_ name: String, model: OpenedModel, locations: Locations) throws(CommandFailure) {
        self.model = model
        session = try OpenSession.opened(orMade: name, for: model, locations: locations)
        kept = SessionFolder.figures(path: session.path)
    }

    func keep(_ report: SensitivityReport, measuredOn dataset: Dataset?) {
        guard let table = report.table, !report.figures.isEmpty else { return }
        isUsed = true
        if let dataset { session.keep(DataIdentity(dataset), of: model) }
        session.writer.keep(report.figures, of: table.context)
    }

    /// Throws where a figure is not on the disk.
    func finish() throws(CommandFailure) {
        if session.writer.retry() { return }
        for case .notWritten(let error) in session.writer.takeEvents() { throw CommandFailure(error) }
        throw CommandFailure("Session \(session.name) can't be written.", .cannotWrite)
    }

    /// A session that was made for nothing is removed.
    func close() { if isUsed { session.writer.close() } else { session.discard() } }
}
