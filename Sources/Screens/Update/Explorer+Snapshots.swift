import Compression
import Reports
import Sessions

extension Explorer {
    /// Keeps the plan as it stands: at once where its numbers are exact, else as soon as they are, or before the plan changes.
    mutating func keepSnapshot(_ name: String, note: String) {
        let snapshot = WaitingSnapshot(name: name, note: note, plan: plan, generation: generation, state: base?.id)
        shelf.ask(for: snapshot)
        if !isReady(snapshot) { say("\(Snapshot.words(name)): kept as soon as every example is measured") }
        goOnWithSnapshots()
    }

    /// Keeps the snapshots whose numbers are there, and hands on a plan that waited for them.
    mutating func goOnWithSnapshots() {
        if !shelf.waiting.isEmpty { save(shelf.waiting.filter(isReady)) }
        emitPostponedPlan()
    }

    /// Hands the newest plan to the engine, once that has made the layers of older snapshots that wait: these are kept as far as they are measured.
    mutating func emitPostponedPlan() {
        guard let request = shelf.postponed, shelf.beforePostponed.allSatisfy(hasLayers) else { return }
        save(shelf.beforePostponed)
        shelf.release()
        emit(.plan(request))
    }

    /// Whether the engine's figures of all layers belong to the snapshots that wait.
    public var hasLayersOfSnapshots: Bool { shelf.waiting.allSatisfy(hasLayers) }

    private func hasLayers(of snapshot: WaitingSnapshot) -> Bool {
        // The plan of a snapshot names every layer.
        let plans = Dictionary(snapshot.plan.layers.map { ($0.pattern, $0.plan) }) { first, _ in first }
        return layers.allSatisfy { summary(of: $0)?.plan == plans[$0.weight] }
    }

    mutating func save(_ snapshots: [WaitingSnapshot]) {
        shelf.remove(snapshots)
        for snapshot in snapshots { emit(.saveSnapshot(figures(of: snapshot))) }
    }

    /// Whether the numbers are exact, those of the file too where it is being encoded.
    private func isReady(_ snapshot: WaitingSnapshot) -> Bool {
        settled >= snapshot.generation && (!isEncoding || file?.generation ?? 0 >= snapshot.generation)
    }

    /// Whether the engine encodes a plan once it rests: a training goes first, and layers that are too large to be made have no file.
    private var isEncoding: Bool {
        findsFileSize && !isTraining && layers.allSatisfy { compressed[$0.weight]?.value.weights.count == $0.count }
    }

    private func figures(of snapshot: WaitingSnapshot) -> SnapshotFigures {
        let file = file.flatMap { $0.generation == snapshot.generation && $0.value.isExact ? $0.value : nil }
        return SnapshotFigures(
            name: snapshot.name, note: snapshot.note, plan: snapshot.plan, state: snapshot.state, data: dataset.map(DataIdentity.init),
            layers: layers.compactMap { summary(of: $0) },
            accuracy: accuracy.flatMap { $0.generation == snapshot.generation ? $0.value : nil }, file: file)
    }
}
