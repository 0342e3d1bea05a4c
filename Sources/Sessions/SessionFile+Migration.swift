import GRDB

extension SessionFile {
    /// Brings an older file to the format of today, in the transaction that is under way; returns that format.
    static func migrate(_ db: Database, from found: Int) throws -> Int {
        if found < 2 { try db.execute(sql: statesOfFormat2) }
        return format
    }

    /// Trained states. A `blob` is found by the SHA-256 of the bytes that it stands for, whatever its encoding, so that equal tensors are
    /// kept once; a `stateTensor` that is equal to the network's own parameter has no blob at all, only the hash (`isOriginal`).
    /// The bias of a layer has the name of its weights: two layers may share the parameter and round it differently.
    private static let statesOfFormat2 = """
        CREATE TABLE state (
            id TEXT PRIMARY KEY NOT NULL, parent TEXT, training TEXT, created INTEGER NOT NULL, plan TEXT NOT NULL,
            recipe TEXT, policies TEXT NOT NULL, epochs INTEGER NOT NULL, history TEXT NOT NULL, note TEXT NOT NULL,
            tensors INTEGER NOT NULL) STRICT;
        CREATE TABLE blob (sha256 BLOB PRIMARY KEY NOT NULL, encoding TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE stateTensor (
            state TEXT NOT NULL REFERENCES state (id) ON DELETE CASCADE, kind TEXT NOT NULL, name TEXT NOT NULL,
            type TEXT NOT NULL, shape TEXT NOT NULL, sha256 BLOB NOT NULL, isOriginal INTEGER NOT NULL,
            PRIMARY KEY (state, kind, name)) STRICT, WITHOUT ROWID;
        CREATE INDEX stateTensorContent ON stateTensor (sha256);
        CREATE TABLE stateLayer (
            state TEXT NOT NULL REFERENCES state (id) ON DELETE CASCADE, weight TEXT NOT NULL, weights INTEGER NOT NULL,
            zeros INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (state, weight)) STRICT, WITHOUT ROWID;
        CREATE TABLE training (
            id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, base TEXT, plan TEXT NOT NULL, recipe TEXT NOT NULL,
            policies TEXT NOT NULL, epochs INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER, finishedEpochs INTEGER NOT NULL,
            last TEXT, best TEXT, status TEXT NOT NULL, message TEXT) STRICT;
        CREATE TABLE knob (
            training TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (training, position)) STRICT, WITHOUT ROWID;
        ALTER TABLE snapshot ADD COLUMN state TEXT;
        PRAGMA user_version = 2;
        """
}
