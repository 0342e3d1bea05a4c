/// Refuses anchors, aliases and explicit keys before the YAML parser sees them: nested aliases take time exponential in their number.
///
/// The check is strict rather than exact: `&`, `*` or a lone `?` where a value could begin is refused even inside quotes. What
/// follows `#` is a comment where no quotation mark follows on the line, for only then can nothing but a comment or text stand there.
enum DocumentGuard {
    static func check(_ text: String) throws(PlanFileError) {
        var line = 1
        for scalars in text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: isBreak) {
            if let (column, indicator) = firstIndicator(in: Array(scalars)) {
                let place = PlanFileError.Place(line: line, column: column)
                throw PlanFileError(place: place, problem: .notRead(indicator: String(indicator)))
            }
            line += 1
        }
    }

    /// Whether `scalars[index]` would be taken for the beginning of an anchor, alias or explicit key.
    static func isIndicator(at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        let before = index > 0 ? scalars[index - 1] : " "
        switch scalars[index] {
        case "&", "*":
            if before == ":", index > 1 { return "'\"]}".unicodeScalars.contains(scalars[index - 2]) }
            return isBlank(before) || "[{,".unicodeScalars.contains(before)
        case "?":
            let after = index + 1 < scalars.count ? scalars[index + 1] : " "
            return (isBlank(before) || "[{,".unicodeScalars.contains(before)) && isBlank(after)
        default: return false
        }
    }

    private static func firstIndicator(in line: [Unicode.Scalar]) -> (column: Int, indicator: Unicode.Scalar)? {
        let lastQuote = line.lastIndex { $0 == "'" || $0 == "\"" } ?? -1
        for index in line.indices {
            if line[index] == "#", index > lastQuote, index == 0 || isBlank(line[index - 1]) { return nil }
            if isIndicator(at: index, in: line) { return (index + 1, line[index]) }
        }
        return nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\u{FEFF}" }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }
}
