import Compression
import Networks
import Reports

/// What is asked of a map of channels: how important each is, and what would go.
public struct FilterMapOrder: Hashable, Sendable {
    public var removal: FilterRemoval
    /// Nil is the network as it was opened.
    public var base: TrainedState?

    public init(_ removal: FilterRemoval, base: TrainedState?) { (self.removal, self.base) = (removal, base) }
}

/// How important the channels of some layers are, and which would go.
public struct FilterMap: TaskReport {
    public var removal: FilterRemoval
    /// Names the base that it is of.
    public var base: String?
    public var scores: FilterScores?
    public var cut: FilterCut?
    /// Why it can't be made.
    public var obstacle: String?

    public init(_ removal: FilterRemoval, base: String?, scores: FilterScores? = nil, cut: FilterCut? = nil, obstacle: String? = nil) {
        (self.removal, self.base, self.scores, self.cut, self.obstacle) = (removal, base, scores, cut, obstacle)
    }
}

extension TaskKind {
    public static let filterMap = TaskKind(rawValue: "filterMap")
}

extension LaneTask {
    /// Measures how important channels are; ends with a ``FilterMap``. One that is under way is ended.
    public static func filterMap(_ order: FilterMapOrder) -> LaneTask { LaneTask(TaskID(.filterMap)) { FilterMapJob(order, worker: $0) } }
}

/// Measures step by step, then chooses once.
private final class FilterMapJob: TaskJob {
    let id = TaskID(.filterMap)
    let urgency = Urgency.training
    unowned let worker: EngineWorker
    private let order: FilterMapOrder
    private var measured: MeasuredImportance?

    init(_ order: FilterMapOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    var result: any TaskReport { FilterMap(order.removal, base: order.base?.id, obstacle: "it was ended") }

    func step() -> Bool {
        var map = FilterMap(order.removal, base: order.base?.id)
        do throws(FilterObstacle) {
            guard worker.large == nil else { throw .unknown }
            let network = order.base?.base(of: worker.network) ?? worker.network
            guard let measured else {
                measured = try MeasuredImportance(order.removal, in: network, data: worker.materials.thinningExamples(for: network))
                return true
            }
            if try measured.step() {
                if let counts = measured.counts { post(ImportanceProgress(done: counts.done, total: counts.total)) }
                return true
            }
            map.scores = measured.scores
            map.cut = try FilterCut(order.removal, of: network, by: measured.scores)
        } catch { map.obstacle = "\(error)" }
        end(with: map)
        return false
    }
}
