import Compression
import Engine
import Foundation
import Networks
import Reports
import Sessions

/// Keeps what a search measures in a session, as it is measured: options to go on from, plans as points, and at the end the plan itself.
final class SearchKeeper {
    /// What a search is kept by: where it is equal, measured options are those of the same search.
    struct Key: Codable, Hashable {
        var network: String?
        var state: String?
        var data: String
        var split: DatasetSplit
        var examples: Int
        var plan: CompressionPlan
        /// What compensated layers are fitted with.
        var calibration: CalibrationKey
        var environment: Environment
        var goal: SearchGoal
        /// The options that layers have a choice of at first, and what they are fitted by.
        var options: [LayerOption.Key]
        var fit: WeightFit
    }

    /// What is kept of one; options are kept as figures of the sensitivity.
    struct State: Codable, Hashable, Sendable {
        var key: String
        /// Nil of searches that were kept before there was one.
        var course: PlanSearch.Course?
        /// The best plan that was measured whole.
        var best: CompressionPlan?
    }

    private static let task = TaskID(TaskKind(rawValue: "search"))
    private var session: OpenSession
    private let model: OpenedModel
    private let key: String
    private var isUsed = false
    private var keptCourse = PlanSearch.Course()
    private var lastKept = Date.distantPast
    /// Figures of options that the session had when it was opened.
    private let kept: KeptFigures

    init(_ session: OpenSession, model: OpenedModel, key: Key) throws {
        (self.session, self.model) = (session, model)
        kept = SessionFolder.figures(path: session.path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        self.key = String(decoding: try encoder.encode(key), as: UTF8.self)
    }

    var known: @Sendable (SensitivityContext) -> [OptionFigure] { { [kept] in kept.figures(of: $0) } }

    /// What a run of the same search had decided before it was cut off, or had ended.
    var course: PlanSearch.Course {
        session.contents.tasks.lazy.filter { $0.id == Self.task }.compactMap { $0.state(as: State.self) }
            .first { $0.key == self.key }?.course ?? PlanSearch.Course()
    }

    /// Keeps a plan that was measured whole, at once.
    func keep(_ point: FrontPoint) {
        session.writer.keep(point)
        isUsed = true
    }

    /// Keeps figures of options as they are finished.
    func keep(_ report: SensitivityReport) {
        guard let context = report.table?.context else { return }
        isUsed = true
        session.writer.keep(report.figures, of: context)
    }

    /// Keeps what the search decided, at once, for what is measured next depends on it; how far it is once a second.
    func keep(_ search: PlanSearch, isEnd: Bool = false) {
        let isNew = search.course != keptCourse
        guard isEnd || isNew || Date().timeIntervalSince(lastKept) > 1 else { return }
        (keptCourse, lastKept, isUsed) = (search.course, Date(), true)
        let state = State(key: key, course: search.course, best: search.best.map { CompressionPlan(resolved: search.plan($0.choice)) })
        session.writer.keep(
            Self.task, state, progress: TaskProgress("search", unit: "option", done: search.done, of: search.total), isOpen: !isEnd)
    }

    /// Puts the plan into force as one change of the history, which undo takes back.
    func finish(_ plan: ResolvedPlan, label: String, data: DataIdentity?) throws(CommandFailure) {
        if let data { session.keep(data, of: model) }
        let before: ResolvedPlan
        do { before = try session.contents.plan.resolved(for: plan.layers.keys.compactMap(model.network.layer(of:))) } catch {
            throw CommandFailure("\(error)", .badData)
        }
        var history = session.contents.history
        let change = PlanChange(
            label: label, key: "search", time: Int64(Date().timeIntervalSince1970 * 1000), from: before, to: plan)
        if !change.changesNothing {
            session.writer.record(
                .put(change, position: history.append(change)), plan: CompressionPlan(resolved: plan),
                sequence: UInt64(history.changes.count))
        }
        isUsed = true
        if session.writer.retry() { return }
        for case .notWritten(let error) in session.writer.takeEvents() { throw CommandFailure(error) }
        throw CommandFailure("Session \(session.name) can't be written.", .cannotWrite)
    }

    /// A session that was made for a search that measured nothing is removed.
    func close() { if isUsed { session.writer.close() } else { session.discard() } }
}
