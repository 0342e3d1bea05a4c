import Tensors

extension ParameterRecord {
    func write(to writer: inout ByteWriter) {
        writeHead(to: &writer)
        if case .levels(let values, _) = form { values.write(to: &writer) }
        writer.number(stream.count)
        writer.append(stream)
    }

    /// First byte, shape, and the coding or the type of the elements.
    private func writeHead(to writer: inout ByteWriter) {
        let role = UInt8(RecordCode.roles.firstIndex(of: role) ?? RecordCode.roles.count - 1)
        let flags = (isTransposed ? RecordCode.transposed : 0) | (form.isVariant ? RecordCode.variant : 0)
        writer.byte(form.code.rawValue | flags | role << RecordCode.roleShift)
        writer.number(shape.rank)
        for size in shape.dimensions { writer.number(size) }
        switch form {
        case .levels(_, let coding): writer.byte(coding.rawValue)
        case .elements(let type): writer.byte(RecordCode.elementTypes.first { $0.value == type }?.key ?? 0)
        }
    }

    /// Bytes of the record beside the stream: those of codebook or scales, and all others.
    var overhead: (header: Int, codebook: Int) {
        var head = ByteWriter()
        writeHead(to: &head)
        var table = ByteWriter()
        if case .levels(let values, _) = form { values.write(to: &table) }
        return (head.bytes.count + ByteWriter.byteCount(stream.count), table.bytes.count)
    }
}

extension StoredWeights.Values {
    /// A codebook by the distances between the bit patterns of its magnitudes, which rise; scales as they are; a float format's number.
    func write(to writer: inout ByteWriter) {
        switch self {
        case .codebook(let negatives, let positives): Self.write(negatives, positives, to: &writer)
        case .scaled(let negatives, let positives, let scales):
            Self.write(negatives, positives, to: &writer)
            writer.number(scales.count)
            for scale in scales { writer.word(scale.bitPattern) }
        case .grid(let scales, let largest):
            writer.number(largest)
            writer.number(scales.count)
            for scale in scales { writer.word(scale.bitPattern) }
        case .cells(let books): books.write(to: &writer)
        case .dithered(let scale, let largest, let seed):
            writer.number(largest)
            writer.word(scale.bitPattern)
            writer.number(Int(seed))
        case .floats(let format): writer.byte(format.rawValue)
        }
    }

    private static func write(_ negatives: [Float], _ positives: [Float], to writer: inout ByteWriter) {
        for list in [negatives, positives] {
            writer.number(list.count)
            var last: UInt32 = 0
            for value in list {
                writer.number(Int(value.magnitude.bitPattern &- last))
                last = value.magnitude.bitPattern
            }
        }
    }
}
