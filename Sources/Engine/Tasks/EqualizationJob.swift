import Compression
import Networks
import Reports

/// Ranges of weights to be balanced in what plans start from, weights as they are without a plan.
public struct EqualizationOrder: Hashable, Sendable {
    /// Nil is the network as it was opened.
    public var base: TrainedState?

    /// The name of the change in a history.
    public static let label = "equalization"

    public init(base: TrainedState?) { self.base = base }
}

extension TaskKind {
    public static let equalization = TaskKind(rawValue: "equalization")
}

extension LaneTask {
    /// Balances the layers; ends with a ``DerivedState``. No examples are needed.
    public static func equalization(_ order: EqualizationOrder) -> LaneTask {
        LaneTask(TaskID(.equalization, EqualizationOrder.label), isAlone: false) { EqualizationJob(order, worker: $0) }
    }
}

/// Balances one pair of layers a step, then makes the state.
private final class EqualizationJob: TaskJob {
    let urgency = Urgency.training
    let sources: Set<WatchedFiles.Role> = [.weights]
    unowned let worker: EngineWorker
    private let order: EqualizationOrder
    private var balance: RangeBalance?

    init(_ order: EqualizationOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.equalization, EqualizationOrder.label) }

    func step() -> Bool {
        guard worker.large == nil else { return fail("this network is too large, it is read layer by layer.") }
        do throws(EqualizeRanges.Failure) {
            if balance == nil {
                balance = try RangeBalance(of: order.base?.base(of: worker.network) ?? worker.network)
                return true
            }
            if balance?.step() == true { return true }
            if let state = try balance?.state(from: order.base) { end(with: DerivedState(state, label: EqualizationOrder.label)) }
            return false
        } catch {
            return fail("not done, for \(error).")
        }
    }

    private func fail(_ reason: String) -> Bool {
        end(with: TaskEnd("\(EqualizationOrder.label): \(reason)"))
        return false
    }
}
