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
    }

    /// What is kept of one.
    struct State: Codable, Hashable, Sendable {
        var key: String
        var options: [PlanSearch.Measured]
        /// The best plan that was measured whole.
        var best: CompressionPlan?
    }

    private static let task = TaskID(TaskKind(rawValue: "search"))
    private var session: OpenSession
    private let model: OpenedModel
    private let key: String
    private var isUsed = false
    private var keptOptions = 0
    private var lastKept = Date.distantPast
    private var keptTrials = 0

    init(_ session: OpenSession, model: OpenedModel, key: Key) throws {
        (self.session, self.model) = (session, model)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        self.key = String(decoding: try encoder.encode(key), as: UTF8.self)
    }

    /// Options that a run of the same search measured before it was cut off.
    var known: [PlanSearch.Measured] {
        session.contents.tasks.lazy.filter { $0.id == Self.task }.compactMap { $0.state(as: State.self) }
            .first { $0.key == self.key }?.options ?? []
    }

    /// Keeps a plan that was measured whole, at once.
    func keep(_ point: FrontPoint) {
        session.writer.keep(point)
        isUsed = true
    }

    /// Keeps what is known of the options, once a second at most.
    func keep(_ search: PlanSearch, isEnd: Bool = false) {
        let isNew = search.trials.count != keptTrials
        guard isEnd || isNew || search.done > keptOptions && Date().timeIntervalSince(lastKept) > 1 else { return }
        (keptOptions, keptTrials, lastKept) = (search.done, search.trials.count, Date())
        isUsed = true
        let state = State(
            key: key, options: Array(search.table.joined()), best: search.best.map { CompressionPlan(resolved: $0.plan) })
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
