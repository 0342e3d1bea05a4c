import Tensors

/// Walks a protobuf message over its bytes and copies it without the tensor data, which stays where it is.
///
/// In the copy `raw_data` holds a ``TensorPlace`` instead of the data. Limits are checked before anything is decoded.
/// Wire format: https://protobuf.dev/programming-guides/encoding/. Cost: O(bytes that are not tensor data).
struct WireWalker {
    private let file: MappedFile
    private let limits: WireLimits
    private var items = 0
    private var structureByteCount = 0

    init(_ file: MappedFile, limits: WireLimits = WireLimits()) {
        self.file = file
        self.limits = limits
    }

    /// The model without its tensor data.
    mutating func skeleton() throws(FormatError) -> [UInt8] { try copy(.model, 0..<file.count, depth: 1) }

    private mutating func copy(_ message: WireMessage, _ range: Range<Int>, depth: Int) throws(FormatError) -> [UInt8] {
        var result: [UInt8] = []
        var blocks = 0
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            let key = try varint(&position, range.upperBound, message)
            guard key >> 3 != 0, key >> 3 < 1 << 29 else {
                throw malformed(start, message, "a field number of 1…2^29", "\(key >> 3)")
            }
            let field = message.field(key >> 3)
            if key & 7 == 2 {
                let content = try block(&position, range.upperBound, message)
                if case .weights = field { blocks += 1 }
                guard blocks <= 1 else { throw malformed(start, message, "one block of tensor data", "a second one") }
                try append(content, of: field, key: key, depth: depth, to: &result)
            } else {
                try skipNumber(key & 7, &position, range.upperBound, message, start)
                if case .weights = field { throw malformed(start, message, "packed float data", "single numbers") }
                guard case .number = field else { continue }
                try count(bytes: position - start, at: start)
                result.append(contentsOf: file.bytes[start..<position])
            }
        }
        return result
    }

    private mutating func append(
        _ content: Range<Int>, of field: WireMessage.Field, key: UInt64, depth: Int, to result: inout [UInt8]
    ) throws(FormatError) {
        switch field {
        case .skipped: return
        case .message(let child):
            try count(items: 1, bytes: 0, at: content.lowerBound)
            guard depth < limits.depth else {
                throw excess(content.lowerBound, "at most \(limits.depth) messages in each other", "more")
            }
            let inner = try copy(child, content, depth: depth + 1)
            if depth >= limits.freeDepth { try count(bytes: inner.count, at: content.lowerBound) }
            inner.withUnsafeBytes { write(key, $0, to: &result) }
        case .weights:
            try count(items: 1, bytes: TensorPlace.byteCount, at: content.lowerBound)
            TensorPlace(range: content, field: key >> 3).withBytes { write(TensorPlace.key, $0, to: &result) }
        case .text, .bytes, .number:
            try count(items: 1, bytes: content.count, at: content.lowerBound)
            if case .text = field { try checkText(content) }
            write(key, file.slice(content), to: &result)
        }
    }

    private func write(_ key: UInt64, _ content: UnsafeRawBufferPointer, to result: inout [UInt8]) {
        for var number in [key, UInt64(content.count)] {
            while number >= 0x80 {
                result.append(UInt8(number & 0x7F) | 0x80)
                number >>= 7
            }
            result.append(UInt8(number))
        }
        result.append(contentsOf: content)
    }

    private func checkText(_ content: Range<Int>) throws(FormatError) {
        guard String(validating: file.slice(content), as: UTF8.self) != nil else {
            throw FormatError(
                .malformed, file: file.path, offset: content.lowerBound, reading: "ONNX text", expected: "UTF-8",
                actual: "other bytes")
        }
    }

    private mutating func count(items more: Int = 0, bytes: Int, at offset: Int) throws(FormatError) {
        items += more
        structureByteCount += bytes
        guard items <= limits.items else { throw excess(offset, "at most \(limits.items) messages and texts", "more") }
        guard structureByteCount <= limits.structureByteCount else {
            throw excess(offset, "at most \(limits.structureByteCount) bytes beside the weights", "more")
        }
    }

    private func varint(_ position: inout Int, _ end: Int, _ message: WireMessage) throws(FormatError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw malformed(start, message, "a whole number", "the end of the message") }
            let byte = file.bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed(start, message, "a number of at most 10 bytes", "a longer one")
    }

    private func block(_ position: inout Int, _ end: Int, _ message: WireMessage) throws(FormatError) -> Range<Int> {
        let start = position
        let length = try varint(&position, end, message)
        guard length <= UInt64(end - position) else {
            throw FormatError(
                .truncated, file: file.path, offset: start, reading: "ONNX \(message.rawValue)", expected: "\(length) bytes",
                actual: "\(end - position) before the end of the \(message == .model ? "file" : "message")",
                cure: "The file may be cut or no ONNX file.")
        }
        let content = position..<position + Int(length)
        position = content.upperBound
        return content
    }

    private func skipNumber(
        _ wireType: UInt64, _ position: inout Int, _ end: Int, _ message: WireMessage, _ start: Int
    ) throws(FormatError) {
        switch wireType {
        case 0: _ = try varint(&position, end, message)
        case 1: position += 8
        case 5: position += 4
        default: throw malformed(start, message, "a wire type of 0, 1, 2 or 5", "\(wireType)")
        }
        guard position <= end else { throw malformed(start, message, "a whole number", "the end of the message") }
    }

    private func malformed(_ offset: Int, _ message: WireMessage, _ expected: String, _ actual: String) -> FormatError {
        FormatError(
            .malformed, file: file.path, offset: offset, reading: "ONNX \(message.rawValue)", expected: expected, actual: actual,
            cure: "The file may be damaged or no ONNX file.")
    }

    private func excess(_ offset: Int, _ expected: String, _ actual: String) -> FormatError {
        FormatError(.limit, file: file.path, offset: offset, reading: "ONNX", expected: expected, actual: actual)
    }
}
