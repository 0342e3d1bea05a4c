import Compression
import Foundation
import Networks
import Reports
import Sessions

/// Keeps each stage of a schedule in a session: its state, an entry of the history and a snapshot, so that it can be looked at later.
final class StageKeeper {
    private var session: OpenSession
    private let network: Network
    private let model: OpenedModel
    private var history = PlanHistory()
    private var plan: ResolvedPlan
    private var state: String?

    /// Makes the session; a name that is taken is an error.
    init(_ name: String, model: OpenedModel, locations: Locations) throws(CommandFailure) {
        (network, self.model) = (model.network, model)
        do {
            plan = try CompressionPlan().resolved(for: model.network.layers)
            session = try model.makeSession(name, plan: CompressionPlan(resolved: plan), locations: locations)
        } catch let error as SessionError {
            throw CommandFailure(error)
        } catch {
            throw CommandFailure("\(error)", .software)
        }
    }

    /// Adds what a stage came to.
    func keep(_ result: StageTrainer.Result, policies: [SchedulePolicy]) throws(CommandFailure) {
        let (now, kept) = (Int64(Date().timeIntervalSince1970 * 1000), result.state)
        let after: ResolvedPlan
        do { after = try kept.plan.resolved(for: network.graph(of: kept).layers) } catch { throw CommandFailure("\(error)", .badData) }
        let name = result.stage ?? "train"
        if let data = result.figures.report.data { session.keep(data, of: model) }
        let change = PlanChange(
            label: name, key: "schedule", time: now, from: plan, to: after, state: .init(before: state, after: kept.id))
        session.writer.save(
            StateRecord(
                state: kept, parent: state, policies: policies, history: result.outcome.progress.history, created: now, note: name),
            of: network)
        session.writer.record(
            .put(change, position: history.append(change)), plan: CompressionPlan(resolved: after),
            sequence: UInt64(history.changes.count))
        session.writer.save(
            Snapshot(id: 0, name: name, note: "", created: now, plan: kept.plan, report: result.figures.report, state: kept.id))
        (plan, state) = (after, kept.id)
        guard session.writer.drain() else {
            throw CommandFailure("Session \(session.name) can't be written: \(failure)", .cannotWrite)
        }
    }

    private var failure: String {
        for case .notWritten(let error) in session.writer.takeEvents() { return error.message }
        return "the disk did not answer"
    }

    func countTestMeasurement() { session.writer.countTestMeasurement() }

    /// A session without a stage is removed: the schedule was refused, or ended before its first stage did.
    func close() { if history.changes.isEmpty { session.discard() } else { session.writer.close() } }
}
