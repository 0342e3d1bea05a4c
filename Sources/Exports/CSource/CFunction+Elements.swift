import Networks

extension CFunction {
    /// `static void NAME(in, out, count, constants…)`.
    private static func elementwise(_ name: String, _ value: String, constants: Int = 0, needs: [CFunction] = []) -> CFunction {
        let names = ["a", "b"].prefix(constants).map { ", float \($0)" }.joined()
        return CFunction(
            name: name,
            text: """
                static void \(name)(const float *in, float *out, uint32_t count\(names))
                {
                    uint32_t i;
                    for (i = 0; i < count; i++) {
                        const float x = in[i];
                        out[i] = \(value);
                    }
                }
                """, needs: needs)
    }

    static let relu = elementwise("relu", "x < 0.0f ? 0.0f : x")
    /// Pare's sign, which is +1 at 0.
    static let sign = elementwise("signs", "x < 0.0f ? -1.0f : x >= 0.0f ? 1.0f : x")
    static let clip = elementwise("clip", "clamped(x, a, b)", constants: 2, needs: [.clamped])

    /// The function of each element and its constants; nil of those that the C export does not have.
    static func of(_ function: UnaryFunction) -> (function: CFunction, constants: [Float])? {
        switch function {
        case .relu: (relu, [])
        case .clip(let lower, let upper): (clip, [lower, upper])
        case .leakyRelu(let alpha): (elementwise("leaky_relu", "x < 0.0f ? a * x : x", constants: 1), [alpha])
        case .thresholdedRelu(let alpha): (elementwise("thresholded_relu", "x <= a ? 0.0f : x", constants: 1), [alpha])
        case .hardSigmoid(let alpha, let beta):
            (elementwise("hard_sigmoid", "clamped(a * x + b, 0.0f, 1.0f)", constants: 2, needs: [.clamped]), [alpha, beta])
        case .hardSwish: (elementwise("hard_swish", "x * clamped(x / 6.0f + 0.5f, 0.0f, 1.0f)", needs: [.clamped]), [])
        case .absolute: (elementwise("absolute", "x < 0.0f ? -x : x"), [])
        case .negative: (elementwise("negate", "-x"), [])
        case .reciprocal: (elementwise("reciprocal", "1.0f / x"), [])
        case .softsign: (elementwise("soft_sign", "x / (1.0f + (x < 0.0f ? -x : x))"), [])
        case .squareRoot: (elementwise("roots", "root(x)", needs: [.root]), [])
        case .floor: (elementwise("floors", "whole_below(x)", needs: [.floor]), [])
        case .ceiling: (elementwise("ceilings", "-whole_below(-x)", needs: [.floor]), [])
        case .roundedToEven: (elementwise("rounded", "nearest(x)", needs: [.nearest]), [])
        default: ofExponential(function)
        }
    }

    private static func ofExponential(_ function: UnaryFunction) -> (function: CFunction, constants: [Float])? {
        switch function {
        case .sigmoid: (elementwise("sigmoid", "logistic(x)", needs: [.logistic]), [])
        case .tanh: (elementwise("tangent", "hyperbolic_tangent(x)", needs: [.hyperbolicTangent]), [])
        case .exponential: (elementwise("exponentials", "exponential(x)", needs: [.exponential]), [])
        case .logarithm: (elementwise("logarithms", "logarithm(x)", needs: [.logarithm]), [])
        case .swish(let alpha): (elementwise("swish", "x * logistic(a * x)", constants: 1, needs: [.logistic]), [alpha])
        case .softplus: (elementwise("soft_pluses", "soft_plus(x)", needs: [.logOfOneAndExponential]), [])
        case .mish: (elementwise("mish", "x * hyperbolic_tangent(soft_plus(x))", needs: [.hyperbolicTangent, .logOfOneAndExponential]), [])
        case .errorFunction: (elementwise("error_functions", "error_function(x)", needs: [.errorFunction]), [])
        case .elu(let alpha):
            (elementwise("elu", "x < 0.0f ? a * (exponential(x) - 1.0f) : x", constants: 1, needs: [.exponential]), [alpha])
        case .selu(let alpha, let gamma):
            (
                elementwise("selu", "b * (x <= 0.0f ? a * (exponential(x) - 1.0f) : x)", constants: 2, needs: [.exponential]),
                [alpha, gamma]
            )
        case .celu(let alpha):
            (elementwise("celu", "x < 0.0f ? a * (exponential(x / a) - 1.0f) : x", constants: 1, needs: [.exponential]), [alpha])
        case .gelu(let isApproximate):
            isApproximate
                ? (
                    elementwise(
                        "gelu_by_tanh", "0.5f * x * (1.0f + hyperbolic_tangent(0.7978845608f * (x + 0.044715f * x * x * x)))",
                        needs: [.hyperbolicTangent]), []
                ) : (elementwise("gelu", "0.5f * x * (1.0f + error_function(x * 0.7071067812f))", needs: [.errorFunction]), [])
        default: nil
        }
    }

    /// x to a constant; by e^(a · ln x) where it is none of the usual ones, and then of numbers from 0 on.
    static func power(_ exponent: Float) -> CFunction {
        switch exponent {
        case 2: elementwise("squares", "x * x")
        case 3: elementwise("cubes", "x * x * x")
        case 0.5: elementwise("roots", "root(x)", needs: [.root])
        default:
            elementwise(
                "powers", "x == 0.0f ? (a > 0.0f ? 0.0f : 1.0f / x) : exponential(a * logarithm(x))", constants: 1,
                needs: [.exponential, .logarithm])
        }
    }

    /// What two operands are combined by, each with its steps along up to four axes; nil of functions that the C export does not have.
    static func of(_ function: BinaryFunction) -> CFunction? {
        switch function {
        case .add: pairwise("add", "x + y")
        case .subtract: pairwise("subtract", "x - y")
        case .multiply: pairwise("multiply", "x * y")
        case .divide: pairwise("divide", "x / y")
        case .leaky: pairwise("leaky", "x < 0.0f ? x * y : x")
        case .power, .quotient, .modulo, .remainder, .equal, .greater, .greaterOrEqual, .less, .lessOrEqual, .and, .or, .xor: nil
        }
    }

    /// The same for functions of any number of operands, taken one after another; nil of the mean.
    static func of(_ function: VariadicFunction) -> CFunction? {
        switch function {
        case .sum: of(BinaryFunction.add)
        case .maximum: pairwise("maximum", "x > y ? x : y")
        case .minimum: pairwise("minimum", "x < y ? x : y")
        case .mean: nil
        }
    }

    private static let steps = CFunction(
        name: "steps",
        text: """
            /* How far two operands go on along each axis of the result; 0 repeats. */
            struct steps {
                uint32_t count[4], a[4], b[4];
            };
            """)

    private static func pairwise(_ name: String, _ value: String) -> CFunction {
        CFunction(
            name: name,
            text: """
                static void \(name)(const float *a, const float *b, float *out, const struct steps *s)
                {
                    uint32_t i, j, k, l;
                    for (i = 0; i < s->count[0]; i++)
                        for (j = 0; j < s->count[1]; j++)
                            for (k = 0; k < s->count[2]; k++)
                                for (l = 0; l < s->count[3]; l++) {
                                    const float x = a[i * s->a[0] + j * s->a[1] + k * s->a[2] + l * s->a[3]];
                                    const float y = b[i * s->b[0] + j * s->b[1] + k * s->b[2] + l * s->b[3]];
                                    *out++ = \(value);
                                }
                }
                """, needs: [.steps])
    }
}
