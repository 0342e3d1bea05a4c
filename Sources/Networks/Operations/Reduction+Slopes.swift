import Foundation

extension Reduction.Function {
    /// The derivative by each of `values`; of equal maxima or minima the first has it. Cost: O(values).
    public func slopes(_ values: [Double]) -> [Double] {
        switch self {
        case .sum: return values.map { _ in 1 }
        case .mean: return values.map { _ in 1 / Double(values.count) }
        case .maximum, .minimum:
            let winner = values.firstIndex(of: self(values))
            return values.indices.map { $0 == winner ? 1 : 0 }
        case .product: return Self.productsOfOthers(values)
        case .l1: return values.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
        case .l2:
            let length = self(values)
            return values.map { length == 0 ? 0 : $0 / length }
        case .sumOfSquares: return values.map { 2 * $0 }
        case .logOfSum:
            let sum = values.reduce(0, +)
            return values.map { _ in 1 / sum }
        case .logOfSumOfExponentials:
            let result = self(values)
            return values.map { exp($0 - result) }
        }
    }

    /// By running products from both ends, for a 0 may be among them.
    private static func productsOfOthers(_ values: [Double]) -> [Double] {
        var result = [Double](repeating: 1, count: values.count)
        var (before, after) = (1.0, 1.0)
        for (front, back) in zip(values.indices, values.indices.reversed()) {
            result[front] *= before
            before *= values[front]
            result[back] *= after
            after *= values[back]
        }
        return result
    }
}
