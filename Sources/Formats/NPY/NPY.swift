import Foundation
import Tensors

/// NumPy's file of one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), for fixtures.
public enum NPY {
    /// The array as a view of the file. Versions 1 to 3, row-major, little-endian.
    public static func read(_ path: String) throws(FormatError) -> Tensor {
        let file = try MappedFile(path: path)
        return try tensor(in: file.storage, 0..<file.count, file: path, reading: "NPY header")
    }

    /// The array that lies in `range` of some bytes, as a view of them.
    static func tensor(
        in storage: TensorStorage, _ range: Range<Int>, file: String, reading: String
    ) throws(FormatError) -> Tensor {
        let place = NPYPlace(
            bytes: UnsafeRawBufferPointer(rebasing: storage.bytes[range]), start: range.lowerBound, file: file, reading: reading)
        defer { withExtendedLifetime(storage) {} }
        let text = try place.headerRange()
        let header: NPYHeader
        do {
            header = try NPYHeader(parsing: String(decoding: place.bytes[text], as: UTF8.self))
        } catch {
            throw place.refusal(.unsupported, text.lowerBound, error.expected, error.actual)
        }
        let rest = range.count - text.upperBound
        let size = header.shape.checkedCount.flatMap(header.elementType.byteCount(of:))
        guard let size, size == rest else {
            throw place.refusal(.mismatch, text.upperBound, "the bytes of [\(header.shape)] of \(header.elementType)", "\(rest)")
        }
        return Tensor(
            shape: header.shape, elementType: header.elementType, storage: storage, byteOffset: range.lowerBound + text.upperBound)
    }

    /// Writes version 1 with the data aligned to 64 bytes. Precondition: NumPy has the element type (not bfloat16).
    public static func write(_ tensor: Tensor, to path: String) throws(FormatError) {
        precondition(tensor.elementType != .bfloat16, "NumPy has no bfloat16")
        let header = NPYHeader(elementType: tensor.elementType, shape: tensor.shape)
        try FileWriter.write([header.bytes.withUnsafeBytes { Data($0) }, Data(tensor.bytes)], to: path)
    }
}

/// The bytes of one NPY file, which may lie inside another.
struct NPYPlace {
    let bytes: UnsafeRawBufferPointer
    /// Where they begin in `file`.
    let start: Int
    let file: String
    let reading: String

    /// The header's text.
    func headerRange() throws(FormatError) -> Range<Int> {
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(NPYHeader.magic) else {
            throw refusal(.wrongFormat, 0, "the magic of NPY", "other bytes")
        }
        guard (1...3).contains(bytes[6]) else { throw refusal(.unsupported, 6, "version 1, 2 or 3", "\(bytes[6])") }
        let digits = bytes[6] == 1 ? 2 : 4
        let start = 8 + digits
        guard bytes.count >= start else { throw refusal(.truncated, 8, "a header", "the end of the file") }
        let length = (0..<digits).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        guard length <= bytes.count - start, length <= 1 << 16 else {
            throw refusal(.truncated, 8, "a header of at most 65,536 bytes inside the file", "\(length) bytes")
        }
        return start..<start + length
    }

    func refusal(_ kind: FormatError.Kind, _ offset: Int, _ expected: String, _ actual: String) -> FormatError {
        FormatError(kind, file: file, offset: start + offset, reading: reading, expected: expected, actual: actual)
    }
}
