import Foundation

extension BinaryFunction {
    /// Whether ``partials(_:_:)`` says how it changes; relations and remainders have no gradient.
    public var hasDerivative: Bool {
        switch self {
        case .add, .subtract, .multiply, .divide, .power, .leaky: true
        case .quotient, .modulo, .remainder, .equal, .greater, .greaterOrEqual, .less, .lessOrEqual, .and, .or, .xor: false
        }
    }

    /// (∂f/∂a, ∂f/∂b); 0 for what has no derivative. Of a power, 0 in place of the logarithm where a = 0 and b ≥ 0.
    public func partials(_ a: Double, _ b: Double) -> (Double, Double) {
        switch self {
        case .add: (1, 1)
        case .subtract: (1, -1)
        case .multiply: (b, a)
        case .divide: (1 / b, -a / (b * b))
        case .power: (b == 0 ? 0 : b * pow(a, b - 1), a == 0 && b >= 0 ? 0 : pow(a, b) * log(a))
        case .leaky: a < 0 ? (b, a) : (1, 0)
        case .quotient, .modulo, .remainder, .equal, .greater, .greaterOrEqual, .less, .lessOrEqual, .and, .or, .xor: (0, 0)
        }
    }
}
