import Foundation
import Tensors

/// NumPy's file of one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), for fixtures.
public enum NPY {
    /// The array as a view of the file. Versions 1 to 3, row-major, little-endian.
    public static func read(_ path: String) throws(FormatError) -> Tensor {
        let file = try MappedFile(path: path)
        let text = try headerRange(file)
        let header: NPYHeader
        do {
            header = try NPYHeader(parsing: String(decoding: file.slice(text), as: UTF8.self))
        } catch {
            throw refusal(.unsupported, file, text.lowerBound, error.expected, error.actual)
        }
        let size = header.shape.checkedCount.map { $0.multipliedReportingOverflow(by: header.elementType.byteCount) }
        guard let size, !size.overflow, size.partialValue == file.count - text.upperBound else {
            throw refusal(
                .mismatch, file, text.upperBound, "the bytes of [\(header.shape)] of \(header.elementType)",
                "\(file.count - text.upperBound)")
        }
        return Tensor(
            shape: header.shape, elementType: header.elementType, storage: file.storage, byteOffset: text.upperBound)
    }

    /// Writes version 1 with the data aligned to 64 bytes. Precondition: NumPy has the element type (not bfloat16).
    public static func write(_ tensor: Tensor, to path: String) throws(FormatError) {
        precondition(tensor.elementType != .bfloat16, "NumPy has no bfloat16")
        let header = NPYHeader(elementType: tensor.elementType, shape: tensor.shape)
        try FileWriter.write([header.bytes.withUnsafeBytes { Data($0) }, Data(tensor.bytes)], to: path)
    }

    private static func headerRange(_ file: MappedFile) throws(FormatError) -> Range<Int> {
        let bytes = file.bytes
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(NPYHeader.magic) else {
            throw refusal(.wrongFormat, file, 0, "the magic of NPY", "other bytes")
        }
        guard (1...3).contains(bytes[6]) else { throw refusal(.unsupported, file, 6, "version 1, 2 or 3", "\(bytes[6])") }
        let digits = bytes[6] == 1 ? 2 : 4
        let start = 8 + digits
        guard bytes.count >= start else { throw refusal(.truncated, file, 8, "a header", "the end of the file") }
        let length = (0..<digits).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= bytes.count - start, length <= 1 << 16 else {
            throw refusal(.truncated, file, 8, "a header of at most 65,536 bytes inside the file", "\(length) bytes")
        }
        return start..<start + length
    }

    private static func refusal(
        _ kind: FormatError.Kind, _ file: MappedFile, _ offset: Int, _ expected: String, _ actual: String
    ) -> FormatError {
        FormatError(kind, file: file.path, offset: offset, reading: "NPY header", expected: expected, actual: actual)
    }
}
