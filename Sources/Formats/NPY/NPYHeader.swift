import Tensors

/// The text header of an NPY file: a Python dictionary with `descr`, `fortran_order` and `shape`.
struct NPYHeader: Equatable {
    var elementType: ElementType
    var shape: Shape
    /// Whether the first index runs fastest (`fortran_order`).
    var isColumnMajor = false

    /// The longest text that is read: 65,536 bytes.
    static let largestLength = 1 << 16

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    static let elementTypes: [String: ElementType] = [
        "<f2": .float16, "<f4": .float32, "<f8": .float64, "|i1": .int8, "|u1": .uint8, "<i2": .int16, "<u2": .uint16,
        "<i4": .int32, "<u4": .uint32, "<i8": .int64, "<u8": .uint64, "|b1": .bool,
    ]

    init(elementType: ElementType, shape: Shape) {
        self.elementType = elementType
        self.shape = shape
    }

    /// Why a header was not understood.
    struct Problem: Error {
        var expected: String
        var actual: String
        var cure: String?

        init(expected: String, actual: String, cure: String? = nil) {
            (self.expected, self.actual, self.cure) = (expected, actual, cure)
        }
    }

    init(parsing text: String) throws(Problem) {
        let form = try Form(parsing: text)
        guard let elementType = Self.elementTypes[form.type] else { throw Self.problem(ofType: form.type) }
        self.init(elementType: elementType, shape: form.shape)
        isColumnMajor = form.isColumnMajor
    }

    /// What a header says, of whatever the array holds.
    struct Form {
        /// `<f4`, `<U3`.
        var type: String
        var shape: Shape
        var isColumnMajor: Bool

        init(parsing text: String) throws(Problem) { (type, shape, isColumnMajor) = try NPYHeader.form(parsing: text) }
    }

    private static func form(parsing text: String) throws(Problem) -> (type: String, shape: Shape, isColumnMajor: Bool) {
        let type = try Self.value(of: "descr", in: text).trimmed(of: "'\"")
        let order = try Self.value(of: "fortran_order", in: text)
        guard ["False", "True"].contains(order) else { throw Problem(expected: "fortran_order True or False", actual: quoted(order)) }
        let list = try Self.value(of: "shape", in: text).trimmed(of: "()")
        var dimensions: [Int] = []
        for part in list.split(separator: ",").map({ String($0).trimmed(of: " ") }) where !part.isEmpty {
            guard let dimension = Int(part), dimension >= 0 else { throw Problem(expected: "dimensions", actual: quoted(part)) }
            dimensions.append(dimension)
        }
        return (type, Shape(dimensions), order == "True")
    }

    /// What helps where an array holds something else.
    private static func problem(ofType type: String) -> Problem {
        let found = "descr \(quoted(type))"
        switch type.first(where: { !"<>|=".contains($0) }) {
        case "U", "S":
            return Problem(
                expected: "numbers", actual: "text, \(found)",
                cure: "Numbers that are stored as text become inputs by .astype('float32'); labels may be text.")
        case "O":
            return Problem(
                expected: "numbers", actual: "Python objects, \(found)",
                cure: "Save it with .astype('float32'), labels that are text with .astype(str).")
        case _ where type.hasPrefix(">"):
            return Problem(
                expected: "little-endian numbers", actual: found, cure: "Save it with .astype('\(type.replacing(">", with: "<"))').")
        case "c":
            return Problem(
                expected: "real numbers", actual: "complex ones, \(found)", cure: "Save its .real, or its parts as two channels.")
        default: return Problem(expected: "integers, floats or booleans", actual: found)
        }
    }

    /// What stands after `'key':`, up to the next comma outside of brackets or the closing brace.
    private static func value(of key: String, in text: String) throws(Problem) -> String {
        for mark in ["'\(key)'", "\"\(key)\""] {
            guard let start = text.range(of: mark)?.upperBound, let colon = text[start...].firstIndex(of: ":") else { continue }
            var depth = 0
            let value = text[text.index(after: colon)...].prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return !((character == "," && depth == 0) || character == "}")
            }
            return String(value).trimmed(of: " ")
        }
        throw Problem(expected: "a dictionary with \(quoted(key))", actual: quoted(text))
    }

    /// The text with padding, so that magic, version, length and text are a multiple of 64 bytes.
    var bytes: [UInt8] {
        let type = Self.elementTypes.first { $0.value == elementType }?.key ?? "<f4"
        let list = shape.dimensions.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? "," : "")
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(list)), }"
        let padding = (64 - (10 + text.utf8.count + 1) % 64) % 64
        let content = Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
        return Self.magic + [1, 0, UInt8(content.count & 0xFF), UInt8(content.count >> 8)] + content
    }
}

extension String {
    /// Without the characters of `set` at both ends.
    fileprivate func trimmed(of set: String) -> String {
        let front = drop { set.contains($0) }
        return String(String(front.reversed().drop { set.contains($0) }).reversed())
    }
}
