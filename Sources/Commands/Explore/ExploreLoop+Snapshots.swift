import Compression
import Foundation
import Reports
import Screens
import Sessions

/// A snapshot that was asked for, until its numbers are exact.
struct WaitingSnapshot {
    var name: String
    var note: String
    var plan: CompressionPlan
    var generation: UInt64
    /// The trained state that the plan starts from.
    var state: String?
}

extension ExploreLoop {
    /// Keeps a snapshot: at once where its numbers are exact, else as soon as they are.
    func save(_ snapshot: WaitingSnapshot) {
        if isReady(snapshot) { return keep(snapshot) }
        waiting.append(snapshot)
        say("\(Snapshot.words(snapshot.name)) is being measured", .information)
    }

    /// Keeps the snapshots whose numbers are there.
    func saveReadySnapshots() { save(waiting.filter(isReady)) }

    /// Keeps all that wait, with what was measured so far, because the plan changes or the program ends.
    func saveWaitingSnapshots() { save(waiting) }

    private func save(_ ready: [WaitingSnapshot]) {
        waiting.removeAll { snapshot in ready.contains { $0.name == snapshot.name } }
        ready.forEach(keep)
    }

    /// Whether the numbers are exact, those of the file too where it is being encoded.
    private func isReady(_ snapshot: WaitingSnapshot) -> Bool {
        explorer.settled >= snapshot.generation && (!isEncoding || explorer.file?.generation ?? 0 >= snapshot.generation)
    }

    /// Whether the engine encodes a plan once it rests: a training goes first, and layers that are too large to be made have no file.
    private var isEncoding: Bool {
        engine.findsFileSize && !explorer.isTraining
            && explorer.layers.allSatisfy { explorer.compressed[$0.weight]?.value.weights.count == $0.count }
    }

    /// Whether the engine's figures of all layers belong to the snapshots that wait.
    var hasLayersOfWaitingSnapshots: Bool {
        waiting.allSatisfy { snapshot in
            // The explorer's plans name every layer.
            let plans = Dictionary(snapshot.plan.layers.map { ($0.pattern, $0.plan) }) { first, _ in first }
            return explorer.layers.allSatisfy { explorer.summary(of: $0)?.plan == plans[$0.weight] }
        }
    }

    /// Hands the newest plan to the engine, once no snapshot waits for the layers of the one before.
    func requestPostponedPlan() {
        guard let (plan, generation, base) = postponed, hasLayersOfWaitingSnapshots else { return }
        postponed = nil
        saveWaitingSnapshots()
        engine.request(
            plan, generation: generation, base: base.flatMap(explorer.state), focus: explorer.selectedLayer?.weight)
    }

    private func keep(_ snapshot: WaitingSnapshot) {
        var report = Report(
            of: bench.model.network, identity: bench.model.identity, data: explorer.dataset.map(DataIdentity.init), plan: snapshot.plan,
            layers: explorer.layers.compactMap { explorer.summary(of: $0) },
            accuracy: explorer.accuracy.flatMap { $0.generation == snapshot.generation ? $0.value : nil },
            environment: engine.environment)
        if let file = explorer.file, file.generation == snapshot.generation, file.value.isExact {
            report.take(file: file.value.total, layers: file.value.layers.mapValues(\.bytes))
        }
        bench.session.writer.save(
            Snapshot(
                id: 0, name: snapshot.name, note: snapshot.note, created: Int64(Date().timeIntervalSince1970 * 1000),
                plan: snapshot.plan, report: report, state: snapshot.state))
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
