/// What was said of an input: what it is in every example, or that it differs by example.
public struct InputSetting: Hashable, Sendable {
    public var name: String
    /// A number, or the path of a file, behind a # the name of an array in it; `each` where it differs by example, with a shape `each:1x128`.
    public var value: String
    /// The start of a SHA-256 of what a file holds; nil of a number.
    public var digest: String?

    public init(name: String, value: String, digest: String? = nil) { (self.name, self.value, self.digest) = (name, value, digest) }

    /// That an input differs by example, of this shape where its file leaves sizes open.
    public init(byExample name: String, shape: [Int] = []) {
        self.init(
            name: name, value: ([Self.each] + (shape.isEmpty ? [] : [shape.map(String.init).joined(separator: "x")])).joined(separator: ":")
        )
    }

    private static let each = "each"

    /// The shape of one example of an input that differs, empty where none was said; nil of others.
    public var exampleShape: [Int]? {
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts[0] == Self.each, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return [] }
        let sizes = parts[1].split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        return sizes.allSatisfy { $0 > 0 } ? sizes : nil
    }

    /// The number, `true` and `false` being 1 and 0; nil of a file.
    public var number: Double? {
        switch value {
        case "true": 1
        case "false": 0
        default: Double(value).flatMap { $0.isFinite ? $0 : nil }
        }
    }

    /// Without spaces, commas and minus signs, so that it can stand in a hash: letters, digits and dots as they are, other bytes as `%` and two digits.
    var mark: String { [name, value, digest ?? ""].map(Self.encoded).joined(separator: "=") }

    /// What ``mark`` says; nil of other text.
    init?(mark: Substring) {
        let parts = mark.split(separator: "=", omittingEmptySubsequences: false).map(Self.decoded)
        guard parts.count == 3 else { return nil }
        self.init(name: parts[0], value: parts[1], digest: parts[2].isEmpty ? nil : parts[2])
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 128 && (scalar.properties.isAlphabetic || (48...57).contains(byte) || byte == 46)
            return isPlain ? String(scalar) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    private static func decoded(_ text: Substring) -> String {
        var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], text.utf8)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count > 1 else { bytes.append(byte); continue }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            rest = rest.dropFirst(2)
            bytes.append(UInt8(digits, radix: 16) ?? 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
