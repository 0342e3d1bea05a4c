import GRDB
import Reports

/// Figures of options are items of their own, `figure/CONTEXT/LAYER/FAMILY/VALUE`, beside `context/CONTEXT` with what they depend on: versions that do not
/// know them pass them over.
extension SessionFile {
    /// Contexts whose figures are kept, those used last.
    private static let keptContexts = 64

    /// Stores figures, each in the place of one on fewer examples, as those of the newest context.
    func put(_ figures: [OptionFigure], of context: SensitivityContext, _ db: Database) throws {
        let name = context.name
        try db.execute(sql: "DELETE FROM item WHERE name = ?", arguments: ["context/\(name)"])
        try set("context/\(name)", context, db)
        for figure in figures {
            let key = figure.option.key
            try set("figure/\(name)/\(key.weight)/\(key.family)/\(key.value)", figure, db)
        }
        let contexts = try String.fetchAll(db, sql: "SELECT name FROM item WHERE name GLOB 'context/*' ORDER BY rowid")
        for old in contexts.dropLast(Self.keptContexts) {
            try db.execute(sql: "DELETE FROM item WHERE name = ?", arguments: [old])
            try db.execute(sql: "DELETE FROM item WHERE name GLOB ?", arguments: ["figure/\(old.dropFirst(8))/*"])
        }
    }

    /// What is kept of all contexts.
    func figures(_ db: Database) throws -> KeptFigures {
        let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM item WHERE name GLOB 'figure/*' ORDER BY rowid")
        return rows.reduce(into: KeptFigures()) { kept, row in
            if let name = row.value(String.self, "name"), let text = row.value(String.self, "value") { kept.add(text, named: name) }
        }
    }
}

/// The figures of options that a session keeps, read once and decoded as they are asked for.
public struct KeptFigures: Sendable {
    private var texts: [String: [String]] = [:]

    public init() {}

    fileprivate mutating func add(_ text: String, named name: String) {
        let parts = name.split(separator: "/", maxSplits: 2)
        if parts.count == 3 { texts[String(parts[1]), default: []].append(text) }
    }

    /// Those of a context; one that is damaged is left out, for it can be measured again. Cost: O(its figures).
    public func figures(of context: SensitivityContext) -> [OptionFigure] {
        (texts[context.name] ?? []).compactMap { try? SessionFile.decode(OptionFigure.self, from: $0, path: "", what: "a figure") }
    }
}
