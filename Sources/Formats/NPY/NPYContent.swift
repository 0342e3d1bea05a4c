import Tensors

/// The bytes of one array as NumPy writes it: a file of its own, or an entry of an archive.
struct NPYContent {
    var storage: TensorStorage
    /// Where the array lies in `storage`.
    var range: Range<Int>
    /// The file that errors name.
    var file: String
    /// The entry's name in an archive; nil for a file of its own.
    var entry: String?

    /// The array as a view of the storage; one in column-major order is copied. Throws where header and size do not agree.
    func tensor() throws(FormatError) -> Tensor {
        let (header, start) = try header()
        let size = header.shape.checkedCount.map { $0.multipliedReportingOverflow(by: header.elementType.byteCount) }
        let available = range.count - start
        guard let size, !size.overflow, size.partialValue == available else {
            throw refusal(.mismatch, start, "the bytes of [\(header.shape)] of \(header.elementType)", "\(available)")
        }
        let isTurned = header.isColumnMajor && header.shape.rank > 1
        let shape = isTurned ? Shape(header.shape.dimensions.reversed()) : header.shape
        let tensor = Tensor(shape: shape, elementType: header.elementType, storage: storage, byteOffset: range.lowerBound + start)
        return isTurned ? tensor.withReversedAxes : tensor
    }

    /// The header, and where in the array's bytes its data starts. `range` may end before the data does.
    func header() throws(FormatError) -> (header: NPYHeader, start: Int) {
        try parsed { text throws(NPYHeader.Problem) in try NPYHeader(parsing: text) }
    }

    /// The same of an array that holds no numbers.
    func form() throws(FormatError) -> (form: NPYHeader.Form, start: Int) {
        try parsed { text throws(NPYHeader.Problem) in try NPYHeader.Form(parsing: text) }
    }

    private func parsed<Header>(
        _ parse: (String) throws(NPYHeader.Problem) -> Header
    ) throws(FormatError) -> (Header, start: Int) {
        let text = try headerRange()
        do throws(NPYHeader.Problem) {
            return (try parse(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[text]), as: UTF8.self)), text.upperBound)
        } catch {
            throw refusal(.unsupported, text.lowerBound, error.expected, error.actual, cure: error.cure)
        }
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage.bytes[range]) }

    private func headerRange() throws(FormatError) -> Range<Int> {
        let bytes = bytes
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(NPYHeader.magic) else {
            throw refusal(.wrongFormat, 0, "the magic of NPY", "other bytes")
        }
        guard (1...3).contains(bytes[6]) else { throw refusal(.unsupported, 6, "version 1, 2 or 3", "\(bytes[6])") }
        let digits = bytes[6] == 1 ? 2 : 4
        let start = 8 + digits
        guard bytes.count >= start else { throw refusal(.truncated, 8, "a header", "the end of the file") }
        let length = (0..<digits).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= bytes.count - start, length <= NPYHeader.largestLength else {
            throw refusal(.truncated, 8, "a header of at most 65,536 bytes inside the file", "\(length) bytes")
        }
        return start..<start + length
    }

    func refusal(
        _ kind: FormatError.Kind, _ offset: Int, _ expected: String, _ actual: String, cure: String? = nil
    ) -> FormatError {
        let reading = entry.map { "NPY header of \(quoted($0))" } ?? "NPY header"
        return FormatError(
            kind, file: file, offset: range.lowerBound + offset, reading: reading, expected: expected, actual: actual, cure: cure)
    }
}
