import Foundation

/// A number of many, along axes.
public struct Reduction: Hashable, Sendable {
    public enum Function: String, CaseIterable, Hashable, Sendable {
        case sum, mean, maximum, minimum, product
        /// Σ|x| and √Σx².
        case l1, l2
        case sumOfSquares, logOfSum
        /// max + log Σ e^(x − max).
        case logOfSumOfExponentials
    }

    public var function: Function
    /// Ascending, counted from the front.
    public var axes: [Int]
    /// Whether the axes stay, with an extent of 1.
    public var keepsAxes: Bool

    public init(function: Function, axes: [Int], keepsAxes: Bool) {
        self.function = function
        self.axes = axes
        self.keepsAxes = keepsAxes
    }
}

extension Reduction.Function {
    /// The number of all `values`; of none it is what adding further values starts from.
    public func callAsFunction(_ values: [Double]) -> Double {
        switch self {
        case .sum: return values.reduce(0, +)
        case .mean: return values.reduce(0, +) / Double(values.count)
        case .maximum: return values.reduce(-.infinity) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }
        case .minimum: return values.reduce(.infinity) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }
        case .product: return values.reduce(1, *)
        case .l1: return values.reduce(0) { $0 + abs($1) }
        case .l2: return values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case .sumOfSquares: return values.reduce(0) { $0 + $1 * $1 }
        case .logOfSum: return log(values.reduce(0, +))
        case .logOfSumOfExponentials:
            let largest = values.max() ?? -.infinity
            guard largest.isFinite else { return largest }
            return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
        }
    }
}

/// ArgMax or ArgMin.
public struct ExtremePlace: Hashable, Sendable {
    /// The largest value's place, or the smallest's.
    public var isMaximum: Bool
    /// Counted from the front.
    public var axis: Int
    public var keepsAxis: Bool
    /// Which of equal values counts.
    public var takesLast: Bool

    public init(isMaximum: Bool, axis: Int, keepsAxis: Bool, takesLast: Bool = false) {
        self.isMaximum = isMaximum
        self.axis = axis
        self.keepsAxis = keepsAxis
        self.takesLast = takesLast
    }
}

/// Local response normalization over channels: x / (bias + alpha / size · Σ x²)^beta, the sum over `size` neighbouring channels
/// (Krizhevsky and others, 2012).
public struct ResponseNormalization: Hashable, Sendable {
    public var size: Int
    public var alpha: Float
    public var beta: Float
    public var bias: Float

    public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.bias = bias
    }
}
