import Yams

/// YAML of bounded cost: one document, no anchors, no aliases.
enum YAMLText {
    /// The pairs of the mapping that the text is.
    static func mapping(_ text: String) throws(ThemeError) -> [(Node, Node)] {
        if let place = aliasPlace(in: text) { throw .alias(line: place.line, column: place.column) }
        guard let root = try composed(text) else { throw .syntax(line: 1, column: 1, detail: "empty") }
        guard let mapping = root.mapping else {
            throw .syntax(line: root.mark?.line ?? 1, column: root.mark?.column ?? 1, detail: "not a mapping of keys")
        }
        return mapping.map { ($0.key, $0.value) }
    }

    private static func composed(_ text: String) throws(ThemeError) -> Node? {
        do {
            return try compose(yaml: text)
        } catch let error as YamlError {
            throw themeError(error)
        } catch {
            throw .syntax(line: 1, column: 1, detail: "\(error)")
        }
    }

    private static func themeError(_ error: YamlError) -> ThemeError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            .syntax(line: mark.line, column: mark.column, detail: problem)
        case .duplicatedKeysInMapping(let keys, let context):
            .syntax(line: context.mark.line, column: context.mark.column, detail: "\(keys.joined(separator: ", ")) given twice")
        case .reader(let problem, _, _, _): .syntax(line: 1, column: 1, detail: problem)
        default: .syntax(line: 1, column: 1, detail: "unreadable YAML")
        }
    }

    /// The first `&name` or `*name` where YAML could see an anchor or alias; comment lines without quotes are passed over.
    ///
    /// Stricter than YAML on purpose: it also finds them inside quotes, where a theme has no use for them.
    static func aliasPlace(in text: String) -> (line: Int, column: Int)? {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let scalars = Array(line.unicodeScalars)
            let isComment = scalars.first { $0 != " " } == "#" && !scalars.contains("'") && !scalars.contains("\"")
            if isComment { continue }
            var before: Unicode.Scalar = " "
            for (index, scalar) in scalars.enumerated() {
                let mayStart = " \t\r[]{},:-?'\"!".unicodeScalars.contains(before) || before.value == 0xFEFF || before.value > 126
                let next = index + 1 < scalars.count ? scalars[index + 1] : " "
                if mayStart, scalar == "&" || scalar == "*", next != " ", next != "\t", next != "\r" {
                    return (number + 1, index + 1)
                }
                before = scalar
            }
        }
        return nil
    }
}
