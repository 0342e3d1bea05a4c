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
    public var options: FilterThinning.Options

    public init(_ removal: FilterRemoval, base: TrainedState?, label: String, options: FilterThinning.Options = .init()) {
        self.removal = removal
        self.base = base
        self.label = label
        self.options = options
    }
}

extension TaskKind {
    public static let filterRemoval = TaskKind(rawValue: "filterRemoval")
}

extension LaneTask {
    /// Makes a smaller network and repairs it (``FilterThinning``), where there are training examples; ends with a ``DerivedState``.
    public static func filterRemoval(_ order: FilterRemovalOrder) -> LaneTask {
        LaneTask(TaskID(.filterRemoval, order.label), isAlone: false) { FilterRemovalJob(order, worker: $0) }
    }
}

/// Goes through a ``FilterThinning`` step by step.
private final class FilterRemovalJob: TaskJob {
    let urgency = Urgency.training
    unowned let worker: EngineWorker
    private let order: FilterRemovalOrder
    private var thinning: FilterThinning?

    init(_ order: FilterRemovalOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var id: TaskID { TaskID(.filterRemoval, order.label) }

    func step() -> Bool {
        guard worker.large == nil else { return fail("this network is too large, it is read layer by layer.") }
        let thinning = thinning ?? begin()
        self.thinning = thinning
        do throws(FilterObstacle) {
            if try thinning.step() {
                if let counts = thinning.measured { post(ImportanceProgress(done: counts.done, total: counts.total)) }
                return true
            }
        } catch {
            return fail("not done, for \(error).")
        }
        guard let state = thinning.state else { return fail("not done, for nothing would go.") }
        end(with: DerivedState(state, label: ([order.label] + [thinning.remark].compactMap(\.self)).joined(separator: ", ")))
        return false
    }

    private func begin() -> FilterThinning {
        let before = order.base?.base(of: worker.network) ?? worker.network
        return FilterThinning(
            [order.removal], options: order.options, from: order.base, of: worker.network,
            data: worker.materials.thinningExamples(for: before))
    }

    private func fail(_ reason: String) -> Bool {
        end(with: TaskEnd("\(order.label): \(reason)"))
        return false
    }
}

/// How far the measurement of what channels are worth is.
struct ImportanceProgress: TaskReport {
    var done: Int
    var total: Int

    var taskProgress: TaskProgress? { TaskProgress("measuring importance", unit: "example", done: done, of: total) }
}

extension EngineMaterials {
    /// Training examples that a network takes, or why there are none.
    func thinningExamples(for network: Network) -> Result<Dataset, ThinningData> {
        do throws(TrainingFailure) {
            let data = try loadedTrainingExamples()
            do throws(DatasetMismatch) { try data.check(against: network) } catch {
                return .failure(ThinningData(reason: error.message))
            }
            return .success(data)
        } catch { return .failure(ThinningData(reason: "there are no training examples")) }
    }
}
