import Foundation

/// A function of two numbers, applied to two operands with broadcasting.
public enum BinaryFunction: String, CaseIterable, Hashable, Sendable {
    case add, subtract, multiply, divide, power
    /// trunc(a / b): what Div is of whole numbers.
    case quotient
    /// a − b · ⌊a / b⌋, with the sign of b.
    case modulo
    /// a − b · trunc(a / b), with the sign of a.
    case remainder
    /// a, or a · b below 0: PRelu with slopes b.
    case leaky
    /// 1 where it holds, else 0.
    case equal, greater, greaterOrEqual, less, lessOrEqual
    /// Of truth values: all but 0 is true.
    case and, or, xor
}

extension BinaryFunction {
    public func callAsFunction(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .power: pow(a, b)
        case .quotient: (a / b).rounded(.towardZero)
        case .modulo: Self.modulo(a, b)
        case .remainder: fmod(a, b)
        case .leaky: a < 0 ? a * b : a
        case .equal: a == b ? 1 : 0
        case .greater: a > b ? 1 : 0
        case .greaterOrEqual: a >= b ? 1 : 0
        case .less: a < b ? 1 : 0
        case .lessOrEqual: a <= b ? 1 : 0
        case .and: a != 0 && b != 0 ? 1 : 0
        case .or: a != 0 || b != 0 ? 1 : 0
        case .xor: (a != 0) != (b != 0) ? 1 : 0
        }
    }

    private static func modulo(_ a: Double, _ b: Double) -> Double {
        let rest = fmod(a, b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }

    /// Whether the result is a truth value.
    public var isRelation: Bool {
        switch self {
        case .equal, .greater, .greaterOrEqual, .less, .lessOrEqual, .and, .or, .xor: true
        case .add, .subtract, .multiply, .divide, .power, .quotient, .modulo, .remainder, .leaky: false
        }
    }
}

/// A function of any number of operands with broadcasting.
public enum VariadicFunction: String, CaseIterable, Hashable, Sendable {
    case sum, mean, maximum, minimum
}

extension VariadicFunction {
    /// The function of the elements that meet; NaN wherever one is NaN. 0 for none.
    public func callAsFunction(_ values: [Double]) -> Double {
        guard let first = values.first else { return 0 }
        switch self {
        case .sum: return values.reduce(0, +)
        case .mean: return values.reduce(0, +) / Double(values.count)
        case .maximum: return values.dropFirst().reduce(first) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }
        case .minimum: return values.dropFirst().reduce(first) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }
        }
    }
}
