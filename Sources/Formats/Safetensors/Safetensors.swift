import Foundation
import OrderedCollections
import Tensors

/// Named tensors in one file: 8 bytes of header length, a JSON header, then the data
/// (https://huggingface.co/docs/safetensors).
public struct Safetensors: Sendable {
    public var tensors: OrderedDictionary<String, Tensor>
    public var metadata: [String: String]

    /// The largest header that is read, as the format has it: 100 MB.
    static let largestHeader = 100_000_000
    /// Axes that a tensor may have.
    static let largestRank = 16

    static let elementTypes: [String: ElementType] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I8": .int8, "U8": .uint8, "I16": .int16,
        "U16": .uint16, "I32": .int32, "U32": .uint32, "I64": .int64, "U64": .uint64, "BOOL": .bool, "F8_E4M3": .float8e4m3,
        "F8_E5M2": .float8e5m2,
    ]

    public init(tensors: OrderedDictionary<String, Tensor>, metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The tensors of a file as views of it, in the order of their data.
    ///
    /// Throws where header and data do not agree: ranges must follow each other without gap or overlap to the end.
    public init(path: String) throws(FormatError) {
        try self.init(MappedFile(path: path))
    }

    /// The same of bytes in memory; `path` is the name that errors carry.
    package init(data: Data, path: String) throws(FormatError) { try self.init(MappedFile(data: data, path: path)) }

    init(_ file: MappedFile) throws(FormatError) {
        let start = try Self.dataStart(file)
        let entries = try Self.entries(file, start)
        tensors = [:]
        metadata = entries.metadata
        tensors.reserveCapacity(entries.tensors.count)
        var end = 0
        for entry in entries.tensors {
            tensors[entry.name] = try Self.tensor(entry, file, start, after: &end)
        }
        guard end == file.count - start else {
            throw Self.refusal(.malformed, file, start + end, "data", "the end of the file", "\(file.count - start - end) more bytes")
        }
    }

    /// The tensors in the order of their names, so that equal content gives equal bytes.
    public init(_ tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.init(tensors: OrderedDictionary(uniqueKeysWithValues: tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        self.metadata = metadata
    }

    /// The content of a file: the tensors in their order, the data aligned to 64 bytes from the start.
    public var data: Data { Data(parts.joined()) }

    /// Writes ``data`` beside `path`, which then takes its place, unless a mapped file that the tensors come from was written to meanwhile; `isOwn` is for
    /// files that the program keeps for itself.
    public func write(to path: String, from sources: [FileMap] = [], isOwn: Bool = false) throws(FormatError) {
        try FileWriter.write(parts, to: path, from: sources + tensors.values.maps, isOwn: isOwn)
    }

    private var parts: [Data] {
        var offset = 0
        var entries: [String] = metadata.isEmpty ? [] : ["\"__metadata__\":" + Self.json(metadata)]
        for (name, tensor) in tensors {
            let end = offset + tensor.bytes.count
            let type = Self.elementTypes.first { $0.value == tensor.elementType }?.key ?? "F32"
            let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
            entries.append("\(Self.json(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Data("{\(entries.joined(separator: ","))}".utf8)
        header.append(Data(repeating: 0x20, count: (64 - (8 + header.count) % 64) % 64))
        let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        return [length, header] + tensors.values.map { tensor in withExtendedLifetime(tensor) { Data(tensor.bytes) } }
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
