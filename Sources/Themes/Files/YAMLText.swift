import Documents
import Yams

/// YAML of bounded cost: one document, no anchors, no aliases.
enum YAMLText {
    /// The pairs of the mapping that the text is.
    static func mapping(_ text: String) throws(ThemeError) -> [(Node, Node)] {
        do { try YAMLGuard.check(text) } catch { throw themeError(error) }
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

    private static func themeError(_ refusal: YAMLGuard.Refusal) -> ThemeError {
        switch refusal.cause {
        case .anchor, .alias: .alias(line: refusal.line, column: refusal.column)
        case .key: .syntax(line: refusal.line, column: refusal.column, detail: "a list or mapping as a key")
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
}
