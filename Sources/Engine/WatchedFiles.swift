import Synchronization
import Tensors

/// The mapped files that results are computed from: one that another program writes to takes its results with it.
final class WatchedFiles: Sendable {
    /// What a file is read for.
    enum Role: CaseIterable {
        /// The network's weights: everything comes from them.
        case weights
        /// The examples that measure accuracy.
        case examples
        /// Examples and teachers of trainings.
        case training
    }

    private let maps = Mutex<[Role: [FileMap]]>([:])

    func add(_ new: [FileMap], as role: Role) {
        guard !new.isEmpty else { return }
        maps.withLock { $0[role, default: []] += new }
    }

    /// The files of a role are done with.
    func forget(_ role: Role) { maps.withLock { $0[role] = nil } }

    /// What happened to a file of this role; nil while all are as they were opened. Cost: a system call for each.
    func change(_ role: Role) -> FileChange? { maps.withLock { $0[role]?.firstChange } }
}

extension EngineEvent {
    /// What a result was computed from; empty for what stays true whatever happens to files. Tasks say it of their own.
    var sources: Set<WatchedFiles.Role> {
        switch self {
        case .distribution, .distributionsToKeep, .layer, .network, .file: [.weights]
        case .data: [.examples]
        case .accuracy, .timeLeft, .logits, .lens: [.weights, .examples]
        case .gathering: [.weights, .training]
        case .task, .failed, .settled: []
        }
    }
}
