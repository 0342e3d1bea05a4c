import Compression
import Foundation
import Networks
import Reports

/// Layers that are to be timed, and their network.
public struct LatencyOrder: Hashable, Sendable {
    /// What is known already, with the device that it is of: the threads are those of the engine.
    public var table: LatencyTable
    /// The state whose graph is timed; nil is the network as it was opened.
    public var base: TrainedState?
    /// Works that stand in no network yet, or that are computed another way.
    public var also: [TimedWork]

    public init(_ table: LatencyTable, base: TrainedState?, also: [TimedWork] = []) {
        (self.table, self.base, self.also) = (table, base, also)
    }
}

extension TaskKind {
    public static let latency = TaskKind(rawValue: "latency")
}

extension LaneTask {
    /// Times each layer and the network; reports of ``LatencyReport`` answer.
    public static func latency(_ order: LatencyOrder) -> LaneTask { LaneTask(TaskID(.latency)) { LatencyJob(order, worker: $0) } }
}

/// How far layers are timed.
public struct LatencyReport: TaskReport {
    public var table: LatencyTable
    /// Layers and network that are timed or were given up, of how many.
    public var done: Int
    public var total: Int
    /// Those that others disturbed too often, or that can't be run.
    public var missed: Int
    public var isOver: Bool
    public var reason: String?

    public init(table: LatencyTable, done: Int, total: Int, missed: Int, isOver: Bool, reason: String? = nil) {
        (self.table, self.done, self.total) = (table, done, total)
        (self.missed, self.isOver, self.reason) = (missed, isOver, reason)
    }

    public var taskProgress: TaskProgress? { TaskProgress("milliseconds", unit: "kernel", done: done, of: total) }
}

/// One run a step, whenever the lane has nothing else to do; runs over 10 ms wait until nothing was asked of the engine for a second.
final class LatencyJob: TaskJob {
    let id = TaskID(.latency)
    let urgency = Urgency.background
    let sources: Set<WatchedFiles.Role> = [.weights]
    unowned let worker: EngineWorker
    private let order: LatencyOrder
    private var measurement: LatencyMeasurement?
    private var seen = 0

    /// A long run waits for this quiet.
    private static let quiet = Duration.seconds(1)
    private static let long = 0.01

    init(_ order: LatencyOrder, worker: EngineWorker) { (self.order, self.worker) = (order, worker) }

    var result: any TaskReport { report(isOver: true) }

    private func report(isOver: Bool) -> LatencyReport {
        LatencyReport(
            table: measurement?.table ?? order.table, done: measurement?.done ?? 0, total: measurement?.total ?? 0,
            missed: measurement?.missed ?? 0, isOver: isOver)
    }

    func step() -> Bool {
        guard let measurement else { return begin() }
        if measurement.nextSeconds > Self.long, ContinuousClock.now - worker.wishes.lastAsked < Self.quiet {
            // No step, but for a nap that is shorter than one.
            Thread.sleep(forTimeInterval: 0.005)
            return true
        }
        let goesOn = measurement.step()
        if !goesOn {
            end(with: report(isOver: true))
        } else if measurement.done != seen {
            seen = measurement.done
            post(report(isOver: false))
        }
        return goesOn
    }

    private func begin() -> Bool {
        guard worker.large == nil else {
            end(with: TaskEnd("This network is too large to be timed, it is read layer by layer."))
            return false
        }
        do throws(ShapeError) {
            let kept = worker.options.keptLatencies?(order.table.device)
            measurement = try LatencyMeasurement(worker.bases.base(of: order.base).network, known: kept ?? order.table, also: order.also)
            post(report(isOver: false))
            return true
        } catch {
            end(with: TaskEnd("The network can't be timed: \(error)"))
            return false
        }
    }
}
