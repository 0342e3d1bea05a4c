import Foundation

/// A function of one number, applied to each element.
public enum UnaryFunction: Hashable, Sendable {
    /// max(x, 0).
    case relu
    /// x, or alpha · x below 0.
    case leakyRelu(alpha: Float)
    /// x, or alpha · (eˣ − 1) below 0.
    case elu(alpha: Float)
    /// gamma · x, or gamma · alpha · (eˣ − 1) below 0.
    case selu(alpha: Float, gamma: Float)
    /// max(0, x) + min(0, alpha · (e^(x / alpha) − 1)).
    case celu(alpha: Float)
    /// x where x > alpha, else 0.
    case thresholdedRelu(alpha: Float)
    /// max(0, min(1, alpha · x + beta)).
    case hardSigmoid(alpha: Float, beta: Float)
    /// x · max(0, min(1, x / 6 + 1 / 2)).
    case hardSwish
    /// x · sigmoid(alpha · x).
    case swish(alpha: Float)
    /// x · Φ(x), or its approximation by tanh (Hendrycks and Gimpel, 2016).
    case gelu(isApproximate: Bool)
    /// x · tanh(log(1 + eˣ)).
    case mish
    /// Into lower…upper; a bound that is not there is infinite.
    case clip(lower: Float, upper: Float)
    /// 0 within ±lambda, else moved by bias toward 0.
    case shrink(bias: Float, lambda: Float)
    case sigmoid, tanh, softplus, softsign
    case exponential, logarithm, squareRoot, reciprocal, errorFunction
    case absolute, negative, floor, ceiling, roundedToEven
    case sine, cosine, tangent, arcSine, arcCosine, arcTangent
    case hyperbolicSine, hyperbolicCosine, inverseHyperbolicSine, inverseHyperbolicCosine, inverseHyperbolicTangent
    /// 1 where x is 0, else 0.
    case not
    case isNaN
}

extension UnaryFunction {
    /// The function of one number; NaN stays NaN, but for ``isNaN``.
    public func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .relu: x < 0 ? 0 : x
        case .leakyRelu(let alpha): x < 0 ? Double(alpha) * x : x
        case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
        case .selu(let alpha, let gamma): Double(gamma) * (x <= 0 ? Double(alpha) * expm1(x) : x)
        case .celu(let alpha): x < 0 ? Double(alpha) * expm1(x / Double(alpha)) : x
        case .thresholdedRelu(let alpha): x <= Double(alpha) ? 0 : x
        case .hardSigmoid(let alpha, let beta): Self.clamped(Double(alpha) * x + Double(beta), 0, 1)
        case .hardSwish: x * Self.clamped(x / 6 + 0.5, 0, 1)
        case .swish(let alpha): x * Self.logistic(Double(alpha) * x)
        case .gelu(let isApproximate): isApproximate ? Self.tanhGelu(x) : 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        case .mish: x * Foundation.tanh(Self.softplus(x))
        case .clip(let lower, let upper): Self.clamped(x, Double(lower), Double(upper))
        case .shrink(let bias, let lambda): x < -Double(lambda) ? x + Double(bias) : x > Double(lambda) ? x - Double(bias) : x.isNaN ? x : 0
        case .sigmoid: Self.logistic(x)
        case .tanh: Foundation.tanh(x)
        case .softplus: Self.softplus(x)
        case .softsign: x / (1 + abs(x))
        case .exponential: exp(x)
        case .logarithm: log(x)
        case .squareRoot: x.squareRoot()
        case .reciprocal: 1 / x
        case .errorFunction: erf(x)
        case .absolute: abs(x)
        case .negative: -x
        case .floor: x.rounded(.down)
        case .ceiling: x.rounded(.up)
        case .roundedToEven: x.rounded(.toNearestOrEven)
        case .sine: sin(x)
        case .cosine: cos(x)
        case .tangent: tan(x)
        case .arcSine: asin(x)
        case .arcCosine: acos(x)
        case .arcTangent: atan(x)
        case .hyperbolicSine: sinh(x)
        case .hyperbolicCosine: cosh(x)
        case .inverseHyperbolicSine: asinh(x)
        case .inverseHyperbolicCosine: acosh(x)
        case .inverseHyperbolicTangent: atanh(x)
        case .not: x == 0 ? 1 : 0
        case .isNaN: x.isNaN ? 1 : 0
        }
    }

    private static func clamped(_ x: Double, _ lower: Double, _ upper: Double) -> Double {
        // As ONNX has it: where the bounds cross, the upper one holds.
        let raised = x < lower ? lower : x
        return raised > upper ? upper : raised
    }

    private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    private static func tanhGelu(_ x: Double) -> Double {
        0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
}
