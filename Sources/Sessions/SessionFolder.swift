import Compression
import Foundation
import GRDB
import Networks

/// The folders that hold sessions: the user's own, which may be written, and those that are only read (shipped with Pare).
public struct SessionFolder: Sendable {
    public let own: String
    public let shipped: [String]

    public init(own: String, shipped: [String] = []) {
        self.own = (own as NSString).standardizingPath
        self.shipped = shipped.map { ($0 as NSString).standardizingPath }.filter { $0 != (own as NSString).standardizingPath }
    }

    /// Whether a session lies in the user's own folder itself; a folder within it may be that of the shipped ones.
    public func isOwn(_ path: String) -> Bool { ((path as NSString).standardizingPath as NSString).deletingLastPathComponent == own }

    /// Where a session of this name lies or would lie in the user's own folder.
    public func path(of name: String) throws(SessionError) -> String {
        try SessionName.check(name)
        return (own as NSString).appendingPathComponent(name + ".sqlite")
    }

    /// The path of an existing session: the user's own first, then shipped ones; a path to a file is taken as it is.
    public func find(_ name: String) throws(SessionError) -> String {
        if name.hasSuffix(".sqlite"), FileKind(name) != nil { return name }
        try SessionName.checkKnown(name)
        for folder in [own] + shipped {
            let path = (folder as NSString).appendingPathComponent(name + ".sqlite")
            if FileKind(path) != nil { return path }
        }
        throw .notFound(name: name, folder: own, others: names())
    }

    /// Names of all sessions, the user's own first; one that is in both is listed once.
    public func names() -> [String] {
        var seen = Set<String>()
        return files().map { SessionFolder.name(ofPath: $0) }.filter { seen.insert($0).inserted }
    }

    public static func name(ofPath path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    private func files() -> [String] { entries().filter { FileKind($0) == .regular } }

    /// All that has the name of a session, whatever it is.
    private func entries() -> [String] {
        ([own] + shipped).flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix(".sqlite") && !$0.hasPrefix(".") }.sorted()
                .map { (folder as NSString).appendingPathComponent($0) }
        }
    }

    /// All sessions, the one that was changed last first, and what could not be read. Nothing on the disk changes. Cost: about a
    /// millisecond a session.
    public func list() -> (sessions: [SessionSummary], failures: [SessionError]) {
        var sessions: [SessionSummary] = []
        var failures: [SessionError] = []
        var seen = Set<String>()
        for path in entries() where seen.insert(Self.name(ofPath: path)).inserted {
            do throws(SessionError) { sessions.append(try summary(ofPath: path)) } catch { failures.append(error) }
        }
        return (sessions.sorted { ($0.modified, $1.name) > ($1.modified, $0.name) }, failures)
    }

    /// One session's row, read without changing the file.
    public func summary(ofPath path: String) throws(SessionError) -> SessionSummary {
        let contents = try Self.read(path: path)
        return SessionSummary(
            name: Self.name(ofPath: path), path: path, networkName: contents.identity.network.name,
            networkSHA256: contents.identity.network.sha256, modified: contents.changed ?? FileStamp(path)?.milliseconds ?? 0,
            snapshots: contents.snapshots.map(SnapshotSummary.init), isReadOnly: !isOwn(path) || FileKind.isReadOnly(path)
        )
    }

    /// The newest of the user's own sessions of a network; shipped ones are never opened by themselves.
    public func newest(networkSHA256: String) -> SessionSummary? {
        newest { $0 == networkSHA256 }
    }

    /// The same of the networks whose SHA-256 is a wanted one.
    public func newest(of isWanted: (String) -> Bool) -> SessionSummary? {
        list().sessions.first { $0.networkSHA256.map(isWanted) == true && isOwn($0.path) }
    }

    /// Everything in a session, without changing the file.
    public static func read(path: String) throws(SessionError) -> SessionContents {
        try SessionFile.reading(path) { file throws(SessionError) in try file.contents() }
    }

    /// What ``SessionWriter/keep(distributions:)`` kept last; nil where that is nothing, or nothing that can be read.
    public static func distributions(path: String) -> [UInt8]? {
        let bytes = try? SessionFile.reading(path) { file throws(SessionError) in
            try file.perform { db in try file.get("distributions", as: Data.self, db) }
        }
        return bytes.map { [UInt8]($0) }
    }

    /// The figures that ``SessionWriter/keep(_:of:)`` kept; none where they can't be read.
    public static func figures(path: String) -> KeptFigures {
        let kept = try? SessionFile.reading(path) { file throws(SessionError) in
            try file.perform { db in try file.figures(db) }
        }
        return kept ?? KeptFigures()
    }

    /// A trained state of a session with all its tensors, bit for bit as it was saved, without changing the file.
    public static func state(_ id: String, path: String, of network: Network) throws(SessionError) -> TrainedState {
        try SessionFile.reading(path) { file throws(SessionError) in try file.state(id, of: network) }
    }

    /// The knobs that were turned while a training of a session ran, in order.
    public static func knobs(training: String, path: String) throws(SessionError) -> [KnobTurn] {
        try SessionFile.reading(path) { file throws(SessionError) in try file.knobs(training: training) }
    }

    /// Copies a session to another file, log included.
    public static func export(path: String, to target: String) throws(SessionError) {
        try SessionFile.reading(path) { file throws(SessionError) in try file.copied(beside: target) }.publish(as: target)
    }

    /// Deletes one of the user's own sessions with its log and lock; refused while a Pare has it open.
    public func delete(_ name: String) throws(SessionError) {
        let path = try find(name)
        guard isOwn(path) else { throw .notWritable(path: path, reason: "it is shipped with Pare") }
        guard let lock = SessionLock(sessionPath: path) else { throw .notWritable(path: path, reason: "another Pare has it open") }
        try Self.remove(path, under: lock)
    }

    /// Removes a session with all that lies beside it, its lock last.
    static func remove(_ path: String, under lock: SessionLock) throws(SessionError) {
        for suffix in ["", "-wal", "-shm", "-journal", OpenSession.checkpointSuffix] where FileKind(path + suffix) != nil {
            do { try FileManager.default.removeItem(atPath: path + suffix) } catch {
                throw .notWritable(path: path + suffix, reason: error.localizedDescription)
            }
        }
        lock.remove()
    }

    /// The first of `name`, `name-2`, `name-3`… that is free in the user's own folder; characters that no session may have become `-`.
    public func freeName(_ name: String) -> String {
        let name = SessionName.made(from: name)
        let taken = Set(entries().map(Self.name(ofPath:)))
        if !taken.contains(name) { return name }
        var number = 2
        while taken.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}

extension SnapshotSummary {
    public init(_ snapshot: Snapshot) {
        self.init(
            name: snapshot.name, note: snapshot.note, created: snapshot.created, accuracy: snapshot.report.accuracy?.current,
            compressedBytes: snapshot.report.bytes.compressed, sparsity: snapshot.report.sparsity)
        fileBytes = snapshot.report.fileBytes
        accuracyWidth = snapshot.report.accuracy.flatMap { $0.isExact ? nil : $0.interval.halfWidth }
        measure = snapshot.report.accuracy?.figure.flatMap { $0.reading.measure == .accuracy ? nil : $0.reading.measure.name }
        isCosine = snapshot.report.accuracy.flatMap { $0.fidelity != nil && $0.figure == nil ? true : nil }
        isAgreement = snapshot.report.accuracy.flatMap { $0.isAgreement ? true : nil }
    }
}
