/// Reads JSON of a known form byte by byte: nothing is built that the caller does not ask for, and nothing recurses.
///
/// Objects are read by ``object(_:)``, which refuses a key that comes twice.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    /// Where the bytes begin in their file, for refusals.
    private let base: Int
    private let file: String
    private let reading: String
    private var place = 0

    /// Levels of nesting that a value to be skipped may have.
    static let deepest = 64

    /// The bytes of a file must outlive the scanner.
    init(_ bytes: UnsafeRawBufferPointer, at base: Int, file: String, reading: String) {
        self.bytes = bytes
        self.base = base
        self.file = file
        self.reading = reading
    }

    /// The place of the next byte in the file.
    var offset: Int { base + place }

    /// Reads an object; `body` gets each key and must read its value.
    mutating func object(_ body: (inout JSONScanner, String) throws(FormatError) -> Void) throws(FormatError) {
        try expect(UInt8(ascii: "{"), "an object")
        if skipped(UInt8(ascii: "}")) { return }
        var keys = SeenKeys()
        repeat {
            let start = offset
            let key = try string()
            guard keys.insert(key) else {
                throw error(.duplicate, at: start, "different names", "\(quoted(key)) twice")
            }
            try expect(UInt8(ascii: ":"), "':'")
            try body(&self, key)
        } while skipped(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "',' or '}'")
    }

    /// Reads a list of whole numbers, at most `limit`.
    mutating func integers(atMost limit: Int) throws(FormatError) -> [Int] {
        var numbers: [Int] = []
        try expect(UInt8(ascii: "["), "a list")
        if skipped(UInt8(ascii: "]")) { return numbers }
        repeat {
            guard numbers.count < limit else { throw error(.limit, at: offset, "at most \(limit) numbers", "more") }
            numbers.append(try integer())
        } while skipped(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "',' or ']'")
        return numbers
    }

    /// Reads a whole number that is not negative.
    mutating func integer() throws(FormatError) -> Int {
        skipBlanks()
        let start = place
        var value: Int? = nil
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), place - start < 20 {
            let (tens, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            place += 1
            guard !overflow, !carry else {
                value = nil
                break
            }
            value = sum
        }
        guard let number = value else { throw error(.malformed, at: base + start, "a whole number below 2^63", found(start)) }
        return number
    }

    /// Reads a string with its escapes.
    mutating func string() throws(FormatError) -> String {
        try expect(UInt8(ascii: "\""), "a string")
        let start = place
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
        // What has no escape is taken as it stands.
        if peek == UInt8(ascii: "\""), let result = String(validating: bytes[start..<place], as: UTF8.self) {
            place += 1
            return result
        }
        var text = Array(bytes[start..<place])
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error(.malformed, at: offset, "no control character in a string", "byte \(byte)") }
            place += 1
            if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
        }
        guard place < bytes.count else { throw error(.truncated, at: base + start, "the end of a string", "the end of the header") }
        place += 1
        guard let result = String(validating: text, as: UTF8.self) else {
            throw error(.malformed, at: base + start, "UTF-8", "other bytes")
        }
        return result
    }

    /// Goes over any value. Throws where it nests deeper than ``deepest``.
    mutating func skipValue() throws(FormatError) {
        var depth = 0
        repeat {
            skipBlanks()
            guard let byte = peek else { throw error(.truncated, at: offset, "a value", "the end of the header") }
            switch byte {
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                place += 1
                guard depth <= Self.deepest else {
                    throw error(.limit, at: offset - 1, "at most \(Self.deepest) levels of nesting", "more")
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                place += 1
                guard depth >= 0 else { throw error(.malformed, at: offset - 1, "a value", found(place - 1)) }
            default:
                guard depth > 0 || isWord(byte) else { throw error(.malformed, at: offset, "a value", found(place)) }
                place += 1
            }
            skipBlanks()
        } while depth > 0 || isInsideScalar
    }

    /// Checks that nothing but blanks follows.
    mutating func end() throws(FormatError) {
        skipBlanks()
        if place < bytes.count { throw error(.malformed, at: offset, "the end of the JSON", found(place)) }
    }

    func error(_ kind: FormatError.Kind, at place: Int, _ expected: String, _ actual: String) -> FormatError {
        FormatError(
            kind, file: file, offset: place, reading: reading, expected: expected, actual: actual,
            cure: "The file is damaged or no such file: get it again.")
    }

    /// The rest of `true`, `null` or a number.
    private var isInsideScalar: Bool {
        guard let byte = peek, place > 0 else { return false }
        return isWord(byte) && isWord(bytes[place - 1])
    }

    private func isWord(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
    }

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    private mutating func skipped(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ words: String) throws(FormatError) {
        guard skipped(byte) else { throw error(place < bytes.count ? .malformed : .truncated, at: offset, words, found(place)) }
    }

    private func found(_ place: Int) -> String {
        place < bytes.count ? quoted(String(decoding: bytes[place..<min(place + 12, bytes.count)], as: UTF8.self)) : "the end of the header"
    }

    /// What stands behind a backslash.
    private mutating func escape() throws(FormatError) -> [UInt8] {
        guard let byte = peek else { throw error(.truncated, at: offset, "an escape", "the end of the header") }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error(.malformed, at: offset - 2, "an escape that JSON has", found(place - 2))
        }
    }

    private mutating func unicodeEscape() throws(FormatError) -> [UInt8] {
        let start = offset - 2
        var unit = try hexadecimal()
        if (0xD800..<0xDC00).contains(unit), peek == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u") {
            place += 2
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw error(.malformed, at: start, "a pair of surrogates", found(place - 6)) }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw error(.malformed, at: start, "a character", "half of a surrogate pair") }
        return Array(String(scalar).utf8)
    }

    private mutating func hexadecimal() throws(FormatError) -> UInt32 {
        let end = min(place + 4, bytes.count)
        let digits = String(decoding: bytes[place..<end], as: UTF8.self)
        guard end - place == 4, digits.utf8.allSatisfy(\.isLetterOrDigit), let unit = UInt32(digits, radix: 16) else {
            throw error(.malformed, at: offset, "four hexadecimal digits", found(place))
        }
        place = end
        return unit
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}

/// The keys of an object: most have a few, which are compared one by one.
private struct SeenKeys {
    private var few: [String] = []
    private var many: Set<String> = []

    /// False where it was there.
    mutating func insert(_ key: String) -> Bool {
        if !many.isEmpty { return many.insert(key).inserted }
        guard !few.contains(key) else { return false }
        few.append(key)
        if few.count > 8 { many = Set(few) }
        return true
    }
}
