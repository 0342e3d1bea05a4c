/// How many channels are to go: `12`, or `25%`, of which what stays is rounded.
public enum FilterAmount: Hashable, Sendable {
    case count(Int)
    /// In 0…1.
    case share(Double)

    /// Nil for another text.
    public init?(_ text: some StringProtocol) {
        if text.hasSuffix("%") {
            guard let share = Double(text.dropLast()), (0...100).contains(share) else { return nil }
            self = .share(share / 100)
        } else {
            guard let count = Int(text) else { return nil }
            self = .count(count)
        }
    }

    /// How many go of so many; nil where none or all would.
    public func removed(of total: Int, rounding: FilterRounding) -> Int? {
        let count =
            switch self {
            case .count(let count): count
            case .share(let share): Int((share * Double(total)).rounded())
            }
        guard total > 1, (1..<total).contains(count) else { return nil }
        guard case .share = self else { return count }
        return total - rounding.kept(Double(total - count), of: total)
    }
}

/// What may be typed of a removal: `25%`, `12`, and behind it in any order a criterion (`fpgm`) and what a share is rounded to (`/8`).
public struct FilterRequest: Hashable, Sendable {
    public var amount: FilterAmount
    public var criterion: FilterCriterion
    public var rounding: FilterRounding

    public init(amount: FilterAmount, criterion: FilterCriterion = .l1, rounding: FilterRounding = .automatic) {
        (self.amount, self.criterion, self.rounding) = (amount, criterion, rounding)
    }

    /// Nil for another text.
    public init?(_ text: String) {
        let words = text.split { $0.isWhitespace }
        guard let amount = words.first.flatMap({ FilterAmount($0) }) else { return nil }
        self.init(amount: amount)
        for word in words.dropFirst() {
            if let criterion = FilterCriterion(rawValue: word.lowercased()) {
                self.criterion = criterion
            } else if word.hasPrefix("/"), let multiple = Int(word.dropFirst()), (1...1024).contains(multiple) {
                rounding = .multiple(multiple)
            } else {
                return nil
            }
        }
    }
}
