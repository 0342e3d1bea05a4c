extension Document {
    /// A name as a YAML key or value: plain, else in single quotes, else in double quotes with escapes.
    static func scalar(_ name: String) throws(PlanFileError) -> String {
        let scalars = Array(name.unicodeScalars)
        let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if let first = scalars.first, first.isWordStart, scalars.allSatisfy(\.isPlain), !words.contains(name.lowercased()) {
            return try short(name)
        }
        if scalars.allSatisfy(\.isQuotable) { return try short("'\(name)'") }
        let escaped = scalars.map { $0.isQuotable && !"\"\\".unicodeScalars.contains($0) ? String($0) : $0.escaped }
        return try short("\"\(escaped.joined())\"")
    }

    /// libyaml reads keys of at most 1,024 bytes on one line.
    private static func short(_ key: String) throws(PlanFileError) -> String {
        guard key.utf8.count <= 1_000 else { throw PlanFileError(problem: .nameTooLong(count: key.count)) }
        return key
    }
}

extension Unicode.Scalar {
    fileprivate var isWordStart: Bool { properties.isAlphabetic && isASCII || self == "_" }

    fileprivate var isPlain: Bool { isWordStart || ("0"..."9").contains(self) || "./-_".unicodeScalars.contains(self) }

    /// Printable ASCII without the apostrophe.
    fileprivate var isQuotable: Bool { (" "..."~").contains(self) && self != "'" }

    fileprivate var escaped: String { "\\U" + String(repeating: "0", count: 8 - hexadecimal.count) + hexadecimal }

    private var hexadecimal: String { String(value, radix: 16, uppercase: true) }
}
