import Tensors

/// The content of an IDX file, raw or gzip, from its start on: header first, then elements.
final class IDXStream {
    let file: MappedFile
    private let inflater: Inflater?
    private var position = 0
    private(set) var header = IDXHeader(elementType: .uint8, shape: [])

    init(_ file: MappedFile) throws(FormatError) {
        self.file = file
        inflater = Inflater.isGzip(file.bytes) ? try Inflater(file) : nil
        header = try readHeader()
        try checkLength()
    }

    /// Fills `memory` with the next bytes of the content. Throws where the content ends before.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(FormatError) {
        let got = try take(memory)
        guard got == memory.count else { throw cut(memory.count, got) }
    }

    func skip(_ count: Int) throws(FormatError) {
        let start = position
        if let inflater {
            position += try inflater.skip(count)
        } else {
            position = min(position + count, file.count)
        }
        guard position - start == count else { throw cut(count, position - start) }
    }

    /// Throws where something follows the last element; for gzip this also checks the checksum.
    func finish() throws(FormatError) {
        let one = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { one.deallocate() }
        guard try take(one) == 0 else {
            throw failure(.malformed, "the end after \(header.contentByteCount) bytes for [\(header.shape)]", "more bytes")
        }
    }

    private func take(_ memory: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        var got = min(memory.count, file.count - position)
        if let inflater {
            got = try inflater.read(into: memory)
        } else if got > 0 {
            memory.copyMemory(from: file.slice(position..<position + got))
        }
        position += got
        return got
    }

    private func readHeader() throws(FormatError) -> IDXHeader {
        let start = try bytes(4)
        guard IDXHeader.hasMagic(start), let type = IDXHeader.elementTypes[start[2]] else {
            let found = start.map { String($0, radix: 16) }.joined(separator: " ")
            throw FormatError(
                .wrongFormat, file: file.path, offset: 0, reading: "IDX magic",
                expected: "00 00, an element type (8, 9, b, c, d or e) and 1…8 dimensions", actual: found,
                cure: "Give IDX files, raw or gzip, as MNIST's are.")
        }
        let numbers = try bytes(4 * Int(start[3]))
        let dimensions = stride(from: 0, to: numbers.count, by: 4).map { at in
            numbers[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return IDXHeader(elementType: type, shape: Shape(dimensions))
    }

    private func bytes(_ count: Int) throws(FormatError) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4)
        defer { memory.deallocate() }
        try read(into: memory)
        return Array(memory)
    }

    // Before anything is allocated for the elements: the file's own size must justify it.
    private func checkLength() throws(FormatError) {
        let shape = header.shape
        guard !shape.dimensions.contains(0), let count = shape.checkedCount,
            case let (size, overflow) = count.multipliedReportingOverflow(by: header.elementType.byteCount), !overflow
        else { throw failure(.malformed, "dimensions above 0 whose product can be counted", "[\(shape)]") }
        let available = inflater == nil ? file.count - header.byteCount : Inflater.largestOutput(of: file.count)
        guard size <= available else {
            throw failure(.truncated, "\(size) bytes for [\(shape)] of \(header.elementType)", "a file of \(file.count) bytes")
        }
        guard inflater != nil || size == available else {
            throw failure(.malformed, "\(size) bytes for [\(shape)] of \(header.elementType)", "\(available)")
        }
    }

    private func cut(_ asked: Int, _ got: Int) -> FormatError {
        failure(.truncated, "\(asked) more bytes", "\(got) before the end")
    }

    private func failure(_ kind: FormatError.Kind, _ expected: String, _ actual: String) -> FormatError {
        FormatError(kind, file: file.path, offset: position, reading: "IDX content", expected: expected, actual: actual)
    }
}
