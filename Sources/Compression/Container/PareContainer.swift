/// A `.pare` file as a value: a graph, the parameters in its order, and what else is known; `Docs/Format.md` has it byte by byte.
///
/// The graph is a piece of bytes here: what they mean is the matter of whoever writes networks.
public struct PareContainer: Hashable, Sendable {
    /// 0x89 and `pare`: no text, and not what a text converter leaves alone.
    public static let magic: [UInt8] = [0x89, 0x70, 0x61, 0x72, 0x65]
    /// The newest version that is read. Written is the first one that has what a file holds.
    public static let version: UInt8 = 4
    /// Declared weights that are read unless the caller says otherwise: 2^28.
    public static let defaultMaximumWeights = 1 << 28

    /// The kinds of sections. Kinds from 128 on may be skipped by a reader that does not know them.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case graph = 1
        case parameters = 2
        /// How examples are normalized and what the classes are called: ``CardFacts``.
        case card = 129
        /// The plan as YAML.
        case plan = 130
    }

    public var graph: [UInt8]
    /// In the order in which the graph names them.
    public var records: [ParameterRecord]
    public var card: CardFacts?
    public var plan: String?

    public init(graph: [UInt8], records: [ParameterRecord], card: CardFacts? = nil, plan: String? = nil) {
        self.graph = graph
        self.records = records
        self.card = card
        self.plan = plan
    }

    /// Weights of all parameters together.
    public var weightCount: Int { records.reduce(0) { $0 + $1.declaredCount } }
}

extension PareContainer {
    /// The size of the whole file: exactly the bytes that ``bytes()`` gives, without making them.
    ///
    /// - Parameters:
    ///   - graph: Bytes of the graph section's content.
    ///   - records: What each parameter takes (``ParameterRecord/bytes``).
    ///   - others: Bytes of the content of optional sections.
    public static func byteCount(graph: Int, records: [ParameterBytes], others: [Int] = []) -> Int {
        let content = ([graph, parameterByteCount(records)] + others).reduce(0) { $0 + $1 + sectionOverhead(content: $1) }
        return magic.count + 1 + content
    }

    /// Bytes of a section beside its content: kind, length, checksum.
    static func sectionOverhead(content: Int) -> Int { 1 + ByteWriter.byteCount(content) + 4 }

    private static func parameterByteCount(_ records: [ParameterBytes]) -> Int {
        ByteWriter.byteCount(records.count) + records.reduce(0) { $0 + $1.total }
    }
}
