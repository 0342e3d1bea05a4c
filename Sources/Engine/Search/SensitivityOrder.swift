import Compression
import Foundation
import Networks
import Reports
import Tensors

/// Which options of which layers are to be measured, from where and on what.
public struct SensitivityOrder: Hashable, Sendable {
    /// In this order.
    public var kinds: [SensitivityKind]
    public var plan: CompressionPlan
    /// Nil is the network as it was opened.
    public var base: TrainedState?
    /// Names of families; nil for all.
    public var families: [String]?
    /// These and no others, in the place of what the families have.
    public var options: [LayerOption]?
    /// At most so many examples for an option; nil for all.
    public var limit: Int?
    /// Whether an option that surely costs too much is measured to the last example too.
    public var isWhole: Bool
    /// Whether it goes on with each new plan, and waits where nothing is left to do; else it ends there. Then ``kinds`` says the order for a plan that
    /// changes something, and of one that does not all are the isolated one.
    public var isFollowing: Bool

    public init(
        _ kinds: [SensitivityKind] = [.marginal, .leaveOneOut, .isolated], plan: CompressionPlan = CompressionPlan(),
        base: TrainedState? = nil, families: [String]? = nil, options: [LayerOption]? = nil, limit: Int? = nil, isWhole: Bool = false,
        isFollowing: Bool = false
    ) {
        (self.kinds, self.plan, self.base, self.families) = (kinds, plan, base, families)
        (self.options, self.limit, self.isWhole, self.isFollowing) = (options, limit, isWhole, isFollowing)
    }
}

/// What was found of a network's options since the last report, with all that is known of one kind.
public struct SensitivityReport: TaskReport {
    /// Nil before the first table, and where there is none.
    public var table: SensitivityTable?
    /// Finished since the last report.
    public var figures: [OptionFigure]
    /// What was run for the options until now, in runs of the whole network over all examples: dense multiply-adds, those of the plans themselves included.
    public var runs: Double
    /// Whether it goes on by itself, so that nobody waits for its end.
    public var isFollowing: Bool
    public var reason: String?

    public init(
        _ table: SensitivityTable?, figures: [OptionFigure] = [], runs: Double = 0, isFollowing: Bool = false, reason: String? = nil
    ) {
        (self.table, self.figures, self.runs, self.isFollowing, self.reason) = (table, figures, runs, isFollowing, reason)
    }

    /// Each is read: it has figures that no other has.
    public var slot: String? { nil }

    public var taskProgress: TaskProgress? {
        guard !isFollowing, let table else { return nil }
        return TaskProgress("sensitivity, \(table.kind.rawValue)", unit: "option", done: table.doneCount, of: table.options.count)
    }
}

extension LaneTask {
    /// Measures options of layers, coarse ones on few examples first; reports of ``SensitivityReport`` answer. One that is under way is ended.
    public static func sensitivity(_ order: SensitivityOrder) -> LaneTask {
        LaneTask(TaskID(.sensitivity)) { SensitivityJob(order, worker: $0) }
    }
}

extension Tensor {
    /// Whether all bytes of two tensors of one type are equal. Cost: O(bytes).
    func hasBits(of other: Tensor) -> Bool {
        let (own, others) = (bytes, other.bytes)
        guard elementType == other.elementType, own.count == others.count, let first = own.baseAddress, let second = others.baseAddress
        else {
            return own.isEmpty && others.isEmpty
        }
        return first == second || memcmp(first, second, own.count) == 0
    }
}
