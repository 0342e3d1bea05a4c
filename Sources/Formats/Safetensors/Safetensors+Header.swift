import Foundation
import Tensors

extension Safetensors {
    /// One tensor of the header.
    struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    private enum Item: Decodable {
        case entry(Entry)
        case metadata([String: String])

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.first?.stringValue == "__metadata__" {
                self = .metadata(try [String: String](from: decoder))
            } else {
                self = .entry(try Entry(from: decoder))
            }
        }
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
    ) throws(FormatError) -> (tensors: [(String, Entry)], metadata: [String: String]) {
        let items: [String: Item]
        do {
            items = try JSONDecoder().decode([String: Item].self, from: withExtendedLifetime(file) { Data(file.slice(8..<start)) })
        } catch {
            throw refusal(.malformed, file, 8, "header", "JSON of dtype, shape and data_offsets a tensor", "something else")
        }
        var tensors: [(String, Entry)] = []
        var metadata: [String: String] = [:]
        for (name, item) in items {
            switch item {
            case .entry(let entry): tensors.append((name, entry))
            case .metadata(let values): metadata = values
            }
        }
        guard tensors.allSatisfy({ $0.1.offsets.count == 2 }) else {
            throw refusal(.malformed, file, 8, "header", "two data_offsets a tensor", "another number")
        }
        // Empty tensors share their start with the next one; the end, then the name decide.
        tensors.sort { ($0.1.offsets[0], $0.1.offsets[1], $0.0) < ($1.1.offsets[0], $1.1.offsets[1], $1.0) }
        return (tensors, metadata)
    }

    static func tensor(
        _ name: String, _ entry: Entry, _ file: MappedFile, _ start: Int, after end: inout Int
    ) throws(FormatError) -> Tensor {
        let reading = "tensor \(quoted(name))"
        guard let type = elementTypes[entry.dtype] else {
            throw refusal(.unsupported, file, 8, reading, "a known dtype", quoted(entry.dtype))
        }
        let shape = Shape(entry.shape)
        guard shape.rank <= 16, let count = shape.checkedCount,
            case let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount), !overflow
        else { throw refusal(.malformed, file, 8, reading, "a shape that can be counted", "[\(shape)]") }
        guard entry.offsets[0] == end, size <= file.count - start - end, entry.offsets[1] == end + size else {
            throw refusal(
                .mismatch, file, start + end, reading, "\(size) bytes from \(end) on, inside the file", "data_offsets \(entry.offsets)")
        }
        defer { end += size }
        return Tensor(shape: shape, elementType: type, storage: file.storage, byteOffset: start + end)
    }

    static func refusal(
        _ kind: FormatError.Kind, _ file: MappedFile, _ offset: Int, _ reading: String, _ expected: String, _ actual: String
    ) -> FormatError {
        FormatError(
            kind, file: file.path, offset: offset, reading: "safetensors \(reading)", expected: expected, actual: actual)
    }
}
