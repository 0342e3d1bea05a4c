import GRDB

/// The tables of a session by format: how they are made, and the only ones that a file is trusted with.
enum SessionSchema {
    /// "Pare" in ASCII.
    static let applicationID: Int32 = 0x5061_7265

    private static let item = "CREATE TABLE item (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT"
    private static let change = "CREATE TABLE change (position INTEGER PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT"
    private static let snapshot = """
        CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, note TEXT NOT NULL,
            created INTEGER NOT NULL, plan TEXT NOT NULL, report TEXT NOT NULL) STRICT
        """

    /// What format 2 added to a snapshot, as SQLite writes it into the table's text.
    private static let snapshotState = ("ALTER TABLE snapshot ADD COLUMN state TEXT", ", state TEXT) STRICT")

    /// Trained states. A `blob` is found by the SHA-256 of the bytes that it stands for, whatever its encoding, so that equal tensors are
    /// kept once; a `stateTensor` that is equal to the network's own parameter has no blob at all, only the hash (`isOriginal`).
    /// The bias of a layer has the name of its weights: two layers may share the parameter and round it differently.
    private static let states = [
        "state": """
        CREATE TABLE state (
            id TEXT PRIMARY KEY NOT NULL, parent TEXT, training TEXT, created INTEGER NOT NULL, plan TEXT NOT NULL,
            recipe TEXT, policies TEXT NOT NULL, epochs INTEGER NOT NULL, history TEXT NOT NULL, note TEXT NOT NULL,
            tensors INTEGER NOT NULL) STRICT
        """,
        "blob": "CREATE TABLE blob (sha256 BLOB PRIMARY KEY NOT NULL, encoding TEXT NOT NULL, bytes BLOB NOT NULL) STRICT",
        "stateTensor": """
        CREATE TABLE stateTensor (
            state TEXT NOT NULL REFERENCES state (id) ON DELETE CASCADE, kind TEXT NOT NULL, name TEXT NOT NULL,
            type TEXT NOT NULL, shape TEXT NOT NULL, sha256 BLOB NOT NULL, isOriginal INTEGER NOT NULL,
            PRIMARY KEY (state, kind, name)) STRICT, WITHOUT ROWID
        """,
        "stateTensorContent": "CREATE INDEX stateTensorContent ON stateTensor (sha256)",
        "stateLayer": """
        CREATE TABLE stateLayer (
            state TEXT NOT NULL REFERENCES state (id) ON DELETE CASCADE, weight TEXT NOT NULL, weights INTEGER NOT NULL,
            zeros INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (state, weight)) STRICT, WITHOUT ROWID
        """,
        "training": """
        CREATE TABLE training (
            id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, base TEXT, plan TEXT NOT NULL, recipe TEXT NOT NULL,
            policies TEXT NOT NULL, epochs INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER, finishedEpochs INTEGER NOT NULL,
            last TEXT, best TEXT, status TEXT NOT NULL, message TEXT) STRICT
        """,
        "knob": """
        CREATE TABLE knob (
            training TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (training, position)) STRICT, WITHOUT ROWID
        """,
    ]

    /// The order in which the tables of format 2 are made.
    private static let order = ["state", "blob", "stateTensor", "stateTensorContent", "stateLayer", "training", "knob"]

    /// Makes the tables of the first format in an empty file.
    static func make(_ db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
        for statement in [item, change, snapshot] { try db.execute(sql: statement) }
    }

    /// Brings an older file to the format of today, in the transaction that is under way; returns that format.
    static func migrate(_ db: Database, from found: Int) throws -> Int {
        guard found < 2 else { return SessionFile.format }
        for name in order { try db.execute(sql: states[name] ?? "") }
        try db.execute(sql: snapshotState.0 + "; PRAGMA user_version = 2")
        return SessionFile.format
    }

    /// The text of every table and index of a format, by name.
    private static func expected(format: Int) -> [String: String] {
        var texts = ["item": item, "change": change, "snapshot": snapshot]
        guard format >= 2 else { return texts }
        texts["snapshot"] = String(snapshot.dropLast(") STRICT".count)) + snapshotState.1
        return texts.merging(states) { first, _ in first }
    }

    /// What is in a file that a session of this format does not have, or has otherwise; nil where it is as Pare makes it.
    ///
    /// Compared is the text of each table, so that columns, types, constraints and defaults are all the same. Tables and indices that SQLite
    /// makes itself (`sqlite_…`) are left out; a view or a trigger never belongs to a session.
    static func difference(_ db: Database, format: Int) throws -> String? {
        var missing = expected(format: format)
        for row in try Row.fetchAll(db, sql: "SELECT type, name, sql FROM sqlite_master") {
            let type = row.value(String.self, "type") ?? "entry"
            let name = row.value(String.self, "name") ?? ""
            let isOwn = ["table", "index"].contains(type)
            if isOwn, name.hasPrefix("sqlite_") { continue }
            guard isOwn, let wanted = missing.removeValue(forKey: name) else {
                return "it has \(type == "index" ? "an" : "a") \(type) “\(name)”, which no session has"
            }
            guard row.value(String.self, "sql").map(compact) == compact(wanted) else { return "its \(type) “\(name)” is not a session's" }
        }
        return missing.keys.min().map { "its table “\($0)” is missing" }
    }

    private static func compact(_ text: String) -> String { String(text.filter { !$0.isWhitespace }) }
}
