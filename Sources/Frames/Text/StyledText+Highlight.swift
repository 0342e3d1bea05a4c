extension StyledText {
    /// The text with the letters of `filter` underlined and bold: as one piece where it stands so, else one letter after another.
    public func highlighting(_ filter: String) -> StyledText {
        let wanted = filter.lowercased().unicodeScalars.filter { $0 != " " }
        guard !wanted.isEmpty else { return self }
        let letters = runs.flatMap { run in run.text.unicodeScalars.map { (scalar: $0, style: run.style) } }
        let plain = letters.map { $0.scalar.properties.lowercaseMapping.unicodeScalars.first ?? $0.scalar }
        let matched = Self.piece(Array(filter.lowercased().unicodeScalars), in: plain) ?? Self.letters(Array(wanted), in: plain)
        var result = StyledText(runs: [])
        for (index, letter) in letters.enumerated() {
            var style = letter.style
            if matched.contains(index) { style.emphasis.formUnion([.underline, .bold]) }
            result.append(letter.scalar, style)
        }
        return result
    }

    private static func piece(_ wanted: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Set<Int>? {
        guard wanted.count <= text.count else { return nil }
        for start in 0...(text.count - wanted.count) where text[start..<(start + wanted.count)].elementsEqual(wanted) {
            return Set(start..<(start + wanted.count))
        }
        return nil
    }

    /// The first place of each letter behind the one before; nothing where not all are found.
    private static func letters(_ wanted: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Set<Int> {
        var places: Set<Int> = []
        var next = 0
        for (index, scalar) in text.enumerated() where next < wanted.count && scalar == wanted[next] {
            places.insert(index)
            next += 1
        }
        return next == wanted.count ? places : []
    }
}
