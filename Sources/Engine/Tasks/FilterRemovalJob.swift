import Compression
import Kernels
import Networks
import Reports

/// Filters to be removed from what plans start from, weights as they are without a plan.
public struct FilterRemovalOrder: Hashable, Sendable {
    public var removal: FilterRemoval
    /// Nil is the network as it was opened.
    public var base: TrainedState?
    /// The name of the change in a history.
    public var label: String
    /// Whether what reads the channels is fitted again, where there are training examples.
    public var repairs: Bool

    public init(_ removal: FilterRemoval, base: TrainedState?, label: String, repairs: Bool = true) {
        self.removal = removal
        self.base = base
        self.label = label
        self.repairs = repairs
    }
}

extension TaskKind {
    public static let filterRemoval = TaskKind(rawValue: "filterRemoval")
}

extension LaneTask {
    /// Makes a smaller network and repairs it (``NetworkRepair``), where there are training examples; ends with a ``DerivedState``.
    public static func filterRemoval(_ order: FilterRemovalOrder) -> LaneTask {
        LaneTask(TaskID(.filterRemoval, order.label), isAlone: false) { FilterRemovalJob(order, worker: $0) }
    }
}

/// Ranks one channel a step, makes the state with fewer, then fits what reads them piece by piece, and measures normalizations again.
private final class FilterRemovalJob: TaskJob {
    let urgency = Urgency.training
    unowned let worker: EngineWorker
    private let order: FilterRemovalOrder
    private var importance: FilterImportance?
    private var made: (state: TrainedState, repair: NetworkRepair, kept: KeptPlaces, data: Dataset)?

    init(_ order: FilterRemovalOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.filterRemoval, order.label) }

    func step() -> Bool {
        guard worker.large == nil else { return fail("this network is too large, it is read layer by layer.") }
        if made != nil { return repair() }
        do throws(FilterObstacle) {
            if importance == nil {
                importance = try order.removal.importance(in: before)
                return true
            }
            if importance?.step() == true { return true }
            return try remove()
        } catch {
            return fail("not done, for \(error).")
        }
    }

    private var before: Network { order.base?.base(of: worker.network) ?? worker.network }

    private func remove() throws(FilterObstacle) -> Bool {
        let (before, scores) = (before, importance?.result)
        let state = try order.removal.state(from: order.base, of: worker.network, by: scores)
        guard order.repairs else { return finish(state) }
        guard let data = try? worker.materials.loadedTrainingExamples(), (try? data.check(against: before)) != nil else {
            return finish(state, "not repaired: there are no training examples")
        }
        var kept = KeptPlaces()
        kept.take(try order.removal.removed(from: before, by: scores), from: before)
        guard let repair = try? NetworkRepair(before: before, after: state.base(of: worker.network), kept: kept, data: data) else {
            return finish(state, "not repaired, the network can't be run")
        }
        made = (state, repair, kept, data)
        return true
    }

    private func repair() -> Bool {
        guard let made else { return false }
        do throws(KernelError) { if try made.repair.step() { return true } } catch { return finish(made.state, "not repaired: \(error)") }
        let state = made.state.repaired(made.repair.network, from: order.base, of: worker.network)
        do throws(TrainingFailure) {
            let measured = try state.followingNormalization(from: before, kept: made.kept, of: worker.network, on: made.data)
            return finish(measured, "repaired")
        } catch { return finish(state, "repaired, normalizations as they were: \(error)") }
    }

    private func finish(_ state: TrainedState, _ remark: String? = nil) -> Bool {
        end(with: DerivedState(state, label: remark.map { "\(order.label), \($0)" } ?? order.label))
        return false
    }

    private func fail(_ reason: String) -> Bool {
        end(with: TaskEnd("\(order.label): \(reason)"))
        return false
    }
}
