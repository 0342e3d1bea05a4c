/// What a session may be called.
public enum SessionName {
    private static let largestCount = 100
    private static let largestByteCount = 200
    /// Allowed, but not first.
    private static let punctuation = "-_. "

    /// Refuses a name for a new session that has other characters than letters, digits, `-`, `_`, `.` and blanks.
    public static func check(_ name: String) throws(SessionError) {
        guard name.unicodeScalars.allSatisfy(isAllowed), isFileName(name), name.last != " ", let first = name.first,
            !punctuation.contains(first)
        else { throw .badName(name) }
    }

    /// Refuses what can't be the name of a file in the folder; names of older versions may have more characters than new ones.
    static func checkKnown(_ name: String) throws(SessionError) {
        let isSafe = name.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: scalar != "/" && scalar != "\\" && scalar != "@"
            }
        }
        guard isSafe, isFileName(name) else { throw .badName(name) }
    }

    /// The nearest name that a session may have: `-` in the place of every other character.
    public static func made(from text: String) -> String {
        var name = String(String.UnicodeScalarView(text.unicodeScalars.map { isAllowed($0) ? $0 : "-" }))
        while let first = name.first, punctuation.contains(first) { name.removeFirst() }
        name = String(name.prefix(largestCount - 10))
        while name.last == " " || name.utf8.count > largestByteCount - 10 { name.removeLast() }
        return name.isEmpty ? "session" : name
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            true
        default: punctuation.unicodeScalars.contains(scalar)
        }
    }

    private static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && name.count <= largestCount && name.utf8.count <= largestByteCount && !name.hasPrefix(".") && name.first != " "
    }
}
