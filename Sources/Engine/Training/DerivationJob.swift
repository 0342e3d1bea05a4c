import Compression
import Foundation
import Kernels
import Networks
import Reports

/// A new state made from another one and data, without gradients.
public struct StateDerivation: Sendable {
    /// The name of the change in a history.
    public let label: String
    /// Makes it of the state that a plan made; the request has the graph and the examples.
    let derive: @Sendable (TrainedState, TrainingRequest) throws(TrainingFailure) -> TrainedState

    /// Training examples that are looked at: some 1,280 give means to a few per cent of their deviation.
    static let batches = 20
    static let batchSize = 64
}

/// Two derivations are equal where their labels are.
extension StateDerivation: Hashable {
    public static func == (left: StateDerivation, right: StateDerivation) -> Bool { left.label == right.label }
    public func hash(into hasher: inout Hasher) { hasher.combine(label) }
}

/// A derivation to be made, of what a plan makes of a base.
public struct DerivationOrder: Hashable, Sendable {
    public var derivation: StateDerivation
    public var plan: CompressionPlan
    public var base: TrainedState?

    public init(_ derivation: StateDerivation, plan: CompressionPlan, base: TrainedState?) {
        self.derivation = derivation
        self.plan = plan
        self.base = base
    }
}

/// The state that a derivation made.
public struct DerivedState: TaskReport {
    public var state: TrainedState
    /// The name of the change in a history.
    public var label: String

    public init(_ state: TrainedState, label: String) {
        self.state = state
        self.label = label
    }
}

extension LaneTask {
    /// Makes a new state without training; ends with a ``DerivedState``.
    public static func derivation(_ order: DerivationOrder) -> LaneTask {
        LaneTask(TaskID(.derivation, order.derivation.label), isAlone: false) { DerivationJob(order, worker: $0) }
    }
}

extension TaskKind {
    public static let derivation = TaskKind(rawValue: "derivation")
}

/// Makes the state that a plan describes, then derives another one from it. Two steps: applying the plan, and a look at the data.
final class DerivationJob: TaskJob {
    let urgency = Urgency.training
    unowned let worker: EngineWorker
    private let order: DerivationOrder
    private var run: TrainingRun?

    init(_ order: DerivationOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.derivation, order.derivation.label) }

    func step() -> Bool {
        do throws(TrainingFailure) {
            let run: TrainingRun
            if let known = self.run { run = known } else { run = try start() }
            self.run = run
            if run.latest == nil, try run.step() { return true }
            guard let state = run.latest else { throw .unavailable("the plan could not be applied") }
            end(with: DerivedState(try order.derivation.derive(state, run.request), label: order.derivation.label))
        } catch {
            end(with: TaskEnd("\(order.derivation.label): \(error)."))
        }
        return false
    }

    private func start() throws(TrainingFailure) -> TrainingRun {
        // Of its own in every program run, for a session replaces a state of the same name.
        let name = "\(order.base?.id ?? "opened")+\(UUID().uuidString)"
        let recipe = TrainingRecipe(epochs: 0, batchSize: StateDerivation.batchSize)
        let (request, evaluator) = try worker.trainingRequest(name, plan: order.plan, base: order.base, recipe: recipe)
        return try TrainingRun(request, evaluator: evaluator)
    }
}

extension TrainingRequest {
    /// Training by oneDNN.
    public static let fastExecutor: ExecutorFactory = { network, batchSize throws(KernelError) in
        try OneDNNTrainingExecutor(network: network, batchSize: batchSize)
    }
}
