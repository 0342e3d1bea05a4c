/// Why a session can't be opened or written: facts; ``message`` makes the words.
public enum SessionError: Error, Hashable, Sendable {
    case notFound(name: String, folder: String, others: [String])
    /// A name with other characters than ``SessionName`` allows, or none at all.
    case badName(String)
    case exists(path: String)
    /// A link, a FIFO, a device or a folder where a session's file should be.
    case notRegular(path: String, what: String)
    /// What a kill or a full disk left of a session that was being made.
    case unfinished(path: String)
    /// Written by a newer Pare.
    case newerFormat(path: String, found: Int, known: Int)
    /// Not a session, or damaged.
    case unreadable(path: String, reason: String)
    /// The disk or the folder refused.
    case notWritable(path: String, reason: String)
    case noSnapshot(name: String, session: String, others: [String])
    case snapshotExists(name: String)
    /// No state of this id is kept.
    case noState(id: String, path: String)
    /// The graph of a state has no form in which it could be kept.
    case noGraph(state: String, reason: String)
    /// One tensor or layer of a state is not what was saved, or does not fit the network; the rest of the session is whole.
    case damagedState(id: String, part: String, path: String, reason: String)
}

extension SessionError: CustomStringConvertible {
    public var description: String { message }

    /// One or two sentences: what, where, and the cure.
    public var message: String {
        switch self {
        case .notFound(let name, let folder, let others):
            "There is no session \(quoted(name)) in \(folder)." + near(others, "Sessions there")
        case .badName(let name):
            "\(quoted(name)) can't be the name of a session: use letters, digits, '-', '_', '.' and blanks, at most 100, a letter or digit first."
        case .exists(let path): "\(path) exists already. Choose another name, or delete it first."
        case .notRegular(let path, let what):
            "\(path) is \(what), not a regular file. It was left alone: a session is a file of its own, so name that, or remove this one."
        case .unfinished(let path):
            "\(path) has nothing in it: a kill or a full disk came while it was made. Start it again with --session NAME, or remove it."
        case .newerFormat(let path, let found, let known):
            "\(path) has session format \(found), this Pare knows up to \(known). It was left as it is: open it with a newer Pare."
        case .unreadable(let path, let reason):
            "\(path) can't be read as a session (\(reason)). It was left as it is: restore a copy, or start a new session with --session NAME."
        case .notWritable(let path, let reason):
            "\(path) can't be written (\(reason)). Nothing typed is lost while Pare runs: free space or permissions, or export the plan."
        case .noSnapshot(let name, let session, let others):
            "Session \(quoted(session)) has no snapshot \(quoted(name))." + near(others, "It has")
        case .snapshotExists(let name): "There is a snapshot \(quoted(name)) already: choose another name."
        case .noState(let id, let path):
            "\(path) has no trained state \(quoted(id)). The original network is used: undo, or retrain."
        case .noGraph(let id, let reason):
            "Trained state \(quoted(id)) can't be kept: its graph has no form in a file (\(reason)). Export it while Pare runs."
        case .damagedState(let id, let part, let path, let reason):
            "\(quoted(part)) of trained state \(quoted(id)) in \(path) can't be used (\(reason)). The original network is used: undo, or retrain."
        }
    }

    /// What is the matter, without the cure.
    public var statement: String {
        if case .notWritable(let path, let reason) = self { return "\(path) can't be written (\(reason))" }
        return message
    }

    /// The same about the file that the user knows, where it befell one that stands in for it.
    func about(_ path: String) -> SessionError {
        if case .notWritable(_, let reason) = self { return .notWritable(path: path, reason: reason) }
        return self
    }

    private func near(_ names: [String], _ words: String) -> String {
        names.isEmpty ? "" : " \(words): \(names.prefix(8).map(quoted).joined(separator: ", "))."
    }

    private func quoted(_ name: String) -> String {
        let shown = name.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return "“\(shown.joined().prefix(120))”"
    }
}
