import CYaml

/// What a YAML text must not have: anchors and aliases, by which a small text unfolds to a huge tree, and keys that are no words.
///
/// It goes by the parser's events, so that `*` and `&` in comments, in quotes and within words are what they are.
public enum YAMLGuard {
    public enum Cause: Hashable, Sendable {
        /// `&name`
        case anchor
        /// `*name`
        case alias
        /// A list or mapping as a key.
        case key
    }

    /// The first of them in the text; line and column are counted from 1, columns in Unicode scalars.
    public struct Refusal: Error, Hashable, Sendable {
        public var cause: Cause
        public var line: Int
        public var column: Int

        public init(cause: Cause, line: Int, column: Int) {
            self.cause = cause
            self.line = line
            self.column = column
        }
    }

    /// Goes through the first document up to its end or to what is no YAML, which is for the parser to say.
    ///
    /// Cost: linear in the text; nothing is unfolded.
    public static func check(_ text: String) throws(Refusal) {
        var text = text
        let refusal = text.withUTF8 { bytes in
            var events = YAMLEvents(bytes)
            defer { events.end() }
            return events.firstRefusal()
        }
        if let refusal { throw refusal }
    }
}
