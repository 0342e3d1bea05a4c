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
    /// What the session keeps of background tasks.
    var tasks: TaskKeeper
    /// What the user should read first.
    var messages: [Message]
    /// The trained state that the plan starts from.
    var base: TrainedState?
    /// The graph that the plan is of.
    var graph: Network { model.network.graph(of: base) }
    /// A training that a kill cut off and that left a checkpoint.
    var interrupted: InterruptedTraining?

    /// What was asked for on the command line or in the sessions browser.
    struct Wish {
        var model: String?
        var data = DataChoice()
        var edits = OpeningEdits()
        var session: String?
        var snapshot: String?
        var plan: String?
        /// Whether `session` must not exist yet.
        var isNew = false
        /// Whether the examples that the session keeps go before `data`.
        var prefersKeptData = false
        /// Which examples compensated layers are fitted with.
        var calibration = CalibrationChoice()
    }

    /// Opens the session that was named, the one of the network that was changed last, or a new one.
    static func open(
        _ wish: Wish, locations: Locations, wake: @escaping @Sendable () -> Void
    ) throws(CommandFailure) -> Workbench {
        let (model, known) = try network(wish, locations: locations)
        let session: OpenSession
        do throws(SessionError) {
            session = try openSession(wish, known: known, model: model, locations: locations, wake: wake)
        } catch {
            throw CommandFailure(error)
        }
        ReadFiles.note(path: session.path)
        do throws(CommandFailure) {
            return try Workbench(model: model, session: session, wish: wish)
        } catch {
            session.discard()
            throw error
        }
    }

    /// The network with its examples, and the session that its plan and examples come from.
    private static func network(_ wish: Wish, locations: Locations) throws(CommandFailure) -> (OpenedModel, KeptPlan?) {
        let folder = locations.sessionFolder
        var known = try wish.session.map { name throws(CommandFailure) in try KeptPlan(existing: name, folder: folder) } ?? nil
        let path = try known.flatMap { kept throws(CommandFailure) in
            wish.model == nil ? try kept.networkPath(locations: locations) : nil
        }
        func open() throws(CommandFailure) -> OpenedModel {
            try OpenedModel(
                wish.model ?? path, data: wish.data(keptBy: known), edits: wish.edits.completed(by: known?.edits),
                choosesOutput: known == nil, locations: locations)
        }
        var opened = try open()
        if wish.session == nil, let newest = try newest(of: opened.network, wish.edits, in: folder) {
            known = newest
            // The output that a session measures stays, and the examples that it keeps say what sizes they have.
            if opened.hasOpenSizes || newest.edits != opened.network.source?.edits { opened = try open() }
        }
        var model = opened.using(wish.data(keptBy: known))
        try model.calibrate(wish.calibration)
        let plans = [known?.contents.plan, try wish.plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) }]
        try model.calibrate(if: plans.contains { $0?.readsInputs ?? false })
        try model.checkData()
        if let known { try known.check(model) }
        return (model, known)
    }

    /// The session of a network that was changed last, whichever output it measures, and whatever sizes it has where none were asked for.
    private static func newest(
        of network: Network, _ asked: OpeningEdits, in folder: SessionFolder
    ) throws(CommandFailure) -> KeptPlan? {
        guard let hash = network.source?.sha256, !hash.isEmpty else { return nil }
        let own = OpeningEdits(hash: hash)
        let newest = folder.newest { found in
            let edits = OpeningEdits(hash: found)
            return edits.fileHash(in: found) == own.fileHash(in: hash) && edits.foldsBatchNormalization == own.foldsBatchNormalization
                && edits.output == own.output && (asked.example == nil || edits.example == own.example)
        }
        return try newest.map { newest throws(CommandFailure) in try KeptPlan(existing: newest.path, folder: folder) } ?? nil
    }

    private init(model: OpenedModel, session: OpenSession, wish: Wish) throws(CommandFailure) {
        (self.model, self.session, tasks) = (model, session, TaskKeeper(session))
        messages = model.warnings.map { Message($0, kind: .warning) }
        if case .copyOnChange(let reason) = session.mode {
            messages.append(Message("\(session.name): \(reason); the first change makes a copy", kind: .warning))
        }
        try adopt(wish)
        takeState()
    }

    /// Reads the trained state that the history has led to; one that is damaged is said, and the network as opened takes its place.
    private mutating func takeState() {
        interrupted = Self.interrupted(session)
        if let interruption = session.contents.interruption {
            messages.append(Message(interruption.sentence + (interrupted == nil ? "" : "; R goes on with it"), kind: .warning))
        }
        messages += session.openTasks.map { Message("\($0.sentence); R goes on with it", kind: .warning) }
        do throws(SessionError) {
            base = try session.state(of: model.network)
        } catch {
            messages.append(Message(error.message, kind: .error))
        }
    }

    /// The newest training, where it was cut off and its checkpoint is there.
    private static func interrupted(_ session: OpenSession) -> InterruptedTraining? {
        guard session.mode == .writable, let record = session.contents.trainings.last, record.status == .interrupted,
            let kept = try? CheckpointFile.read(session.checkpointPath)
        else { return nil }
        guard kept.training == record.id else {
            // Of a training before that one: nothing goes on from it.
            CheckpointFile.remove(session.checkpointPath)
            return nil
        }
        let header = kept.checkpoint.header
        return InterruptedTraining(
            id: record.id, recipe: header.recipe, plan: header.plan, progress: header.progress, base: record.base,
            schedule: record.schedule)
    }

    private static func openSession(
        _ wish: Wish, known: KeptPlan?, model: OpenedModel, locations: Locations, wake: @escaping @Sendable () -> Void
    ) throws(SessionError) -> OpenSession {
        let folder = locations.sessionFolder
        if let known {
            if wish.isNew { throw .exists(path: known.path) }
            return try OpenSession.open(known.path, in: folder, wake: wake)
        }
        return try model.makeSession(wish.session ?? folder.freeName(model.network.name), locations: locations, wake: wake)
    }

    /// Puts the plan of a file or a snapshot into force, as a change that can be undone.
    private mutating func adopt(_ wish: Wish) throws(CommandFailure) {
        if let path = wish.plan {
            let plan = try CompressionPlan.read(path)
            try replacePlan(with: plan, label: "plan from \(path)", state: session.contents.state)
            messages += Message.idle(plan.warnings(of: path, for: layers(of: session.contents.state)), in: path)
        }
        if let name = wish.snapshot {
            guard let snapshot = session.contents.snapshots.first(where: { $0.name == name }) else {
                throw CommandFailure(
                    .noSnapshot(name: name, session: session.name, others: session.contents.snapshots.map(\.name)))
            }
            try replacePlan(with: snapshot.plan, label: Snapshot.words(name), state: snapshot.state)
        }
    }

    /// Puts a plan with the trained state that it applies to into force, as an entry of the history; nothing where both are the same already.
    private mutating func replacePlan(with plan: CompressionPlan, label: String, state: String?) throws(CommandFailure) {
        do throws(PlanError) {
            let before = try session.contents.plan.resolved(for: layers(of: session.contents.state))
            let after = try plan.resolved(for: layers(of: state))
            let change = PlanChange(
                label: label, key: label, time: Int64(Date().timeIntervalSince1970 * 1000), from: before, to: after,
                state: .init(before: session.contents.state, after: state))
            guard !change.changesNothing else { return }
            let position = session.contents.history.append(change)
            session.contents.plan = CompressionPlan(resolved: after)
            session.writer.record(.put(change, position: position), plan: session.contents.plan, sequence: 0)
        } catch {
            throw CommandFailure("\(error)", .badData)
        }
    }

    /// The layers of the graph that a kept state has, of the opened one where it can't be read.
    private func layers(of state: String?) -> [Layer] {
        let kept = state.flatMap { try? SessionFolder.state($0, path: session.path, of: model.network) }
        return model.network.graph(of: kept).layers
    }

    /// The plan in force; without layers where every one is unchanged.
    func resolvedPlan() throws(CommandFailure) -> ResolvedPlan {
        let plan = session.contents.plan
        if plan.layers.isEmpty {
            return ResolvedPlan(temperature: plan.temperature, lossWeights: plan.lossWeights, layers: [:], sums: plan.sums)
        }
        do { return try plan.resolved(for: graph.layers) } catch {
            throw CommandFailure("The plan of session “\(session.name)” does not fit \(model.network.name): \(error)", .badData)
        }
    }
}

extension OpenedModel {
    /// Makes a session for this network on these examples.
    func makeSession(
        _ name: String, plan: CompressionPlan = CompressionPlan(), locations: Locations, wake: @escaping @Sendable () -> Void = {}
    ) throws(SessionError) -> OpenSession {
        let identity = SessionIdentity(network: self.identity, networkPath: path(outside: locations.models), data: nil)
        return try OpenSession.create(
            name, in: locations.sessionFolder, identity: identity, plan: plan, data: choice.sessionData, wake: wake)
    }
}

extension OpenedModel {
    /// Opens the session of this name, or makes it.
    func openSession(_ name: String, locations: Locations) throws(SessionError) -> OpenSession {
        do throws(SessionError) { return try OpenSession.open(name, in: locations.sessionFolder) } catch {
            switch error {
            case .notFound, .unfinished: return try makeSession(name, locations: locations)
            default: throw error
            }
        }
    }
}

extension Workbench.Wish {
    /// The examples, with those of the session in the place of what was not said.
    fileprivate func data(keptBy known: KeptPlan?) -> DataChoice {
        guard let known else { return data }
        let isKept = prefersKeptData && known.contents.data != nil
        return (isKept ? DataChoice() : data).completed(by: known.contents.data, session: known.session)
    }
}
