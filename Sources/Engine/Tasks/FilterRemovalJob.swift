import Compression
import Networks
import Reports

/// Filters to be removed from what plans start from, weights as they are without a plan.
public struct FilterRemovalOrder: Hashable, Sendable {
    public var removal: FilterRemoval
    /// Nil is the network as it was opened.
    public var base: TrainedState?
    /// The name of the change in a history.
    public var label: String

    public init(_ removal: FilterRemoval, base: TrainedState?, label: String) {
        self.removal = removal
        self.base = base
        self.label = label
    }
}

extension TaskKind {
    public static let filterRemoval = TaskKind(rawValue: "filterRemoval")
}

extension LaneTask {
    /// Makes a smaller network; ends with a ``DerivedState``. No examples are needed.
    public static func filterRemoval(_ order: FilterRemovalOrder) -> LaneTask {
        LaneTask(TaskID(.filterRemoval, order.label), isAlone: false) { FilterRemovalJob(order, worker: $0) }
    }
}

/// Ranks one channel a step, then makes the state with fewer.
private final class FilterRemovalJob: TaskJob {
    let urgency = Urgency.training
    let sources: Set<WatchedFiles.Role> = [.weights]
    unowned let worker: EngineWorker
    private let order: FilterRemovalOrder
    private var importance: FilterImportance?

    init(_ order: FilterRemovalOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.filterRemoval, order.label) }

    func step() -> Bool {
        guard worker.large == nil else { return fail("this network is too large, it is read layer by layer.") }
        do throws(FilterObstacle) {
            if importance == nil {
                importance = try order.removal.importance(in: order.base?.base(of: worker.network) ?? worker.network)
                return true
            }
            if importance?.step() == true { return true }
            end(
                with: DerivedState(
                    try order.removal.state(from: order.base, of: worker.network, by: importance?.result), label: order.label))
            return false
        } catch {
            return fail("not done, for \(error).")
        }
    }

    private func fail(_ reason: String) -> Bool {
        end(with: TaskEnd("\(order.label): \(reason)"))
        return false
    }
}
