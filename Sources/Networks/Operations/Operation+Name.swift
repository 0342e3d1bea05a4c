extension Operation {
    /// The operator's name in ONNX: `Conv`, `Gemm`, `Relu`.
    public var name: String {
        switch self {
        case .convolution: "Conv"
        case .transposedConvolution: "ConvTranspose"
        case .gemm: "Gemm"
        case .matrixMultiplication: "MatMul"
        case .unary(let function): function.name
        case .binary(let function): function.name
        case .variadic(let function): function.name
        case .select: "Where"
        case .maxPool: "MaxPool"
        case .averagePool: "AveragePool"
        case .globalAveragePool: "GlobalAveragePool"
        case .globalMaxPool: "GlobalMaxPool"
        case .reduction(let reduction): reduction.function.name
        case .extremePlace(let place): place.isMaximum ? "ArgMax" : "ArgMin"
        case .softmax: "Softmax"
        case .logSoftmax: "LogSoftmax"
        case .identity: "Identity"
        case .dropout: "Dropout"
        case .batchNormalization: "BatchNormalization"
        case .layerNormalization: "LayerNormalization"
        case .instanceNormalization: "InstanceNormalization"
        case .groupNormalization: "GroupNormalization"
        case .responseNormalization: "LRN"
        case .quantizeLinear: "QuantizeLinear"
        case .dequantizeLinear: "DequantizeLinear"
        case .cast: "Cast"
        case .activation(let quantizer): quantizer.name
        case .unsupported(let operation): operation.name
        case .flatten: "Flatten"
        case .reshape: "Reshape"
        case .squeeze: "Squeeze"
        case .unsqueeze: "Unsqueeze"
        case .transpose: "Transpose"
        case .slice: "Slice"
        case .gather: "Gather"
        case .expand: "Expand"
        case .tile: "Tile"
        case .pad: "Pad"
        case .depthToSpace: "DepthToSpace"
        case .spaceToDepth: "SpaceToDepth"
        case .concatenation: "Concat"
        }
    }

    /// Whether the result is its input under another shape, or its input itself.
    public var isView: Bool {
        switch self {
        case .identity, .dropout, .flatten, .reshape, .squeeze, .unsqueeze: true
        default: false
        }
    }
}

extension UnaryFunction {
    var name: String {
        switch self {
        case .relu: "Relu"
        case .leakyRelu: "LeakyRelu"
        case .elu: "Elu"
        case .selu: "Selu"
        case .celu: "Celu"
        case .thresholdedRelu: "ThresholdedRelu"
        case .hardSigmoid: "HardSigmoid"
        case .hardSwish: "HardSwish"
        case .swish: "Swish"
        case .gelu: "Gelu"
        case .mish: "Mish"
        case .clip: "Clip"
        case .shrink: "Shrink"
        default: plainName
        }
    }

    /// The names of functions without settings.
    private var plainName: String { Self.plain.first { $0.value == self }?.key ?? "" }

    /// The functions without settings, by the name of the operator.
    public static let plain: [String: UnaryFunction] = [
        "Relu": .relu, "HardSwish": .hardSwish, "Mish": .mish, "Sigmoid": .sigmoid, "Tanh": .tanh, "Softplus": .softplus,
        "Softsign": .softsign, "Exp": .exponential, "Log": .logarithm, "Sqrt": .squareRoot, "Reciprocal": .reciprocal,
        "Erf": .errorFunction, "Abs": .absolute, "Neg": .negative, "Floor": .floor, "Ceil": .ceiling, "Round": .roundedToEven,
        "Sin": .sine, "Cos": .cosine, "Tan": .tangent, "Asin": .arcSine, "Acos": .arcCosine, "Atan": .arcTangent,
        "Sinh": .hyperbolicSine, "Cosh": .hyperbolicCosine, "Asinh": .inverseHyperbolicSine, "Acosh": .inverseHyperbolicCosine,
        "Atanh": .inverseHyperbolicTangent, "Not": .not, "IsNaN": .isNaN,
    ]
}

extension BinaryFunction {
    var name: String {
        switch self {
        case .modulo, .remainder: "Mod"
        default: Self.named.first { $0.value == self }?.key ?? ""
        }
    }

    /// The functions by the name of the operator.
    public static let named: [String: BinaryFunction] = [
        "Add": .add, "Sub": .subtract, "Mul": .multiply, "Div": .divide, "Pow": .power, "PRelu": .leaky, "Equal": .equal,
        "Greater": .greater, "GreaterOrEqual": .greaterOrEqual, "Less": .less, "LessOrEqual": .lessOrEqual, "And": .and, "Or": .or,
        "Xor": .xor,
    ]
}

extension VariadicFunction {
    var name: String { Self.named.first { $0.value == self }?.key ?? "" }

    /// The functions by the name of the operator.
    public static let named: [String: VariadicFunction] = ["Sum": .sum, "Mean": .mean, "Max": .maximum, "Min": .minimum]
}

extension Reduction.Function {
    var name: String { Self.named.first { $0.value == self }?.key ?? "" }

    /// The functions by the name of the operator.
    public static let named: [String: Reduction.Function] = [
        "ReduceSum": .sum, "ReduceMean": .mean, "ReduceMax": .maximum, "ReduceMin": .minimum, "ReduceProd": .product,
        "ReduceL1": .l1, "ReduceL2": .l2, "ReduceSumSquare": .sumOfSquares, "ReduceLogSum": .logOfSum,
        "ReduceLogSumExp": .logOfSumOfExponentials,
    ]
}
