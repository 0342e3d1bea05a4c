extension ThemeProblem: CustomStringConvertible {
    /// One line: `Themes/mine.yaml:4:3: there is no role "titel"; did you mean title?`
    public var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return place + ": " + fact.message
    }
}

extension ThemeProblem.Fact {
    var message: String {
        switch self {
        case .unknownKey(let key, let near): "\"\(key)\" means nothing here" + Self.suggestion(near)
        case .unknownRole(let role, let near): "there is no role \"\(role)\"" + Self.suggestion(near)
        case .notAColor(let text):
            "\"\(text)\" is not a colour: write '#RRGGBB', a number 0…255, a name such as bright-blue, or default"
        case .notAnEmphasis(let text): "\"\(text)\" is not one of bold, dim, reverse, underline"
        case .notAKind(let text): "\"\(text)\" is not one of dark, light, neutral, mono, ansi16"
        case .wrongShape(let key, let expected): "\"\(key)\" must be \(expected)"
        case .notFound(let name, let existing): "there is no theme \"\(name)\"; there are \(existing.joined(separator: ", "))"
        case .unusable(let error): error.message
        }
    }

    private static func suggestion(_ near: [String]) -> String {
        near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    }
}

extension ThemeError: CustomStringConvertible {
    public var description: String { message }

    var message: String {
        switch self {
        case .unreadable(let path): "\(path) can't be read"
        case .tooLarge(let count): "\(count) bytes are too many for a theme; the limit is \(ThemeReader.byteLimit)"
        case .notUTF8: "not UTF-8"
        case .alias(let line, let column): "line \(line), column \(column): anchors and aliases (& and *) are not allowed"
        case .syntax(let line, let column, let detail): "line \(line), column \(column): \(detail)"
        }
    }
}
