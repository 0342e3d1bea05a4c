import Foundation
import Tensors

extension Safetensors {
    /// One tensor of the header.
    struct Entry {
        var name: String
        var dtype = ""
        var shape: [Int] = []
        var offsets: [Int] = []
        /// Where it stands in the file.
        var place: Int
    }

    static func dataStart(_ file: MappedFile) throws(FormatError) -> Int {
        guard file.count >= 8 else { throw refusal(.truncated, file, 0, "header", "8 bytes", "\(file.count)") }
        let length = UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(largestHeader), Int(length) <= file.count - 8 else {
            throw refusal(
                .wrongFormat, file, 0, "header", "a length of at most \(min(largestHeader, file.count - 8))", "\(length)")
        }
        return 8 + Int(length)
    }

    /// The header's tensors sorted by where their data starts.
    static func entries(
        _ file: MappedFile, _ start: Int
    ) throws(FormatError) -> (tensors: [Entry], metadata: [String: String]) {
        // The owner must outlive the scanner.
        defer { withExtendedLifetime(file) {} }
        var tensors: [Entry] = []
        var metadata: [String: String] = [:]
        var scanner = JSONScanner(file.slice(8..<start), at: 8, file: file.path, reading: "safetensors header")
        try scanner.object { scanner, name throws(FormatError) in
            if name == "__metadata__" {
                try scanner.object { scanner, key throws(FormatError) in metadata[key] = try scanner.string() }
            } else {
                tensors.append(try entry(name, &scanner))
            }
        }
        try scanner.end()
        // As a rule they stand in order.
        let isInOrder = zip(tensors, tensors.dropFirst()).allSatisfy { !isAfter($0, $1) }
        if !isInOrder { tensors.sort { isAfter($1, $0) } }
        return (tensors, metadata)
    }

    /// Empty tensors share their start with the next one; the end, then the name decide.
    private static func isAfter(_ a: Entry, _ b: Entry) -> Bool {
        (a.offsets[0], a.offsets[1], a.name) > (b.offsets[0], b.offsets[1], b.name)
    }

    private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(FormatError) -> Entry {
        var entry = Entry(name: name, place: scanner.offset)
        var isShaped = false
        try scanner.object { scanner, key throws(FormatError) in
            switch key {
            case "dtype": entry.dtype = try scanner.string()
            case "shape": (entry.shape, isShaped) = (try scanner.integers(atMost: largestRank), true)
            case "data_offsets": entry.offsets = try scanner.integers(atMost: 2)
            default: try scanner.skipValue()
            }
        }
        guard !entry.dtype.isEmpty, isShaped, entry.offsets.count == 2 else {
            throw scanner.error(.malformed, at: entry.place, "dtype, shape and two data_offsets", "others for \(quoted(name))")
        }
        return entry
    }

    static func tensor(
        _ entry: Entry, _ file: MappedFile, _ start: Int, after end: inout Int
    ) throws(FormatError) -> Tensor {
        var reading: String { "tensor \(quoted(entry.name))" }
        guard let type = elementTypes[entry.dtype] else {
            throw refusal(
                .unsupported, file, entry.place, reading, "a known dtype", quoted(entry.dtype),
                cure: "Known are \(elementTypes.keys.sorted().joined(separator: ", ")).")
        }
        let shape = Shape(entry.shape)
        guard let count = shape.checkedCount, let size = type.byteCount(of: count) else {
            throw refusal(.malformed, file, entry.place, reading, "a shape that can be counted", "[\(shape)]")
        }
        guard entry.offsets[0] == end, size <= file.count - start - end, entry.offsets[1] == end + size else {
            throw refusal(
                .mismatch, file, entry.place, reading, "\(size) bytes from \(end) on, inside the file", "data_offsets \(entry.offsets)",
                cure: "Tensors must follow each other without gap or overlap; the file may be cut: get it again.")
        }
        defer { end += size }
        return Tensor(shape: shape, elementType: type, storage: file.storage, byteOffset: start + end)
    }

    static func refusal(
        _ kind: FormatError.Kind, _ file: MappedFile, _ offset: Int, _ reading: String, _ expected: String, _ actual: String,
        cure: String = "The file is damaged or no safetensors file: get it again."
    ) -> FormatError {
        FormatError(
            kind, file: file.path, offset: offset, reading: "safetensors \(reading)", expected: expected, actual: actual, cure: cure)
    }
}
