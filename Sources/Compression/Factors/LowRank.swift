import Tensors

/// How many pairs of a column and a row the product has that takes the place of a layer's weights.
public enum LowRank: Codable, Hashable, Sendable {
    /// A share of the largest rank, rounded to a multiple of ``step`` where it has one: kernels take those the best.
    case share(Double)
    /// So many, at most the largest rank.
    case number(Int)

    /// Ranks that fill the registers of a processor.
    public static let step = 16

    /// The rank of a matrix; 1 at least.
    public func rank(rows: Int, columns: Int) -> Int { rank(atMost: min(rows, columns)) }

    /// That of the product in a layer of a shape.
    public func rank(of shape: Shape) -> Int { rank(atMost: LowRank.largest(of: shape)) }

    private func rank(atMost largest: Int) -> Int {
        switch self {
        case .share(let share):
            let wanted = share * Double(largest)
            let multiple = Int((wanted / Double(LowRank.step)).rounded()) * LowRank.step
            return max(1, min(largest, multiple > 0 ? multiple : Int(wanted.rounded())))
        case .number(let number): return max(1, min(largest, number))
        }
    }

    /// The largest rank of weights as they are stored: the smaller side of [first dimension, all others].
    public static func largest(of shape: Shape) -> Int { min(shape.matrix.rows, shape.matrix.columns) }

    /// The largest rank whose factors have fewer numbers than the weights; 0 where none has.
    public static func paying(of shape: Shape) -> Int {
        let (rows, columns) = shape.matrix
        return max(0, rows * columns - 1) / max(1, rows + columns)
    }
}

extension LowRank {
    /// Said as the other, a number for a share, with the rank that `old` has in a layer of a shape; a share has the nearest that it can have.
    func keepingRank(of old: LowRank, in shape: Shape) -> LowRank {
        switch (self, old) {
        case (.number, .share): .number(old.rank(of: shape))
        case (.share, .number): .share(giving: old.rank(of: shape), of: LowRank.largest(of: shape))
        default: self
        }
    }

    /// At most the largest rank of a layer.
    func limited(to shape: Shape) -> LowRank {
        if case .number(let number) = self { .number(min(number, max(1, LowRank.largest(of: shape)))) } else { self }
    }

    /// The next share that has another rank in a layer of a shape, a hundredth or a twentieth away where that is enough; nil at the end.
    func turned(in shape: Shape, up: Bool, isBig: Bool) -> LowRank? {
        guard case .share(let share) = self else { return nil }
        let (rank, largest) = (rank(of: shape), LowRank.largest(of: shape))
        let hundredths = (100 * share + (up ? 1 : -1) * (isBig ? 5 : 1)).rounded()
        let near = LowRank.share(min(1, max(0, hundredths / 100)))
        if near.rank(of: shape) != rank { return near }
        return stride(from: rank, through: up ? largest : 0, by: up ? 1 : -1).lazy
            .map { LowRank.share(giving: $0, of: largest) }.first { up ? $0.rank(of: shape) > rank : $0.rank(of: shape) < rank }
    }

    /// The share with the fewest decimals that has the rank of which the exact one is the nearest.
    private static func share(giving rank: Int, of largest: Int) -> LowRank {
        let exact = Double(rank) / Double(max(1, largest))
        let target = LowRank.share(exact).rank(atMost: largest)
        let short = [100.0, 1_000, 10_000].lazy.map { LowRank.share((exact * $0).rounded() / $0) }
        return short.first { $0.rank(atMost: largest) == target } ?? .share(exact)
    }
}

extension Shape {
    /// Rows and columns of weights as they are stored: the first dimension and all others.
    fileprivate var matrix: (rows: Int, columns: Int) { (rank == 0 ? 1 : self[0], rowCount) }
}

extension LayerPlan {
    /// The rank of the product in a layer of a shape; nil where weights are none, and while the layer is bypassed.
    public func rank(of shape: Shape) -> Int? {
        if !bypass, case .factors(let rank) = weights { rank.rank(of: shape) } else { nil }
    }
}

extension WeightRepresentation {
    /// Whether two matrices take the place of the weights.
    public var isProduct: Bool { if case .factors = self { true } else { false } }

    /// Ranks said in another way than in `old` keep what they are in a layer of a shape.
    public func keepingRank(of old: WeightRepresentation, in shape: Shape) -> WeightRepresentation {
        guard case .factors(let new) = self, case .factors(let old) = old else { return self }
        return .factors(new.keepingRank(of: old, in: shape))
    }

    /// A rank is at most the largest of a layer.
    public func limited(to shape: Shape) -> WeightRepresentation {
        if case .factors(let rank) = self { .factors(rank.limited(to: shape)) } else { self }
    }
}
