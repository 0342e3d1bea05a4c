/// How many channels are to go: `12`, `25%`, of which what stays is rounded, or as many as it takes to come to a cost.
public enum FilterAmount: Hashable, Sendable {
    case count(Int)
    /// In 0…1.
    case share(Double)
    /// Until at most this part, in 0…1, of what the network costs is left.
    case aim(FilterCost, Double)

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

    /// How many go of so many; nil where none or all would, and for an aim.
    public func removed(of total: Int, rounding: FilterRounding) -> Int? {
        let count: Int
        switch self {
        case .count(let number): count = number
        case .share(let share): count = Int((share * Double(total)).rounded())
        case .aim: return nil
        }
        guard total > 1, (1..<total).contains(count) else { return nil }
        guard case .share = self else { return count }
        let kept = rounding.kept(Double(total - count), of: total)
        return kept < total ? total - kept : nil
    }

    /// A part of it, in 0…1: what is done after some of several steps.
    public func part(_ part: Double) -> FilterAmount {
        switch self {
        case .count(let count): .count(Int((Double(count) * part).rounded()))
        case .share(let share): .share(share * part)
        case .aim(let cost, let share): .aim(cost, 1 - (1 - share) * part)
        }
    }
}

/// What an aim is counted in.
public enum FilterCost: String, CaseIterable, Codable, Hashable, Sendable {
    case multiplyAdds = "macs"
    case parameters

    public var title: String { self == .multiplyAdds ? "multiply-adds" : "parameters" }
}

/// Which channels are held against one another.
public enum FilterRanking: String, CaseIterable, Codable, Hashable, Sendable {
    /// Each layer loses the same amount of its own.
    case layer
    /// All channels of all layers in one order.
    case global
    /// One order for the layers of each structure: those whose channels are made, handed on and read by the same kinds of nodes (Fang and others, 2024).
    case isomorphic

    public var title: String {
        switch self {
        case .layer: "within each layer"
        case .global: "over all layers"
        case .isomorphic: "over layers of the same structure"
        }
    }
}

/// What goes as a whole.
public enum FilterUnit: String, CaseIterable, Codable, Hashable, Sendable {
    /// Channels one by one; of an attention whole heads.
    case heads
    /// Of an attention the same dimension of every head.
    case dimensions
    /// Whole groups of a convolution in groups, inputs and outputs.
    case groups
}
