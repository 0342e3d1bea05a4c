import Compression
import Foundation
import Networks
import Reports

/// A session that was opened: what it holds, and the writer that keeps it up to date.
public struct OpenSession: Sendable {
    /// Why changes do not go to the file that was named.
    public enum Mode: Hashable, Sendable {
        case writable
        /// Another Pare has it open, or it is shipped or may not be written: the first change makes a copy.
        case copyOnChange(reason: String)
    }

    public var name: String
    public var path: String
    public var mode: Mode
    public var contents: SessionContents
    public let writer: SessionWriter
    /// Whether it was made at this opening.
    public private(set) var isNew = false

    static let checkpointSuffix = ".checkpoint"

    /// Where a training that runs in the session keeps what it needs to go on after a kill: beside the session's own file.
    public var checkpointPath: String { path + Self.checkpointSuffix }

    /// Opens an existing session by name or path; one that another Pare holds, or that may not be written, is copied on the first change.
    public static func open(
        _ name: String, in folder: SessionFolder, wake: @escaping @Sendable () -> Void = {}
    ) throws(SessionError) -> OpenSession {
        let path = try folder.find(name)
        let isOwn = folder.isOwn(path)
        if !isOwn || FileKind.isReadOnly(path) {
            return try readOnly(path, folder: folder, reason: isOwn ? "it may not be written" : "it is shipped with Pare", wake: wake)
        }
        guard let lock = SessionLock(sessionPath: path) else {
            return try readOnly(path, folder: folder, reason: "another Pare has it open", wake: wake)
        }
        do throws(SessionError) {
            return try writable(path, lock: lock, folder: folder, wake: wake)
        } catch {
            lock.remove()
            throw error
        }
    }

    private static func writable(
        _ path: String, lock: SessionLock, folder: SessionFolder, wake: @escaping @Sendable () -> Void
    ) throws(SessionError) -> OpenSession {
        // Read first: a file of a newer format or a damaged one is left as it is.
        _ = try SessionFolder.read(path: path)
        TemporaryFile.sweep(folder.own)
        SessionLock.sweep(folder.own)
        let file = try SessionFile(path: path, access: .write)
        let interruption = try file.recover()
        var contents = try file.contents()
        contents.interruption = interruption
        // Only an interrupted training goes on from it.
        if contents.trainings.last?.status != .interrupted { unlink(path + checkpointSuffix) }
        return OpenSession(
            name: SessionFolder.name(ofPath: path), path: path, mode: .writable, contents: contents,
            writer: SessionWriter(store: SessionStore(path: path, file: file, lock: lock), wake: wake))
    }

    private static func readOnly(
        _ path: String, folder: SessionFolder, reason: String, wake: @escaping @Sendable () -> Void
    ) throws(SessionError) -> OpenSession {
        let file = try SessionFile(path: path, access: .read, lasts: true)
        return OpenSession(
            name: SessionFolder.name(ofPath: path), path: path, mode: .copyOnChange(reason: reason), contents: try file.contents(),
            writer: SessionWriter(store: SessionStore(path: path, file: file, copyingTo: folder), wake: wake))
    }

    /// Makes a new session in the user's own folder, whole or not at all; a name that is taken is an error, unless a kill left nothing but
    /// the name.
    public static func create(
        _ name: String, in folder: SessionFolder, identity: SessionIdentity, plan: CompressionPlan, data: SessionData? = nil,
        wake: @escaping @Sendable () -> Void = {}
    ) throws(SessionError) -> OpenSession {
        let path = try folder.path(of: name)
        try folder.make()
        guard let lock = SessionLock(sessionPath: path) else {
            if FileKind(path) != nil { throw .exists(path: path) }
            throw .notWritable(path: path, reason: "its lock can't be taken")
        }
        do throws(SessionError) {
            let file = try SessionFile.make(path: path, identity: identity, plan: plan, data: data)
            SessionLock.sweep(folder.own)
            var session = OpenSession(
                name: name, path: path, mode: .writable, contents: try file.contents(),
                writer: SessionWriter(store: SessionStore(path: path, file: file, lock: lock), wake: wake))
            session.isNew = true
            return session
        } catch {
            lock.remove()
            throw error
        }
    }

    /// Removes a session that was made at this opening, with all that lies beside it; one that was there before is closed.
    public func discard() { if isNew { writer.discard() } else { writer.close() } }

    /// The trained state that was in force when the session was opened; nil for the original network.
    ///
    /// Where it can't be read the error names state and tensor, and the session goes on with the original network. Later ones are
    /// asked for with ``SessionWriter/load(_:of:)``. Cost: reading and hashing every tensor.
    public func state(of network: Network) throws(SessionError) -> TrainedState? {
        guard let id = contents.state else { return nil }
        return try SessionFolder.state(id, path: path, of: network)
    }
}
