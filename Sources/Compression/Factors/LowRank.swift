/// How many pairs of a column and a row the product has that takes the place of a layer's weights.
public enum LowRank: Codable, Hashable, Sendable {
    /// A share of the largest rank, rounded to a multiple of ``step`` where it has one: kernels take those the best.
    case share(Double)
    /// So many, at most the largest rank.
    case number(Int)

    /// Ranks that fill the registers of a processor.
    public static let step = 16

    /// The rank of a matrix; 1 at least.
    public func rank(rows: Int, columns: Int) -> Int {
        let largest = min(rows, columns)
        switch self {
        case .share(let share):
            let wanted = share * Double(largest)
            let multiple = Int((wanted / Double(LowRank.step)).rounded()) * LowRank.step
            return max(1, min(largest, multiple > 0 ? multiple : Int(wanted.rounded())))
        case .number(let number): return max(1, min(largest, number))
        }
    }
}
