import Compression
import Foundation
import GRDB
import Networks
import Reports

/// The open file of a session with its lock; owned by the writer's thread once that runs.
struct SessionStore: Sendable {
    private(set) var path: String
    private var file: SessionFile
    private var lock: SessionLock?
    /// Where a copy goes on the first change, for a session that may not be written; nil for one that is.
    private var copyFolder: SessionFolder?
    /// What was found by looking at a session that may not be written, for the copy that a change leads to.
    private var postponed: [SessionWriter.Command] = []

    /// A session that may be written, under its lock.
    init(path: String, file: SessionFile, lock: SessionLock) {
        self.path = path
        self.file = file
        self.lock = lock
    }

    /// A session that is read only, and copied to `folder` on the first change.
    init(path: String, file: SessionFile, copyingTo folder: SessionFolder) {
        self.path = path
        self.file = file
        copyFolder = folder
    }

    /// Copies a session that may not be written; nil where it may be.
    mutating func makeWritable() throws(SessionError) -> (name: String, path: String)? {
        guard let folder = copyFolder else { return nil }
        try folder.make()
        let name = folder.freeOwnName(SessionName.made(from: SessionFolder.name(ofPath: path)))
        let target = try folder.path(of: name)
        guard let lock = SessionLock(sessionPath: target) else {
            throw .notWritable(path: target, reason: "its lock can't be taken")
        }
        do throws(SessionError) {
            try file.copied(beside: target).publish(as: target)
            file = try SessionFile(path: target, access: .write)
            try file.perform { try file.interruptTrainings($0) }
        } catch {
            lock.remove()
            throw error
        }
        (self.lock, path, copyFolder) = (lock, target, nil)
        return (name, target)
    }

    /// Whether these lead to a copy of a session that may not be written: what is only found by looking at it does not.
    func isChanged(by batch: [SessionWriter.Command]) -> Bool { copyFolder == nil || batch.contains(where: \.isWork) }

    /// Keeps a batch for the copy.
    mutating func postpone(_ batch: [SessionWriter.Command]) { postponed += batch }

    /// Writes a batch in one transaction, what was postponed first, and says what to tell the main thread.
    mutating func write(_ new: [SessionWriter.Command]) throws(SessionError) -> [SessionWriterEvent] {
        let batch = postponed + new
        let events = try file.perform { db in
            var done = Outcome()
            for command in batch { try write(command, db, &done) }
            if let plan = done.plan { try file.set("plan", plan, db) }
            if batch.contains(where: \.isWork) { try file.set("changed", Int64(Date().timeIntervalSince1970 * 1000), db) }
            return (done.sequence.map { [.written(sequence: $0)] } ?? []) + done.events
        }
        postponed = []
        // What was written stays written where this fails.
        if batch.contains(where: \.isEnding) { try? file.giveBackFreePages() }
        return events
    }

    /// What a batch led to: the last plan and its number, and what else there is to say.
    private struct Outcome {
        var plan: CompressionPlan?
        var sequence: UInt64?
        var events: [SessionWriterEvent] = []
    }

    private func write(_ command: SessionWriter.Command, _ db: Database, _ done: inout Outcome) throws {
        switch command {
        case .change(let change, let plan, let sequence):
            try write(change, db)
            (done.plan, done.sequence) = (plan, sequence)
        case .snapshot(let snapshot):
            do { done.events.append(.snapshotSaved(try file.insert(snapshot, db))) } catch let error as SessionError {
                done.events.append(.snapshotRefused(error))
            }
        case .distributions(let bytes): try file.set("distributions", Data(bytes), db)
        case .testMeasured:
            let count = try file.get("testMeasurements", as: Int.self, db) ?? 0
            try file.set("testMeasurements", count + 1, db)
        case .data(let data): try file.set("data", data, db)
        case .budget(let budget): try file.set("budget", budget, db)
        case .point(let point): try file.put(point, db)
        case .begin(let training): try file.begin(training, db)
        case .resume(let training): try file.resume(training, db)
        case .task(let id, let standing): try file.put(id, standing, db)
        case .figures(let figures, let context): try file.put(figures, of: context, db)
        case .state(let record, let network):
            try file.insert(record, of: network, db)
            done.events.append(.stateSaved(id: record.state.id))
        case .knob(let turn): try file.append(turn, db)
        case .end(let ending): try file.end(ending, db)
        }
    }

    /// Reads a state for the main thread.
    func load(_ id: String, of network: Network) -> SessionWriterEvent {
        do throws(SessionError) { return .stateLoaded(try file.state(id, of: network)) } catch { return .stateNotLoaded(id: id, error) }
    }

    private func write(_ change: HistoryChange, _ db: Database) throws {
        switch change {
        case .put(let change, let position): try file.put(change, position: position, db)
        case .truncate(let count): try file.truncate(count: count, db)
        case .applied(let count): try file.set("applied", count, db)
        }
    }

    /// Folds the log into the file, which is complete without that too, removes it and releases the lock.
    func finish() {
        if copyFolder == nil { _ = try? file.database.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
        try? file.database.close()
        lock?.remove()
    }

    /// Removes the session that was made here, with all that lies beside it; one that may not be written stays.
    func discard() {
        try? file.database.close()
        if let lock { try? SessionFolder.remove(path, under: lock) }
    }
}

extension SessionFolder {
    /// Makes the user's own folder where it is missing, with those above it.
    func make() throws(SessionError) { try Self.make(own) }

    private static func make(_ folder: String) throws(SessionError) {
        if mkdir(folder, 0o777) == 0 { return }
        let (reason, parent) = (errno, (folder as NSString).deletingLastPathComponent)
        if reason == ENOENT, !parent.isEmpty, parent != folder {
            try make(parent)
            if mkdir(folder, 0o777) == 0 { return }
        }
        var facts = stat()
        let isFolder = stat(folder, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
        guard isFolder else { throw .notWritable(path: folder, reason: String(cString: strerror(reason))) }
    }

    /// The first of `name`, `name-2`… that no file of the user's own folder has.
    func freeOwnName(_ name: String) -> String {
        func isTaken(_ name: String) -> Bool {
            FileKind((own as NSString).appendingPathComponent(name + ".sqlite")) != nil
        }
        if !isTaken(name) { return name }
        var number = 2
        while isTaken("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}
