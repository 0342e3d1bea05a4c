import Compression
import Files
import Foundation
import Networks
import Reports
import Sessions

/// A plan that lies in a session: its newest one, or a snapshot's; named `NAME` or `NAME@SNAPSHOT`.
struct KeptPlan {
    var session: String
    var path: String
    var contents: SessionContents
    var snapshot: Snapshot?

    init(_ name: String, locations: Locations) throws(CommandFailure) {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        session = parts[0]
        do throws(SessionError) {
            path = try locations.sessionFolder.find(session)
            ReadFiles.note(path: path)
            contents = try SessionFolder.read(path: path)
            guard parts.count == 2 else { return }
            let wanted = contents.snapshots.first { $0.name == parts[1] }
            guard let wanted else {
                throw .noSnapshot(name: parts[1], session: session, others: contents.snapshots.map(\.name))
            }
            snapshot = wanted
        } catch {
            throw CommandFailure(error)
        }
    }

    /// A session that is there already; nil where there is none of that name yet, or only what a kill left of it.
    init?(existing name: String, folder: SessionFolder) throws(CommandFailure) {
        do throws(SessionError) {
            path = try folder.find(name)
            session = SessionFolder.name(ofPath: path)
            contents = try SessionFolder.read(path: path)
        } catch {
            switch error {
            case .notFound, .unfinished: return nil
            default: throw CommandFailure(error)
            }
        }
    }

    var plan: CompressionPlan { snapshot?.plan ?? contents.plan }

    /// That a training was cut off, or runs elsewhere, which only `pare explore` goes on from; nil where none did.
    var openTraining: String? {
        guard snapshot == nil, let training = contents.trainings.last, training.status == .running else { return nil }
        return "\(training.sentence), or cut off there: these are the numbers from before it; "
            + "`pare explore --session \(session)` opens after its last epoch"
    }

    /// The trained state that the plan applies to; nil for the network as opened.
    func state(of network: Network) throws(CommandFailure) -> TrainedState? {
        guard let id = snapshot.map(\.state) ?? contents.state else { return nil }
        do throws(SessionError) {
            return try SessionFolder.state(id, path: path, of: network)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Where the session's network lies: where it lay last, else a bundled one of its name.
    func networkPath(locations: Locations) throws(CommandFailure) -> String {
        try contents.identity.findNetwork(session: session, locations: locations)
    }

    /// What was done to the session's network as it was opened.
    var edits: OpeningEdits { OpeningEdits(hash: contents.identity.network.sha256) }

    /// Throws where this is not the network that the session is about.
    func check(_ model: OpenedModel) throws(CommandFailure) {
        try contents.identity.check(model, session: session)
    }

    /// Counts that the test split was looked at; returns why that can't be kept, nil where it is.
    func countTestMeasurement(locations: Locations) throws(CommandFailure) -> String? {
        do throws(SessionError) {
            let opened = try OpenSession.open(path, in: locations.sessionFolder)
            if case .copyOnChange(let reason) = opened.mode {
                opened.writer.close()
                return "this look at the test split is not counted in session \(session): \(reason)"
            }
            opened.writer.countTestMeasurement()
            guard opened.writer.close() else {
                for case .notWritten(let error) in opened.writer.takeEvents() { throw error }
                throw .notWritable(path: path, reason: "the disk did not answer")
            }
            return nil
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension OpenedModel {
    /// The network and the examples of a command: what no option says comes from the session it is about, whose network it must be.
    init(_ options: ModelOptions, of kept: KeptPlan?, locations: Locations) throws(CommandFailure) {
        var path = options.model
        if path == nil, let kept { path = try kept.networkPath(locations: locations) }
        try self.init(
            path, data: options.data.completed(by: kept?.contents.data, session: kept?.session ?? ""),
            edits: options.edits.completed(by: kept?.edits), choosesOutput: kept == nil, locations: locations)
        try calibrate(options.calibration.choice)
        if let kept { try kept.check(self) }
    }
}

extension SessionIdentity {
    /// The path of the session's network, which must still be there.
    func findNetwork(session: String, locations: Locations) throws(CommandFailure) -> String {
        let bundled = locations.models.appendingPathComponent(network.name + ".onnx").path
        for path in [networkPath, bundled].compactMap({ $0 }) where Self.isRegular(path) { return path }
        throw CommandFailure(
            "Session “\(session)” belongs to \(network.name), which is not at \(networkPath ?? "a known place") any more. "
                + "Name the file: pare explore FILE --session \(session). Nothing in the session was changed.", .noInput)
    }

    /// A session may name a FIFO, which nobody might ever write.
    private static func isRegular(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    /// Throws where the network is another one than the session's, by SHA-256.
    func check(_ model: OpenedModel, session: String) throws(CommandFailure) {
        guard let known = network.sha256, let found = model.identity.sha256, known != found else { return }
        let (kept, asked) = (OpeningEdits(hash: known), OpeningEdits(hash: found))
        if kept.fileHash(in: known) == asked.fileHash(in: found) {
            throw CommandFailure(
                "Session “\(session)” is about \(network.name) \(kept.words), and it was asked for \(asked.words). "
                    + "Start a session of its own with --session NAME. Nothing was changed.", .badData)
        }
        throw CommandFailure(
            "Session “\(session)” belongs to \(network.name) with SHA-256 \(known.prefix(12))…, but "
                + "\(model.network.source?.path ?? model.network.name) has \(found.prefix(12))…: the file is another one or was changed. "
                + "Restore it, or start a session of its own with --session NAME. Nothing was changed.", .badData)
    }
}

extension CommandFailure {
    /// A session's error with its exit code.
    init(_ error: SessionError) {
        switch error {
        case .notFound, .noSnapshot, .noState: self.init(error.message, .noInput)
        case .badName: self.init(error.message, .usage)
        case .newerFormat, .unreadable, .damagedState, .notRegular, .unfinished: self.init(error.message, .badData)
        case .exists, .notWritable, .snapshotExists, .noGraph: self.init(error.message, .cannotWrite)
        }
    }
}

extension Locations {
    /// The user's own sessions and the shipped ones.
    var sessionFolder: SessionFolder { SessionFolder(own: sessions.path, shipped: [shippedSessions.path]) }
}
