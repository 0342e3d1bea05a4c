import Sessions

/// The list of sessions and their snapshots, flattened to rows.
public struct SessionsBrowser: Hashable, Sendable {
    /// One row: a session, or a snapshot below it.
    public struct Row: Hashable, Sendable {
        public var session: SessionSummary
        /// Nil on the session's own row.
        public var snapshot: SnapshotSummary?
    }

    /// Nil until the list was read.
    public var rows: [Row]?
    public var selection: Int

    public init(rows: [Row]? = nil, selection: Int = 0) {
        self.rows = rows
        self.selection = selection
    }

    static func rows(of sessions: [SessionSummary]) -> [Row] {
        sessions.flatMap { session in
            [Row(session: session)] + session.snapshots.map { Row(session: session, snapshot: $0) }
        }
    }
}
