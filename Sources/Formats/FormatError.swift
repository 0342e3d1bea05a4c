/// A file that was refused: what was read where, what was expected, what was found, and what helps.
///
/// The texts hold facts; ``message`` makes the sentence. Names that came from the file are escaped when it is made.
public struct FormatError: Error, Hashable, Sendable {
    /// What kind of refusal it is, for callers that decide by it.
    public enum Kind: String, Sendable, CaseIterable {
        /// No such file or folder.
        case notFound
        /// The system refused to read.
        case unreadable
        /// The system refused to write.
        case unwritable
        /// An output in the place of a file that is read, or the other way round.
        case isRead
        /// The content is of another format.
        case wrongFormat
        /// The file ends before what it announces.
        case truncated
        /// The content contradicts itself or the format.
        case malformed
        /// Sizes or shapes that do not fit each other.
        case mismatch
        /// More than the limits that protect memory and time allow.
        case limit
        /// A variant of the format that Pare does not read.
        case unsupported
        /// Something that is referred to does not exist.
        case missing
        /// One name for two things.
        case duplicate
        /// Nodes of a graph that wait for each other.
        case cycle
    }

    public var kind: Kind
    public var file: String
    /// Bytes from the start of the file (of the uncompressed content for gzip); nil where no single place is to blame.
    public var offset: Int?
    /// What was being read: "IDX header", "node 'fc1'".
    public var reading: String
    public var expected: String
    public var actual: String
    /// What the user can do; nil where the file itself is broken.
    public var cure: String?

    public init(
        _ kind: Kind, file: String, offset: Int? = nil, reading: String, expected: String, actual: String, cure: String? = nil
    ) {
        self.kind = kind
        self.file = file
        self.offset = offset
        self.reading = reading
        self.expected = expected
        self.actual = actual
        self.cure = cure
    }
}
