import CKernels
import COneDNN
import Networks
import Tensors

extension UnaryFunction {
    /// The function as one or two of oneDNN's, one after another; nil where it has none.
    var steps: [pare_post_operation]? {
        func one(_ function: pare_elementwise, _ alpha: Float = 0, _ beta: Float = 0) -> [pare_post_operation] {
            [pare_post_operation(kind: PARE_POST_ELEMENTWISE, function: function, alpha: alpha, beta: beta)]
        }
        let largest = Float.greatestFiniteMagnitude
        return switch self {
        case .relu: one(PARE_RELU)
        case .leakyRelu(let alpha): one(PARE_RELU, alpha)
        case .elu(let alpha): one(PARE_ELU, alpha)
        case .clip(let lower, let upper) where lower <= upper: one(PARE_CLIP, max(lower, -largest), min(upper, largest))
        case .hardSigmoid(let alpha, let beta): one(PARE_LINEAR, alpha, beta) + one(PARE_CLIP, 0, 1)
        case .hardSwish: one(PARE_HARD_SWISH)
        case .swish(let alpha): one(PARE_SWISH, alpha)
        case .gelu(let isApproximate): one(isApproximate ? PARE_GELU_TANH : PARE_GELU_ERF)
        case .mish: one(PARE_MISH)
        case .sigmoid: one(PARE_LOGISTIC)
        case .tanh: one(PARE_TANH)
        case .exponential: one(PARE_EXPONENTIAL)
        case .squareRoot: one(PARE_SQUARE_ROOT)
        case .reciprocal: one(PARE_POWER, 1, -1)
        case .absolute: one(PARE_ABSOLUTE)
        case .negative: one(PARE_LINEAR, -1, 0)
        default: nil
        }
    }
}

extension BinaryFunction {
    /// oneDNN's function; nil where it has none.
    var primitive: pare_binary? {
        switch self {
        case .add: PARE_ADD
        case .subtract: PARE_SUBTRACT
        case .multiply: PARE_MULTIPLY
        case .divide: PARE_DIVIDE
        default: nil
        }
    }
}

extension VariadicFunction {
    /// oneDNN's function of two operands; nil where it has none.
    var primitive: pare_binary? {
        switch self {
        case .sum: PARE_ADD
        case .maximum: PARE_LARGER
        case .minimum: PARE_SMALLER
        case .mean: nil
        }
    }
}

extension pare_binary {
    /// The kernel of our own for the same.
    var combination: pare_combination {
        switch self {
        case PARE_MULTIPLY: PARE_COMBINE_MULTIPLY
        case PARE_SUBTRACT: PARE_COMBINE_SUBTRACT
        case PARE_DIVIDE: PARE_COMBINE_DIVIDE
        case PARE_LARGER: PARE_COMBINE_LARGER
        case PARE_SMALLER: PARE_COMBINE_SMALLER
        default: PARE_COMBINE_ADD
        }
    }
}
