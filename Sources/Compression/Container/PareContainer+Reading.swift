extension PareContainer {
    /// What no file may exceed, so that reading one takes little memory beside its weights.
    enum Limits {
        static let records = 1 << 14
        /// Entries of the codebooks of whole parameters in all records together: 2 MiB of floats.
        static let tableEntries = 1 << 19
        static let cardByteCount = 1 << 16
        static let planByteCount = 1 << 20
    }

    /// Reads a file: checksums, then every declared size, before anything as large as the weights is made.
    ///
    /// Streams are slices of `bytes` and not decoded yet. Memory: at most 8 MiB beside `bytes`, which are lent, and three times the bytes of scales and of
    /// codebooks of channels or groups.
    ///
    /// - Parameter maximumWeights: Refuses files that declare more in all parameters together.
    /// - Throws: ``ContainerError`` with the byte where the file stops making sense.
    public init(_ bytes: ContainerBytes, maximumWeights: Int = defaultMaximumWeights) throws(ContainerError) {
        var reader = ByteReader(bytes, part: .header)
        for (index, expected) in Self.magic.enumerated() where try reader.byte() != expected { throw reader.error(.wrongMagic, at: index) }
        let version = try reader.byte()
        guard (1...Self.version).contains(version) else { throw reader.error(.unknownVersion(version), at: Self.magic.count) }
        let sections = try Self.sections(&reader)
        self.init(graph: Array(try Self.content(of: .graph, in: sections, end: bytes.count)), records: [])
        if let content = sections[Kind.card.rawValue] { card = try CardFacts(content) }
        if let content = sections[Kind.plan.rawValue] { plan = try Self.text(content) }
        records = try Self.records(
            try Self.content(of: .parameters, in: sections, end: bytes.count), version: version, maximumWeights: maximumWeights)
    }

    /// Contents by kind, their checksums compared. Unknown ones that may be skipped are left out.
    private static func sections(_ reader: inout ByteReader) throws(ContainerError) -> [UInt8: ContainerBytes] {
        var sections: [UInt8: ContainerBytes] = [:]
        while reader.remaining > 0 {
            let start = reader.position
            let kind = try reader.byte()
            reader.part = .section(kind: kind)
            let content = try reader.take(try reader.number())
            let computed = reader.bytes[start..<reader.position].withUnsafeBufferPointer { CRC32.checksum($0) }
            let place = reader.position
            let stored = try reader.word()
            guard stored == computed else { throw reader.error(.checksum(stored: stored, computed: computed), at: place) }
            guard let known = Kind(rawValue: kind) else {
                if kind < 128 { throw reader.error(.unknownSection, at: start) }
                continue
            }
            guard sections.updateValue(content, forKey: kind) == nil else { throw reader.error(.duplicateSection, at: start) }
            if known == .parameters { try reader.end() }
        }
        return sections
    }

    private static func content(
        of kind: Kind, in sections: [UInt8: ContainerBytes], end: Int
    ) throws(ContainerError) -> ContainerBytes {
        guard let content = sections[kind.rawValue] else {
            throw ContainerError(.missingSection, in: .section(kind: kind.rawValue), offset: end)
        }
        return content
    }

    private static func text(_ content: ContainerBytes) throws(ContainerError) -> String {
        let reader = ByteReader(content, part: .section(kind: Kind.plan.rawValue))
        guard content.count <= Limits.planByteCount else {
            throw reader.error(.tooMany(count: content.count, limit: Limits.planByteCount))
        }
        guard let text = String(validating: content, as: UTF8.self) else { throw reader.error(.notUTF8) }
        return text
    }

    private static func records(
        _ content: ContainerBytes, version: UInt8, maximumWeights: Int
    ) throws(ContainerError) -> [ParameterRecord] {
        var reader = ByteReader(content, part: .section(kind: Kind.parameters.rawValue))
        let count = try reader.number()
        guard count <= min(Limits.records, reader.remaining) else {
            throw reader.error(.tooMany(count: count, limit: min(Limits.records, reader.remaining)), at: content.startIndex)
        }
        var records: [ParameterRecord] = []
        records.reserveCapacity(count)
        var budget = RecordBudget(weights: maximumWeights, tableEntries: Limits.tableEntries)
        for index in 0..<count {
            reader.part = .parameter(index)
            records.append(try ParameterRecord(&reader, version: version, budget: &budget))
        }
        reader.part = .section(kind: Kind.parameters.rawValue)
        try reader.end()
        return records
    }
}

/// What the records of a file may still declare.
struct RecordBudget {
    let weights: Int
    let tableEntries: Int
    private var declaredWeights = 0
    private var declaredEntries = 0

    init(weights: Int, tableEntries: Int) {
        self.weights = weights
        self.tableEntries = tableEntries
    }

    mutating func takeWeights(_ count: Int, _ reader: ByteReader, at offset: Int) throws(ContainerError) {
        let (sum, overflow) = declaredWeights.addingReportingOverflow(count)
        declaredWeights = overflow ? .max : sum
        guard declaredWeights <= weights else { throw reader.error(.tooManyWeights(declared: declaredWeights, limit: weights), at: offset) }
    }

    mutating func takeEntries(_ count: Int, _ reader: ByteReader, at offset: Int) throws(ContainerError) {
        guard count <= tableEntries - declaredEntries else {
            throw reader.error(.tooMany(count: count, limit: tableEntries - declaredEntries), at: offset)
        }
        declaredEntries += count
    }
}
