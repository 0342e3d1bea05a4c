extension String {
    /// With control and format characters as `\u{1b}`, but for line breaks where they are kept: names come from files, and a terminal obeys them.
    public func escapingControls(keepsLines: Bool = false) -> String {
        let isPlain = { (scalar: Unicode.Scalar) in
            if (0x20..<0x7F).contains(scalar.value) { return true }
            return switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: keepsLines && scalar == "\n"
            default: true
            }
        }
        if unicodeScalars.allSatisfy(isPlain) { return self }
        return unicodeScalars.map { isPlain($0) ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
    }
}
