extension FormatError {
    /// One sentence with file, place, expectation and finding, and one with the cure where there is one.
    ///
    /// `data/train.idx, byte 4: the IDX header should have 1…4 dimensions, but has 9. …`
    public var message: String {
        let place = offset.map { ", byte \($0)" } ?? ""
        let fact = "\(escaped(file, limit: 240))\(place): \(reading): expected \(expected), found \(actual)."
        let sentence = escaped(fact, limit: 800)
        guard let cure else { return sentence }
        // A cure may be commands on lines of their own; what it quotes is escaped.
        let lines = cure.split(separator: "\n").map { escaped(String($0), limit: 300) }
        return sentence + " " + lines.joined(separator: "\n")
    }
}

extension FormatError: CustomStringConvertible {
    public var description: String { message }
}

/// Text that is safe on a terminal: control and format characters as `\u{1b}`, cut to `limit` characters with an ellipsis.
func escaped(_ text: String, limit: Int) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        guard count < limit else { return result + "…" }
        let piece = isPlain(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        result += piece
        count += piece.unicodeScalars.count
    }
    return result
}

/// A name from a file in single quotes, escaped and cut to 60 characters.
func quoted(_ name: some StringProtocol) -> String { "'\(escaped(String(name), limit: 60))'" }

/// Names from a file, quoted; at most six of them.
func quoted(_ names: [String]) -> String {
    let shown = names.prefix(6).map { quoted($0) }.joined(separator: ", ")
    return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
}

private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
}
