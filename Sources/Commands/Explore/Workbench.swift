import Compression
import Files
import Foundation
import Networks
import Screens
import Sessions

/// A network and its session, opened together.
struct Workbench {
    var model: OpenedModel
    var session: OpenSession
    /// What the user should read first.
    var messages: [Message]
    /// The trained state that the plan starts from.
    var base: TrainedState?
    /// A training that a kill cut off and that left a checkpoint.
    var interrupted: InterruptedTraining?

    /// What was asked for on the command line or in the sessions browser.
    struct Wish {
        var model: String?
        var data = DataChoice()
        var folds = false
        var session: String?
        var snapshot: String?
        var plan: String?
        /// Whether `session` must not exist yet.
        var isNew = false
    }

    /// Opens the session that was named, the last one of the network, or a new one.
    static func open(
        _ wish: Wish, locations: Locations, wake: @escaping @Sendable () -> Void
    ) throws(CommandFailure) -> Workbench {
        let folder = locations.sessionFolder
        var messages: [Message] = []
        let known = try existing(wish.session, folder: folder)
        var path = wish.model
        if path == nil, let known { path = try known.identity.findNetwork(session: wish.session ?? "", locations: locations) }
        let model = try OpenedModel(
            path, data: wish.data, folds: wish.folds || known?.identity.isFolded == true, locations: locations)
        try model.checkData()
        messages += model.warnings.map { Message($0, kind: .warning) }
        if let known { try known.identity.check(model, session: wish.session ?? "") }
        do {
            let session = try openSession(wish, isKnown: known != nil, model: model, locations: locations, wake: wake)
            if case .copyOnChange(let reason) = session.mode {
                messages.append(Message("\(session.name): \(reason); the first change makes a copy", kind: .warning))
            }
            ReadFiles.note(path: session.path)
            var bench = Workbench(model: model, session: session, messages: messages)
            try bench.adopt(wish)
            bench.takeState()
            return bench
        } catch {
            throw error as? CommandFailure ?? (error as? SessionError).map(CommandFailure.init) ?? CommandFailure("\(error)", .software)
        }
    }

    /// Reads the trained state that the history has led to; one that is damaged is said, and the network as opened takes its place.
    private mutating func takeState() {
        interrupted = Self.interrupted(session)
        if let interruption = session.contents.interruption {
            messages.append(Message(interruption.sentence + (interrupted == nil ? "" : "; R goes on with it"), kind: .warning))
        }
        do throws(SessionError) {
            base = try session.state(of: model.network)
        } catch {
            messages.append(Message(error.message, kind: .error))
        }
    }

    /// The newest training, where it was cut off and its checkpoint is there.
    private static func interrupted(_ session: OpenSession) -> InterruptedTraining? {
        guard session.mode == .writable, let record = session.contents.trainings.last, record.status == .interrupted,
            let kept = try? CheckpointFile.read(session.checkpointPath), kept.training == record.id
        else { return nil }
        let header = kept.checkpoint.header
        return InterruptedTraining(
            id: record.id, recipe: header.recipe, plan: header.plan, progress: header.progress, base: record.base,
            schedule: record.schedule)
    }

    /// What a named session holds; nil where none is named, or there is none of that name yet.
    private static func existing(_ name: String?, folder: SessionFolder) throws(CommandFailure) -> SessionContents? {
        guard let name else { return nil }
        do throws(SessionError) {
            return try SessionFolder.read(path: try folder.find(name))
        } catch {
            if case .notFound = error { return nil }
            throw CommandFailure(error)
        }
    }

    private static func openSession(
        _ wish: Wish, isKnown: Bool, model: OpenedModel, locations: Locations, wake: @escaping @Sendable () -> Void
    ) throws(SessionError) -> OpenSession {
        let folder = locations.sessionFolder
        if wish.isNew, isKnown, let name = wish.session { throw .exists(path: try folder.find(name)) }
        if let name = wish.session, isKnown { return try OpenSession.open(name, in: folder, wake: wake) }
        if wish.session == nil, let hash = model.identity.sha256, let newest = folder.newest(networkSHA256: hash) {
            return try OpenSession.open(newest.name, in: folder, wake: wake)
        }
        let identity = SessionIdentity(
            network: model.identity, networkPath: model.path(outside: locations.models), data: nil)
        let resolved = (try? CompressionPlan().resolved(for: model.network.layers)).map(CompressionPlan.init(resolved:))
        return try OpenSession.create(
            wish.session ?? folder.freeName(model.network.name), in: folder, identity: identity,
            plan: resolved ?? CompressionPlan(), wake: wake)
    }

    /// Puts the plan of a file or a snapshot into force, as a change that can be undone.
    private mutating func adopt(_ wish: Wish) throws(CommandFailure) {
        if let path = wish.plan {
            try replacePlan(with: try .read(path), label: "plan from \(path)")
        }
        if let name = wish.snapshot {
            guard let snapshot = session.contents.snapshots.first(where: { $0.name == name }) else {
                throw CommandFailure(
                    .noSnapshot(name: name, session: session.name, others: session.contents.snapshots.map(\.name)))
            }
            try replacePlan(with: snapshot.plan, label: Snapshot.words(name))
        }
    }

    private mutating func replacePlan(with plan: CompressionPlan, label: String) throws(CommandFailure) {
        let layers = model.network.layers
        do throws(PlanError) {
            let before = try session.contents.plan.resolved(for: layers)
            let after = try plan.resolved(for: layers)
            let changed = layers.map(\.weight).filter { before[$0] != after[$0] }
            guard !changed.isEmpty || before.temperature != after.temperature else { return }
            let change = PlanChange(
                label: label, key: label, time: Int64(Date().timeIntervalSince1970 * 1000),
                before: Dictionary(uniqueKeysWithValues: changed.map { ($0, before[$0]) }),
                after: Dictionary(uniqueKeysWithValues: changed.map { ($0, after[$0]) }),
                temperatureBefore: before.temperature, temperatureAfter: after.temperature)
            let position = session.contents.history.applied
            session.contents.history.changes.removeSubrange(position...)
            session.contents.history.changes.append(change)
            session.contents.history.applied = position + 1
            session.contents.plan = CompressionPlan(resolved: after)
            session.writer.record(.put(change, position: position), plan: session.contents.plan, sequence: 0)
        } catch {
            throw CommandFailure("\(error)", .badData)
        }
    }

    /// The plan in force by weight parameter name.
    func layerPlans() throws(CommandFailure) -> [String: LayerPlan] {
        do {
            let resolved = try session.contents.plan.resolved(for: model.network.layers)
            return Dictionary(uniqueKeysWithValues: model.network.layers.map { ($0.weight, resolved[$0.weight]) })
        } catch {
            throw CommandFailure("The plan of session “\(session.name)” does not fit \(model.network.name): \(error)", .badData)
        }
    }
}
