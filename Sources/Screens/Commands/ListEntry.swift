import Frames

/// One line of the palette or the help: a command, or the meaning of a number.
public struct ListEntry: Hashable, Sendable {
    public var title: String
    public var detail: String
    /// The keys, joined.
    public var keys: String
    /// The command that Enter runs.
    public var command: String?
    /// Why it can't be run now.
    public var obstacle: String?
    /// Other words for it.
    public var synonyms: [String] = []

    /// Letters of `query` in order, in title or name: higher is better; nil without a match.
    func score(_ query: String) -> Int? {
        if query.isEmpty { return 0 }
        let best = [title, command ?? ""].compactMap { Self.score(query.lowercased(), in: $0.lowercased()) }.max()
        if let best, best >= Self.wordScore { return best }
        if synonyms.contains(where: { $0.hasPrefix(query.lowercased()) }) { return Self.wordScore }
        if let best { return best }
        return detail.lowercased().contains(query.lowercased()) || keys.lowercased() == query.lowercased() ? 1 : nil
    }

    /// Of another word for the same: behind titles and names that have the text in one piece, before those that have its letters apart.
    private static let wordScore = 201

    /// 1,000 for a piece at the start, 500 at the start of a word, 300 elsewhere; letters apart get less the wider they lie.
    private static func score(_ query: String, in text: String) -> Int? {
        if text.hasPrefix(query) { return 1_000 - text.count }
        if text.contains(" " + query) || text.contains("-" + query) { return 500 - text.count }
        if text.contains(query) { return 300 - text.count }
        var first: Int?
        var last = 0
        var wanted = query.filter { $0 != " " }[...]
        for (index, character) in text.enumerated() where character == wanted.first {
            first = first ?? index
            last = index
            wanted = wanted.dropFirst()
        }
        guard wanted.isEmpty, let first else { return nil }
        return max(2, 200 - (last - first) * 4)
    }
}
