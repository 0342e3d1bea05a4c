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
        self.init(amount: nil)
        for word in text.split(whereSeparator: \.isWhitespace) { guard take(word.lowercased()) else { return nil } }
    }

    private mutating func take(_ word: String) -> Bool {
        if let found = FilterAmount(word), amount == nil {
            amount = found
        } else if let cost = FilterCost(rawValue: word), case .share(let share)? = amount, share > 0, share < 1 {
            amount = .aim(cost, share)
        } else if let found = FilterCriterion(rawValue: word) {
            criterion = found
        } else if let found = FilterRanking(rawValue: word) {
            ranking = found
        } else if let found = FilterUnit(rawValue: word) {
            unit = found
        } else if word.hasPrefix("/"), let multiple = Int(word.dropFirst()), (1...1024).contains(multiple) {
            rounding = .multiple(multiple)
        } else if word.hasPrefix("x"), let count = Int(word.dropFirst()), Self.stepRange.contains(count) {
            steps = count
        } else {
            return false
        }
        return true
    }
}
