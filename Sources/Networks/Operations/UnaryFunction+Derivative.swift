import Foundation

extension UnaryFunction {
    /// Whether ``derivative(at:)`` says how it changes; steps and truth values have none.
    public var hasDerivative: Bool {
        switch self {
        case .not, .isNaN, .floor, .ceiling, .roundedToEven, .shrink: false
        case .relu, .leakyRelu, .elu, .selu, .celu, .thresholdedRelu, .hardSigmoid, .hardSwish, .swish, .gelu, .mish, .clip, .sigmoid,
            .tanh,
            .softplus, .softsign, .exponential, .logarithm, .squareRoot, .reciprocal, .errorFunction, .absolute, .negative, .sine, .cosine,
            .tangent, .arcSine, .arcCosine, .arcTangent, .hyperbolicSine, .hyperbolicCosine, .inverseHyperbolicSine,
            .inverseHyperbolicCosine, .inverseHyperbolicTangent:
            true
        }
    }

    /// dy/dx at x; at a kink that of the lower side, at a bound of a clip 0.
    public func derivative(at x: Double) -> Double {
        func byValue(_ slope: (Double) -> Double) -> Double { slope(self(x)) }
        return switch self {
        case .relu: x > 0 ? 1 : 0
        case .leakyRelu(let alpha): x > 0 ? 1 : Double(alpha)
        case .elu(let alpha): x > 0 ? 1 : Double(alpha) * exp(x)
        case .selu(let alpha, let gamma): Double(gamma) * (x > 0 ? 1 : Double(alpha) * exp(x))
        case .celu(let alpha): x > 0 ? 1 : exp(x / Double(alpha))
        case .thresholdedRelu(let alpha): x > Double(alpha) ? 1 : 0
        case .hardSigmoid(let alpha, let beta): (0.0.nextUp..<1).contains(Double(alpha) * x + Double(beta)) ? Double(alpha) : 0
        case .hardSwish: x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5
        case .clip(let lower, let upper): x > Double(lower) && x < Double(upper) ? 1 : 0
        case .gelu(let isApproximate): isApproximate ? Self.tanhGeluSlope(x) : Self.geluSlope(x)
        case .swish(let alpha):
            {
                let s = UnaryFunction.sigmoid(Double(alpha) * x)
                return s + Double(alpha) * x * s * (1 - s)
            }()
        case .mish:
            {
                let t = UnaryFunction.tanh(UnaryFunction.softplus(x))
                return t + x * (1 - t * t) * UnaryFunction.sigmoid(x)
            }()
        case .sigmoid: byValue { $0 * (1 - $0) }
        case .tanh: byValue { 1 - $0 * $0 }
        case .softplus: UnaryFunction.sigmoid(x)
        case .softsign: 1 / ((1 + abs(x)) * (1 + abs(x)))
        case .exponential: byValue { $0 }
        case .logarithm: 1 / x
        case .squareRoot: byValue { 0.5 / $0 }
        case .reciprocal: byValue { -$0 * $0 }
        case .errorFunction: 2 / Double.pi.squareRoot() * exp(-x * x)
        case .absolute: x > 0 ? 1 : x < 0 ? -1 : 0
        case .negative: -1
        case .sine: cos(x)
        case .cosine: -sin(x)
        case .tangent: byValue { 1 + $0 * $0 }
        case .arcSine: 1 / (1 - x * x).squareRoot()
        case .arcCosine: -1 / (1 - x * x).squareRoot()
        case .arcTangent: 1 / (1 + x * x)
        case .hyperbolicSine: cosh(x)
        case .hyperbolicCosine: sinh(x)
        case .inverseHyperbolicSine: 1 / (x * x + 1).squareRoot()
        case .inverseHyperbolicCosine: 1 / (x * x - 1).squareRoot()
        case .inverseHyperbolicTangent: 1 / (1 - x * x)
        case .not, .isNaN, .floor, .ceiling, .roundedToEven, .shrink: 0
        }
    }

    private static func geluSlope(_ x: Double) -> Double {
        let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        return 0.5 * (1 + erf(x / 2.0.squareRoot())) + x * density
    }

    private static func tanhGeluSlope(_ x: Double) -> Double {
        let factor = (2 / Double.pi).squareRoot()
        let t = Foundation.tanh(factor * (x + 0.044715 * x * x * x))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * factor * (1 + 3 * 0.044715 * x * x)
    }
}
