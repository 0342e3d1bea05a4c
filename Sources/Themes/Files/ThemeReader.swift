import Frames
import Yams

/// Reads a theme file.
///
///     summary: Dark blue
///     kind: dark                      # dark | light | neutral | mono | ansi16
///     terminal: {foreground: '#d4d4d4', background: '#1e1e1e'}
///     roles:
///       title: '#87d7ff'              # a foreground
///       selection: {background: 237}
///       knob: {foreground: black, background: '#ffd75f', emphasis: [bold]}
///
/// What is unknown is reported and passed over.
public struct ThemeReader {
    /// The largest file in bytes.
    public static let byteLimit = 1 << 20

    let file: String
    private(set) var problems: [ThemeProblem] = []

    private init(file: String) { self.file = file }

    /// The theme in `bytes` and what was passed over.
    ///
    /// - Parameter name: the theme's name.
    /// - Parameter file: named in problems.
    public static func read(
        _ bytes: [UInt8], name: String, file: String
    ) throws(ThemeError) -> (theme: Theme, problems: [ThemeProblem]) {
        guard bytes.count <= byteLimit else { throw .tooLarge(byteCount: bytes.count) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        let pairs = try YAMLText.mapping(text)
        var reader = ThemeReader(file: file)
        let theme = reader.theme(pairs, name: name)
        return (theme, reader.problems)
    }

    private mutating func theme(_ pairs: [(Node, Node)], name: String) -> Theme {
        var theme = Theme(name: name, summary: "", kind: .dark, given: [:])
        var terminal: [String: RGB] = [:]
        for (key, value) in pairs {
            switch key.string {
            case "summary": theme.summary = value.scalar?.string ?? ""
            case "kind": theme.kind = kind(value) ?? theme.kind
            case "terminal": terminal = terminalColors(value)
            case "roles": theme.given = roles(value)
            default: report(key, .unknownKey(key.text, near: key.text.near(["summary", "kind", "terminal", "roles"])))
            }
        }
        return Theme(
            name: name, summary: theme.summary, kind: theme.kind, assumedForeground: terminal["foreground"],
            assumedBackground: terminal["background"], given: theme.given)
    }

    private mutating func kind(_ node: Node) -> Theme.Kind? {
        if let kind = node.scalar.flatMap({ Theme.Kind(rawValue: $0.string) }) { return kind }
        report(node, .notAKind(node.text))
        return nil
    }

    private mutating func terminalColors(_ node: Node) -> [String: RGB] {
        var colors: [String: RGB] = [:]
        for (key, value) in pairs(node, key: "terminal", expected: "{foreground: '#RRGGBB', background: '#RRGGBB'}") {
            guard ["foreground", "background"].contains(key.text) else {
                report(key, .unknownKey(key.text, near: key.text.near(["foreground", "background"])))
                continue
            }
            if let color = RGB(hex: value.text) { colors[key.text] = color } else { report(value, .notAColor(value.text)) }
        }
        return colors
    }

    private mutating func roles(_ node: Node) -> [Role: Theme.Look] {
        var looks: [Role: Theme.Look] = [:]
        for (key, value) in pairs(node, key: "roles", expected: "a mapping of roles") {
            if let role = Role(rawValue: key.text) {
                looks[role] = look(value)
            } else {
                report(key, .unknownRole(key.text, near: key.text.near(Role.allCases.map(\.rawValue))))
            }
        }
        return looks
    }

    private mutating func look(_ node: Node) -> Theme.Look {
        if node.scalar != nil { return Theme.Look(foreground: color(node)) }
        var look = Theme.Look()
        for (key, value) in pairs(node, key: "role", expected: "a colour or {foreground, background, emphasis}") {
            switch key.text {
            case "foreground": look.foreground = color(value)
            case "background": look.background = color(value)
            case "emphasis": look.emphasis = emphasis(value)
            default: report(key, .unknownKey(key.text, near: key.text.near(["foreground", "background", "emphasis"])))
            }
        }
        return look
    }

    private mutating func color(_ node: Node) -> ThemeColor? {
        if let color = ThemeColor(node.text) { return color }
        report(node, .notAColor(node.text))
        return nil
    }

    private mutating func emphasis(_ node: Node) -> Emphasis {
        let names: [String: Emphasis] = ["bold": .bold, "dim": .dim, "reverse": .reverse, "underline": .underline]
        let nodes = node.sequence.map { Array($0) } ?? [node]
        return nodes.reduce(into: Emphasis()) { result, word in
            if let emphasis = names[word.text] { result.insert(emphasis) } else { report(word, .notAnEmphasis(word.text)) }
        }
    }

    private mutating func pairs(_ node: Node, key: String, expected: String) -> [(Node, Node)] {
        if let mapping = node.mapping { return mapping.map { ($0.key, $0.value) } }
        report(node, .wrongShape(key: key, expected: expected))
        return []
    }

    private mutating func report(_ node: Node, _ fact: ThemeProblem.Fact) {
        let mark = node.mark
        problems.append(ThemeProblem(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0, fact: fact))
    }
}

extension Node {
    /// A scalar's text as written; a word for anything else.
    var text: String { scalar?.string ?? (mapping != nil ? "{…}" : "[…]") }
}
