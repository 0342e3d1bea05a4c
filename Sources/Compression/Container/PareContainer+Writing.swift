extension PareContainer {
    /// The file. Optional sections stand before the parameters, which come last, so that a file that was cut always lacks some of them.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.byte(records.map(\.version).max() ?? 1)
        Self.write(.graph, graph, to: &writer)
        if let card { Self.write(.card, card.bytes(), to: &writer) }
        if let plan { Self.write(.plan, Array(plan.utf8), to: &writer) }
        var content = ByteWriter()
        content.number(records.count)
        for record in records { record.write(to: &content) }
        Self.write(.parameters, content.bytes, to: &writer)
        return writer.bytes
    }

    private static func write(_ kind: Kind, _ content: [UInt8], to writer: inout ByteWriter) {
        let start = writer.bytes.count
        writer.byte(kind.rawValue)
        writer.number(content.count)
        writer.append(content)
        writer.word(writer.bytes[start...].withUnsafeBufferPointer { CRC32.checksum($0) })
    }
}
