import Reports

/// A session as the browser and `pare sessions list` show it, without opening it for writing.
public struct SessionSummary: Codable, Hashable, Sendable {
    public var name: String
    public var path: String
    public var networkName: String
    public var networkSHA256: String?
    /// Milliseconds since 1970.
    public var modified: Int64
    public var snapshots: [SnapshotSummary]
    /// Shipped with Pare or in a folder that may not be written: copied on the first change.
    public var isReadOnly: Bool

    public init(
        name: String, path: String, networkName: String, networkSHA256: String?, modified: Int64,
        snapshots: [SnapshotSummary], isReadOnly: Bool
    ) {
        self.name = name
        self.path = path
        self.networkName = networkName
        self.networkSHA256 = networkSHA256
        self.modified = modified
        self.snapshots = snapshots
        self.isReadOnly = isReadOnly
    }
}

/// One row of a session's snapshots.
public struct SnapshotSummary: Codable, Hashable, Sendable {
    public var name: String
    public var note: String
    public var created: Int64
    public var accuracy: Double?
    /// As estimated; nil where no layer was found.
    public var compressedBytes: Int?
    /// Exact bytes of the file; nil where they were not found when the snapshot was made.
    public var fileBytes: Int?
    public var sparsity: Double
    /// Whether `accuracy` is agreement with the original, because there were no labels.
    public var isAgreement: Bool?
    /// Whether it is the mean cosine to the original's output, which is no list of classes.
    public var isCosine: Bool?
    /// Half of its 95 % interval where it was kept before every example was measured.
    public var accuracyWidth: Double?
    /// Its name where it is another measure than accuracy, ``OutputMeasure``.
    public var measure: String?

    /// What `accuracy` is where it is none: `agreement`, `cosine`.
    public var figure: String? { measure ?? (isCosine == true ? "cosine" : isAgreement == true ? "agreement" : nil) }

    public init(name: String, note: String, created: Int64, accuracy: Double?, compressedBytes: Int?, sparsity: Double) {
        self.name = name
        self.note = note
        self.created = created
        self.accuracy = accuracy
        self.compressedBytes = compressedBytes
        self.sparsity = sparsity
    }

    /// The size, exact where it is known.
    public var size: ByteFigure? {
        fileBytes.map { ByteFigure($0, isExact: true) } ?? compressedBytes.map { ByteFigure($0, isExact: false) }
    }
}
