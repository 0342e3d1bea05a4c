import OrderedCollections
import Tensors

/// Reads the tensors of GGUF files, as llama.cpp has them (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
enum GGUF {
    static let magic: [UInt8] = Array("GGUF".utf8)

    /// The numbers of element types; the others are refused by name or number.
    static let elementTypes: [UInt32: ElementType] = [
        0: .float32, 1: .float16, 2: .block40, 3: .block41, 6: .block50, 7: .block51, 8: .block80, 12: .block4K, 13: .block5K,
        14: .block6K, 24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 30: .bfloat16,
    ]

    private struct Entry {
        var name: String
        var shape: Shape
        var type: ElementType
        /// From where the data begin.
        var offset: Int
        var byteCount: Int
        var place: Int
    }

    /// The tensors as views of the file, in the order of their data; shapes are outermost first, as everywhere in Pare.
    static func tensors(_ file: MappedFile) throws(FormatError) -> OrderedDictionary<String, Tensor> {
        var cursor = ByteCursor(file, reading: "GGUF header", at: magic.count)
        let version = try cursor.number(UInt32.self)
        guard (2...3).contains(version) else {
            throw cursor.error(.unsupported, at: 4, "version 2 or 3", "\(version)", cure: "Convert it again with a newer llama.cpp.")
        }
        let count = try cursor.size()
        var settings = GGUFSettings(cursor)
        try settings.read()
        cursor = settings.cursor
        let entries = try entries(count, &cursor)
        let alignment = settings.alignment
        let start = (cursor.offset + alignment - 1) / alignment * alignment
        return try views(entries, file, from: start, cursor)
    }

    private static func entries(_ count: Int, _ cursor: inout ByteCursor) throws(FormatError) -> [Entry] {
        var entries: [Entry] = []
        var names = Set<String>()
        for _ in 0..<count {
            let entry = try entry(&cursor)
            guard names.insert(entry.name).inserted else {
                throw cursor.error(.duplicate, at: entry.place, "different names", "\(quoted(entry.name)) twice")
            }
            entries.append(entry)
        }
        return entries.sorted { $0.offset < $1.offset }
    }

    private static func entry(_ cursor: inout ByteCursor) throws(FormatError) -> Entry {
        let place = cursor.offset
        let name = try cursor.text(try cursor.size())
        let rank = try cursor.number(UInt32.self)
        guard rank <= 4 else { throw cursor.error(.malformed, at: place, "at most 4 axes", "\(rank) of \(quoted(name))") }
        var dimensions: [Int] = []
        for _ in 0..<rank { dimensions.insert(try cursor.size(), at: 0) }
        let code = try cursor.number(UInt32.self)
        guard let type = elementTypes[code] else {
            throw cursor.error(
                .unsupported, at: place, "a type that Pare reads", "type \(code) of \(quoted(name))",
                cure:
                    "Read are F32, F16, BF16, F64, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K and integers: convert it to one of these."
            )
        }
        let offset = try cursor.size()
        let shape = Shape(dimensions)
        guard let count = shape.checkedCount, let bytes = type.byteCount(of: count) else {
            throw cursor.error(.malformed, at: place, "a shape that can be counted", "[\(shape)] of \(quoted(name))")
        }
        guard (dimensions.last ?? 1).isMultiple(of: type.blockCount) else {
            throw cursor.error(.malformed, at: place, "rows of whole blocks of \(type.blockCount)", "[\(shape)] of \(quoted(name))")
        }
        return Entry(name: name, shape: shape, type: type, offset: offset, byteCount: bytes, place: place)
    }

    /// Views of the data. Throws where they leave the file or overlap.
    private static func views(
        _ entries: [Entry], _ file: MappedFile, from start: Int, _ cursor: ByteCursor
    ) throws(FormatError) -> OrderedDictionary<String, Tensor> {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        let room = max(0, file.count - start)
        var end = 0
        for entry in entries {
            guard entry.offset <= room, entry.byteCount <= room - entry.offset else {
                throw cursor.error(
                    .truncated, at: entry.place, "\(entry.byteCount) bytes from \(entry.offset) on, of \(room)",
                    "fewer for \(quoted(entry.name))")
            }
            guard entry.offset >= end else {
                throw cursor.error(
                    .malformed, at: entry.place, "data from \(end) on",
                    "\(entry.offset), inside another tensor's, for \(quoted(entry.name))",
                    cure: "The file is damaged: get it again.")
            }
            end = entry.offset + entry.byteCount
            tensors[entry.name] = Tensor(
                shape: entry.shape, elementType: entry.type, storage: file.storage, byteOffset: start + entry.offset)
        }
        return tensors
    }
}

/// The key-value pairs at a GGUF file's front; they are gone over, and only the alignment is kept.
private struct GGUFSettings {
    var cursor: ByteCursor
    /// Of tensor data, in bytes.
    private(set) var alignment = 32

    /// Arrays in arrays that are gone over.
    private static let deepest = 4

    init(_ cursor: ByteCursor) { self.cursor = cursor }

    mutating func read() throws(FormatError) {
        let count = try cursor.size()
        for _ in 0..<count {
            let key = try cursor.text(try cursor.size())
            let type = try cursor.number(UInt32.self)
            if key == "general.alignment", type == 4 { try readAlignment() } else { try skip(type, depth: 0) }
        }
    }

    private mutating func readAlignment() throws(FormatError) {
        let place = cursor.offset
        let value = Int(try cursor.number(UInt32.self))
        guard value > 0, value <= 1 << 20, value.nonzeroBitCount == 1 else {
            throw cursor.error(.malformed, at: place, "an alignment that is a power of two", "\(value)")
        }
        alignment = value
    }

    private mutating func skip(_ type: UInt32, depth: Int) throws(FormatError) {
        if let size = Self.size(type) { return try cursor.skip(size) }
        switch type {
        case 8: try cursor.skip(try cursor.size())
        case 9:
            guard depth < Self.deepest else { throw cursor.error(.limit, "at most \(Self.deepest) arrays in each other", "more") }
            let element = try cursor.number(UInt32.self)
            let count = try cursor.size()
            if let size = Self.size(element) {
                let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
                return try cursor.skip(overflow ? Int.max : bytes)
            }
            for _ in 0..<count { try skip(element, depth: depth + 1) }
        default: throw cursor.error(.malformed, at: cursor.offset - 4, "a type from 0 to 12", "\(type)")
        }
    }

    /// Bytes of a value of a fixed size.
    private static func size(_ type: UInt32) -> Int? {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 10, 11, 12: 8
        default: nil
        }
    }
}
