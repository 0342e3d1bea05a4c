/// What may be typed of a removal: `25%`, `12`, or `45% macs`, and behind it in any order a criterion (`fpgm`), a ranking (`global`), what goes as a whole
/// (`groups`), what a share is rounded to (`/8`) and in how many steps (`x4`).
public struct FilterRequest: Hashable, Sendable {
    /// Nil where only the rest is said.
    public var amount: FilterAmount?
    /// Nil where nothing is said.
    public var criterion: FilterCriterion?
    public var ranking: FilterRanking?
    public var unit: FilterUnit?
    public var rounding: FilterRounding = .automatic
    public var steps = 1

    public static let stepRange = 1...100

    public init(
        amount: FilterAmount?, criterion: FilterCriterion? = nil, ranking: FilterRanking? = nil, rounding: FilterRounding = .automatic
    ) {
        (self.amount, self.criterion, self.ranking, self.rounding) = (amount, criterion, ranking, rounding)
    }

    /// Nil for another text.
    public init?(_ text: String) {
        do throws(WordProblem) { try self.init(reading: text) } catch { return nil }
    }

    /// - Throws: what is wrong with the first word that can't be read.
    public init(reading text: String) throws(WordProblem) {
        self.init(amount: nil)
        for word in text.split(whereSeparator: \.isWhitespace) { try take(word.lowercased()) }
    }

    private mutating func take(_ word: String) throws(WordProblem) {
        if word.first?.isNumber == true || word.first == "-" {
            try takeAmount(word)
        } else if let cost = FilterCost(rawValue: word) {
            guard case .share(let share)? = amount, share > 0, share < 1 else {
                throw WordProblem(word, "stands behind a share between 0% and 100%, as in '45% \(word)'")
            }
            amount = .aim(cost, share)
        } else if let found = FilterCriterion(rawValue: word) {
            criterion = found
        } else if let found = FilterRanking(rawValue: word) {
            ranking = found
        } else if let found = FilterUnit(rawValue: word) {
            unit = found
        } else if word.hasPrefix("/") {
            rounding = .multiple(try Self.number(word, in: 1...1024, "what to round to"))
        } else if word.hasPrefix("x"), word.dropFirst().first?.isNumber == true {
            steps = try Self.number(word, in: Self.stepRange, "a number of steps")
        } else {
            throw WordProblem(word, isNo: "word of a removal", known: Self.known, all: Self.words)
        }
    }

    private mutating func takeAmount(_ word: String) throws(WordProblem) {
        guard amount == nil else { throw WordProblem(word, "is a second amount; say one") }
        guard let found = FilterAmount(word) else {
            let isShare = word.hasSuffix("%")
            throw WordProblem(word, isShare ? "is no share from 0% to 100%" : "is no whole number, and no share such as 25%")
        }
        amount = found
    }

    /// The number behind the first character.
    private static func number(_ word: String, in range: ClosedRange<Int>, _ what: String) throws(WordProblem) -> Int {
        guard let number = Int(word.dropFirst()), range.contains(number) else {
            let first = word.prefix(1)
            throw WordProblem(word, "is not \(what), which is \(first)\(range.lowerBound) to \(first)\(range.upperBound)")
        }
        return number
    }

    private static let known =
        FilterCriterion.allCases.map(\.rawValue) + FilterRanking.allCases.map(\.rawValue) + FilterUnit.allCases.map(\.rawValue)
        + FilterCost.allCases.map(\.rawValue)

    private static let words: String = {
        func list<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> String {
            type.allCases.map(\.rawValue).joined(separator: ", ")
        }
        return "criteria (\(list(FilterCriterion.self))), rankings (\(list(FilterRanking.self))), "
            + "what goes as a whole (\(list(FilterUnit.self))), costs behind a share (\(list(FilterCost.self))), a rounding (/8) and steps (x4)"
    }()
}
