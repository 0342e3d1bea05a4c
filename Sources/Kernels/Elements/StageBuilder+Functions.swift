import CKernels
import Networks
import Tensors

extension StageBuilder {
    /// A function of each element for which oneDNN has none.
    mutating func buildFunction(_ stage: PlannedStage, _ kernel: FunctionKernel) throws(KernelError) {
        let from = try denseSource(stage.operands[0])
        let memory = try destination(from.layout)
        addRanges("function", count: from.layout.byteCount / 4) { first, last in
            guard let x = from.floats, let y = memory.floats else { return }
            pare_apply(kernel.function, kernel.alpha, kernel.beta, x + first, last - first, y + first)
        }
        try addActivation(to: memory, stage)
    }

    /// To whole numbers or truth values; other types by the reference kernel.
    mutating func buildCast(_ stage: PlannedStage, _ type: ElementType) throws(KernelError) {
        switch type {
        case .bool: try buildFunction(stage, FunctionKernel(function: PARE_FUNCTION_TRUTH))
        case _ where type.wholeRange != nil: try buildFunction(stage, FunctionKernel(function: PARE_FUNCTION_TRUNCATE))
        default: try buildPlain(stage)
        }
    }
}

/// A kernel of our own for a function of one number, with its settings.
struct FunctionKernel {
    var function: pare_function
    var alpha: Float = 0
    var beta: Float = 0
}

extension UnaryFunction {
    /// A kernel of our own; nil where only oneDNN has one.
    var kernel: FunctionKernel? {
        func of(_ function: pare_function, _ alpha: Float = 0, _ beta: Float = 0) -> FunctionKernel {
            FunctionKernel(function: function, alpha: alpha, beta: beta)
        }
        return switch self {
        case .relu: of(PARE_FUNCTION_RELU)
        case .leakyRelu(let alpha): of(PARE_FUNCTION_LEAKY_RELU, alpha)
        case .selu(let alpha, let gamma): of(PARE_FUNCTION_SELU, alpha, gamma)
        case .celu(let alpha): of(PARE_FUNCTION_CELU, alpha)
        case .thresholdedRelu(let alpha): of(PARE_FUNCTION_THRESHOLDED_RELU, alpha)
        case .hardSigmoid(let alpha, let beta): of(PARE_FUNCTION_HARD_SIGMOID, alpha, beta)
        case .hardSwish: of(PARE_FUNCTION_HARD_SWISH)
        case .clip(let lower, let upper): of(PARE_FUNCTION_CLIP, lower, upper)
        case .shrink(let bias, let lambda): of(PARE_FUNCTION_SHRINK, bias, lambda)
        case .softplus: of(PARE_FUNCTION_SOFTPLUS)
        case .softsign: of(PARE_FUNCTION_SOFTSIGN)
        case .logarithm: of(PARE_FUNCTION_LOGARITHM)
        case .squareRoot: of(PARE_FUNCTION_SQUARE_ROOT)
        case .reciprocal: of(PARE_FUNCTION_RECIPROCAL)
        case .errorFunction: of(PARE_FUNCTION_ERROR)
        case .absolute: of(PARE_FUNCTION_ABSOLUTE)
        case .negative: of(PARE_FUNCTION_NEGATIVE)
        case .floor: of(PARE_FUNCTION_FLOOR)
        case .ceiling: of(PARE_FUNCTION_CEILING)
        case .roundedToEven: of(PARE_FUNCTION_ROUND)
        case .sine: of(PARE_FUNCTION_SINE)
        case .cosine: of(PARE_FUNCTION_COSINE)
        case .tangent: of(PARE_FUNCTION_TANGENT)
        case .arcSine: of(PARE_FUNCTION_ARC_SINE)
        case .arcCosine: of(PARE_FUNCTION_ARC_COSINE)
        case .arcTangent: of(PARE_FUNCTION_ARC_TANGENT)
        case .hyperbolicSine: of(PARE_FUNCTION_HYPERBOLIC_SINE)
        case .hyperbolicCosine: of(PARE_FUNCTION_HYPERBOLIC_COSINE)
        case .inverseHyperbolicSine: of(PARE_FUNCTION_INVERSE_HYPERBOLIC_SINE)
        case .inverseHyperbolicCosine: of(PARE_FUNCTION_INVERSE_HYPERBOLIC_COSINE)
        case .inverseHyperbolicTangent: of(PARE_FUNCTION_INVERSE_HYPERBOLIC_TANGENT)
        case .not: of(PARE_FUNCTION_NOT)
        case .isNaN: of(PARE_FUNCTION_IS_NAN)
        case .elu, .swish, .gelu, .mish, .sigmoid, .tanh, .exponential: nil
        }
    }

    /// Whether its kernel takes no longer than reading the numbers.
    var isCheap: Bool {
        switch self {
        case .relu, .leakyRelu, .thresholdedRelu, .hardSigmoid, .hardSwish, .clip, .shrink, .softsign, .squareRoot, .reciprocal, .absolute,
            .negative, .floor, .ceiling, .roundedToEven, .not, .isNaN:
            true
        default: false
        }
    }
}
