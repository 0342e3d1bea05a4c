import Compression
import Foundation
import Reports
import Screens
import Sessions

extension ExploreLoop {
    /// Keeps a plan with its numbers in the session.
    func save(_ figures: SnapshotFigures) {
        var report = Report(
            of: bench.model.network, graph: bench.model.network.graph(of: figures.state.flatMap(explorer.state)),
            identity: bench.model.identity, data: figures.data, plan: figures.plan, layers: figures.layers,
            accuracy: figures.accuracy, environment: engine.environment)
        if let file = figures.file {
            report.take(file: file.total, layers: file.layers.mapValues(\.bytes), parts: file.parts.mapValues(\.bytes))
        }
        bench.session.writer.save(
            Snapshot(
                id: 0, name: figures.name, note: figures.note, created: Int64(Date().timeIntervalSince1970 * 1000),
                plan: figures.plan, report: report, state: figures.state))
    }

    /// Posts the snapshots that wait, measured as far as their layers at least.
    func saveWaitingSnapshots() {
        // A snapshot of a plan that waits for another snapshot's layers takes two turns.
        for _ in 0..<2 where !explorer.hasLayersOfSnapshots {
            engine.waitUntilSettled()
            for event in engine.takeEvents() { carryOut(explorer.update(.engine(event))) }
        }
        carryOut(explorer.end())
    }
}

extension SessionEvent {
    /// What the writer said, as the explorer takes it; nil where it is not for the explorer.
    init?(_ event: SessionWriterEvent) {
        switch event {
        case .written(let sequence): self = .written(sequence: sequence)
        case .notWritten(let error): self = .notWritten(error.message)
        case .snapshotSaved(let snapshot): self = .snapshotSaved(snapshot)
        case .snapshotRefused(let error): self = .message(Message(error.message, kind: .error))
        case .copied(let name, _): self = .renamed(SessionStatus(name: name))
        case .stateSaved: return nil
        case .stateLoaded(let state): self = .stateLoaded(state)
        case .stateNotLoaded(let id, let error): self = .stateMissing(id: id, reason: error.message)
        }
    }
}
