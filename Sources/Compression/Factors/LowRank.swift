import Networks
import Tensors

/// By what product of smaller layers a layer's weights are replaced, and of what rank.
///
/// What holds of a layer under it is all here and in its ``Factorization``: ranks, parameters, multiply-adds, and the rank from which they pay.
public struct LowRank: Hashable, Sendable {
    /// How a rank is said.
    public enum Amount: Codable, Hashable, Sendable {
        /// A share of the largest rank, rounded to a multiple of ``LowRank/step`` where it has one: kernels take those the best.
        case share(Double)
        /// So many, at most the largest rank.
        case number(Int)
    }

    /// In which sense the factors are the nearest.
    public enum Weighting: String, Codable, Hashable, Sendable, CaseIterable {
        /// To the weights.
        case plain
        /// To what the layer hands on for calibration examples.
        case outputs
    }

    public var amount: Amount
    public var method: FactorMethod
    public var weighting: Weighting
    /// Of the rank of the outputs under ``FactorMethod/tucker``; nil where `amount` is that of both.
    public var outputs: Amount?

    /// Ranks that fill the registers of a processor.
    public static let step = 16

    public init(_ amount: Amount, method: FactorMethod = .channel, weighting: Weighting = .plain, outputs: Amount? = nil) {
        self.amount = amount
        self.method = method
        self.weighting = weighting
        self.outputs = outputs
    }

    /// Plain channel SVD with a share of the largest rank.
    public static func share(_ share: Double) -> LowRank { LowRank(.share(share)) }
    /// Plain channel SVD of so high a rank.
    public static func number(_ number: Int) -> LowRank { LowRank(.number(number)) }
}

extension LowRank {
    /// The ranks that such weights get, those of one group.
    public func factorization(of weights: WeightGeometry) -> Factorization { factorization(amount, of: weights) }

    /// The same with another amount.
    private func factorization(_ amount: Amount, of weights: WeightGeometry) -> Factorization {
        let largest = method.largestRanks(of: weights)
        let amounts = [amount, outputs ?? amount]
        return Factorization(method, ranks: zip(amounts, largest).map { $0.rank(atMost: $1) }, of: weights)
    }

    /// The largest first rank whose parts have fewer numbers than the weights, with the outputs' rank that follows from it; nil where none has.
    public func paying(of weights: WeightGeometry) -> Factorization? {
        let largest = governed(method.largestRanks(of: weights))
        func candidate(_ rank: Int) -> Factorization {
            if case .share = amount, method == .tucker {
                factorization(.share(Double(rank) / Double(max(1, largest))), of: weights)
            } else {
                factorization(.number(rank), of: weights)
            }
        }
        var (paying, above) = (0, largest + 1)
        while above - paying > 1 {
            let middle = (paying + above) / 2
            if candidate(middle).parameterCount(of: weights) < weights.shape.count { paying = middle } else { above = middle }
        }
        return paying > 0 ? candidate(paying) : nil
    }

    /// The largest number that `amount` can be in a layer.
    public func largestAmount(of weights: WeightGeometry) -> Int { max(1, governed(method.largestRanks(of: weights))) }

    /// Of one number for each rank the one that `amount` turns by the finest steps.
    private func governed(_ numbers: [Int]) -> Int { (outputs == nil ? numbers.max() : numbers.first) ?? 1 }
}

extension LowRank.Amount {
    /// The rank where so high a one is the largest; 1 at least.
    public func rank(atMost largest: Int) -> Int {
        switch self {
        case .share(let share):
            let wanted = share * Double(largest)
            let multiple = Int((wanted / Double(LowRank.step)).rounded()) * LowRank.step
            return max(1, min(largest, multiple > 0 ? multiple : Int(wanted.rounded())))
        case .number(let number): return max(1, min(largest, number))
        }
    }

    /// The share with the fewest decimals that has the rank of which the exact one is the nearest.
    fileprivate static func share(giving rank: Int, of largest: Int) -> LowRank.Amount {
        let exact = Double(rank) / Double(max(1, largest))
        let target = LowRank.Amount.share(exact).rank(atMost: largest)
        let short = [100.0, 1_000, 10_000].lazy.map { LowRank.Amount.share((exact * $0).rounded() / $0) }
        return short.first { $0.rank(atMost: largest) == target } ?? .share(exact)
    }

    fileprivate var isShare: Bool { if case .share = self { true } else { false } }

    fileprivate func limited(to largest: Int) -> LowRank.Amount {
        if case .number(let number) = self { .number(min(number, max(1, largest))) } else { self }
    }
}

extension LowRank {
    /// Said as the other, a number for a share, with the ranks that `old` has in a layer; a share has the nearest that it can have.
    func keepingRank(of old: LowRank, in weights: WeightGeometry) -> LowRank {
        guard method == old.method, amount.isShare != old.amount.isShare else { return self }
        let (ranks, largest) = (old.factorization(of: weights).ranks, method.largestRanks(of: weights))
        let amounts = zip(ranks, largest).map { amount.isShare ? Amount.share(giving: $0, of: $1) : .number($0) }
        var new = self
        new.amount = amounts.first ?? amount
        if let last = amounts.last, new.factorization(of: weights).ranks != ranks { new.outputs = last }
        return new
    }

    /// At most the largest ranks of a layer.
    func limited(to weights: WeightGeometry) -> LowRank {
        let largest = method.largestRanks(of: weights)
        var new = self
        new.amount = amount.limited(to: governed(largest))
        new.outputs = outputs?.limited(to: largest.last ?? 1)
        return new
    }

    /// The next share that has another rank in a layer, a hundredth or a twentieth away where that is enough; nil at the end, and for numbers.
    func turned(in weights: WeightGeometry, up: Bool, isBig: Bool) -> LowRank? {
        guard case .share(let share) = amount else { return nil }
        let (ranks, largest) = (factorization(of: weights).ranks, method.largestRanks(of: weights))
        let finest = governed(largest)
        let rank = outputs == nil && ranks.count > 1 ? amount.rank(atMost: finest) : ranks.first ?? 1
        let shares =
            [near(share, up: up, isBig: isBig)]
            + stride(from: rank, through: up ? finest : 0, by: up ? 1 : -1).lazy.map { Amount.share(giving: $0, of: finest) }
        return shares.lazy.map { with($0) }.first { next in
            let found = next.factorization(of: weights).ranks
            return found != ranks && zip(found, ranks).allSatisfy { up ? $0 >= $1 : $0 <= $1 }
        }
    }

    private func near(_ share: Double, up: Bool, isBig: Bool) -> Amount {
        let hundredths = (100 * share + (up ? 1 : -1) * (isBig ? 5 : 1)).rounded()
        return .share(min(1, max(0, hundredths / 100)))
    }

    private func with(_ amount: Amount) -> LowRank {
        var new = self
        new.amount = amount
        return new
    }
}

extension LayerPlan {
    /// The ranks of the product in a layer; nil where weights are none, and while the layer is bypassed.
    public func factorization(of weights: WeightGeometry) -> Factorization? {
        if !bypass, case .factors(let rank) = self.weights { rank.factorization(of: weights) } else { nil }
    }
}

extension WeightRepresentation {
    /// Whether several layers take the place of one.
    public var isProduct: Bool { if case .factors = self { true } else { false } }

    /// Ranks said in another way than in `old` keep what they are in a layer.
    public func keepingRank(of old: WeightRepresentation, in weights: WeightGeometry) -> WeightRepresentation {
        guard case .factors(let new) = self, case .factors(let old) = old else { return self }
        return .factors(new.keepingRank(of: old, in: weights))
    }

    /// A rank is at most the largest of a layer.
    public func limited(to weights: WeightGeometry) -> WeightRepresentation {
        if case .factors(let rank) = self { .factors(rank.limited(to: weights)) } else { self }
    }
}
