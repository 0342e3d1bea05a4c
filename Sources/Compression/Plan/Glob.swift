/// A pattern for names: `*` is any run of characters, `?` one character, `[a-c]` one of a set, `[!a-c]` one outside it.
///
/// A bracket that is never closed stands for itself. There is no escape: a name with such characters is matched exactly first.
/// Cost of a match: O(pattern · name), without backtracking into earlier stars.
public struct Glob: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case run
        case any
        case one(Character)
        case set([ClosedRange<Character>], isNegated: Bool)
    }

    public let pattern: String
    private let parts: [Part]

    public init(_ pattern: String) {
        self.pattern = pattern
        var rest = Substring(pattern)
        var parts: [Part] = []
        while let first = rest.first {
            if first == "[", let (set, after) = Glob.set(in: rest) {
                parts.append(set)
                rest = after
                continue
            }
            parts.append(first == "*" ? .run : first == "?" ? .any : .one(first))
            rest = rest.dropFirst()
        }
        self.parts = parts
    }

    /// Whether the pattern holds anything but plain characters.
    public var isGlob: Bool { parts.contains { if case .one = $0 { false } else { true } } }

    /// Whether the whole name matches.
    public func matches(_ name: String) -> Bool {
        if parts == [.run] { return true }
        let characters = Array(name)
        var (part, position) = (0, 0)
        var lastRun: (part: Int, position: Int)?
        while position < characters.count {
            if part < parts.count, parts[part] == .run {
                lastRun = (part, position)
                part += 1
            } else if part < parts.count, accepts(parts[part], characters[position]) {
                part += 1
                position += 1
            } else if let run = lastRun {
                lastRun = (run.part, run.position + 1)
                (part, position) = (run.part + 1, run.position + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .run }
    }

    private func accepts(_ part: Part, _ character: Character) -> Bool {
        switch part {
        case .run: false
        case .any: true
        case .one(let expected): expected == character
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    /// The set at the start of `text` and what follows it; a `]` right after the opening belongs to the set.
    private static func set(in text: Substring) -> (Part, Substring)? {
        var rest = text.dropFirst()
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest = rest.dropFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let first = rest.first, first != "]" || ranges.isEmpty {
            rest = rest.dropFirst()
            let upper = rest.dropFirst().first
            if rest.first == "-", let upper, upper != "]" {
                if first <= upper { ranges.append(first...upper) }
                rest = rest.dropFirst(2)
            } else {
                ranges.append(first...first)
            }
        }
        return rest.isEmpty ? nil : (.set(ranges, isNegated: isNegated), rest.dropFirst())
    }
}
