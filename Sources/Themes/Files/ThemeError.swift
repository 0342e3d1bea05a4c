/// Why a theme file can't be used at all.
public enum ThemeError: Error, Hashable, Sendable {
    /// The file can't be read.
    case unreadable(path: String)
    /// Larger than `ThemeReader.byteLimit`.
    case tooLarge(byteCount: Int)
    case notUTF8
    /// Anchors and aliases, by which a small file can become a huge one.
    case alias(line: Int, column: Int)
    /// Not YAML, or not a mapping; the parser's own words.
    case syntax(line: Int, column: Int, detail: String)
}

/// Something in a theme file that was passed over; the rest of the file is used.
public struct ThemeProblem: Error, Hashable, Sendable {
    public enum Fact: Hashable, Sendable {
        /// A key that means nothing here, and the known ones like it.
        case unknownKey(String, near: [String])
        case unknownRole(String, near: [String])
        case notAColor(String)
        case notAnEmphasis(String)
        case notAKind(String)
        /// Another kind of YAML value than `expected` stands here.
        case wrongShape(key: String, expected: String)
        /// No theme has this name; these exist.
        case notFound(String, existing: [String])
        /// The file can't be used.
        case unusable(ThemeError)
    }

    /// The file, or the theme's name where there is none.
    public var file: String
    /// From 1; 0 where the problem has no place.
    public var line, column: Int
    public var fact: Fact

    public init(file: String, line: Int = 0, column: Int = 0, fact: Fact) {
        self.file = file
        self.line = line
        self.column = column
        self.fact = fact
    }
}
