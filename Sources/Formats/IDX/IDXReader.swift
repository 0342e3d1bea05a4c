import Tensors

/// Reads IDX files, MNIST's format, raw or gzip (Y. LeCun, C. Cortes, C. Burges, 1998).
public enum IDXReader {
    /// The header alone, checked against the file's size.
    public static func header(path: String) throws(FormatError) -> IDXHeader {
        try IDXStream(MappedFile(path: path)).header
    }

    /// The rows of the first axis in `rows`, all when nil, as a little-endian tensor.
    ///
    /// Raw unsigned bytes are a view of the file; everything else is copied. Of a gzip file only what stands before the end of `rows` is
    /// inflated, and only `rows` is kept; the checksum is checked when they reach the end. Throws for a wrong magic, lengths
    /// that do not agree, damaged compression, and rows beyond the end.
    public static func read(path: String, rows: Range<Int>? = nil) throws(FormatError) -> Tensor {
        try read(IDXStream(MappedFile(path: path)), rows: rows)
    }

    static func read(_ stream: IDXStream, rows: Range<Int>?) throws(FormatError) -> Tensor {
        let header = stream.header
        let rows = rows ?? 0..<header.shape[0]
        guard rows.lowerBound >= 0, rows.upperBound <= header.shape[0] else {
            throw FormatError(
                .mismatch, file: stream.file.path, reading: "IDX rows", expected: "rows inside 0..<\(header.shape[0])",
                actual: "\(rows)")
        }
        let shape = Shape([rows.count] + header.shape.dimensions.dropFirst())
        if header.elementType == .uint8, !Inflater.isGzip(stream.file.bytes) {
            let offset = header.byteCount + rows.lowerBound * header.rowByteCount
            return Tensor(shape: shape, elementType: .uint8, storage: stream.file.storage, byteOffset: offset)
        }
        return try copied(stream, rows, shape)
    }

    private static func copied(_ stream: IDXStream, _ rows: Range<Int>, _ shape: Shape) throws(FormatError) -> Tensor {
        let header = stream.header
        let size = rows.count * header.rowByteCount
        guard size <= Inflater.largestKept || !Inflater.isGzip(stream.file.bytes) else {
            throw FormatError(
                .limit, file: stream.file.path, reading: "IDX content",
                expected: "at most \(Inflater.largestKept) bytes of a compressed file in memory", actual: "\(size) bytes",
                cure: "Unpack it with gunzip: a raw file is read in place.")
        }
        try stream.skip(rows.lowerBound * header.rowByteCount)
        var failure: FormatError?
        let storage = TensorStorage(byteCount: size) { memory in
            do throws(FormatError) {
                try stream.read(into: memory)
                swapBytes(memory, size: header.elementType.byteCount)
            } catch { failure = error }
        }
        try stream.file.checkUnchanged()
        if let failure { throw failure }
        if rows.upperBound == header.shape[0] { try stream.finish() }
        return Tensor(shape: shape, elementType: header.elementType, storage: storage)
    }

    /// Reverses each element of `size` bytes: IDX is big-endian.
    private static func swapBytes(_ memory: UnsafeMutableRawBufferPointer, size: Int) {
        switch size {
        case 2: for index in memory.bindMemory(to: UInt16.self).indices { swap(memory, index, UInt16.self) }
        case 4: for index in memory.bindMemory(to: UInt32.self).indices { swap(memory, index, UInt32.self) }
        case 8: for index in memory.bindMemory(to: UInt64.self).indices { swap(memory, index, UInt64.self) }
        default: break
        }
    }

    private static func swap<Number: FixedWidthInteger>(
        _ memory: UnsafeMutableRawBufferPointer, _ index: Int, _: Number.Type
    ) {
        let offset = index * MemoryLayout<Number>.size
        let value = memory.load(fromByteOffset: offset, as: Number.self)
        memory.storeBytes(of: value.byteSwapped, toByteOffset: offset, as: Number.self)
    }
}
