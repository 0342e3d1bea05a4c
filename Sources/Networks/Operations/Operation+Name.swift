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
        case .dynamicQuantization: "DynamicQuantizeLinear"
        case .cast: "Cast"
        case .activation(let quantizer): quantizer.name
        case .unsupported(let operation): operation.name
        case .flatten: "Flatten"
        case .reshape: "Reshape"
        case .squeeze: "Squeeze"
        case .unsqueeze: "Unsqueeze"
        case .transpose: "Transpose"
        case .slice: "Slice"
        case .gather, .lookup: "Gather"
        case .placement(let placement): placement.name
        case .signal(let transform): transform.name
        case .expand: "Expand"
        case .tile: "Tile"
        case .pad: "Pad"
        case .depthToSpace: "DepthToSpace"
        case .spaceToDepth: "SpaceToDepth"
        case .concatenation: "Concat"
        case .resize: "Resize"
        case .recurrence(let recurrence): recurrence.name
        case .recurrencePart: "Slice"
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

extension Operation {
    public var isTransposition: Bool { if case .transpose = self { true } else { false } }
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
        case .sigmoid: "Sigmoid"
        case .tanh: "Tanh"
        case .softplus: "Softplus"
        case .softsign: "Softsign"
        case .exponential: "Exp"
        case .logarithm: "Log"
        case .squareRoot: "Sqrt"
        case .reciprocal: "Reciprocal"
        case .errorFunction: "Erf"
        case .absolute: "Abs"
        case .negative: "Neg"
        case .floor: "Floor"
        case .ceiling: "Ceil"
        case .roundedToEven: "Round"
        case .sine: "Sin"
        case .cosine: "Cos"
        case .tangent: "Tan"
        case .arcSine: "Asin"
        case .arcCosine: "Acos"
        case .arcTangent: "Atan"
        case .hyperbolicSine: "Sinh"
        case .hyperbolicCosine: "Cosh"
        case .inverseHyperbolicSine: "Asinh"
        case .inverseHyperbolicCosine: "Acosh"
        case .inverseHyperbolicTangent: "Atanh"
        case .not: "Not"
        case .isNaN: "IsNaN"
        }
    }

    /// The functions without settings, by the name of the operator.
    public static let plain: [String: UnaryFunction] = {
        let functions: [UnaryFunction] = [
            .relu, .hardSwish, .mish, .sigmoid, .tanh, .softplus, .softsign, .exponential, .logarithm, .squareRoot, .reciprocal,
            .errorFunction, .absolute, .negative, .floor, .ceiling, .roundedToEven, .sine, .cosine, .tangent, .arcSine, .arcCosine,
            .arcTangent, .hyperbolicSine, .hyperbolicCosine, .inverseHyperbolicSine, .inverseHyperbolicCosine, .inverseHyperbolicTangent,
            .not, .isNaN,
        ]
        return Dictionary(uniqueKeysWithValues: functions.map { ($0.name, $0) })
    }()
}

extension BinaryFunction {
    var name: String {
        switch self {
        case .add: "Add"
        case .subtract: "Sub"
        case .multiply: "Mul"
        case .divide, .quotient: "Div"
        case .power: "Pow"
        case .modulo, .remainder: "Mod"
        case .leaky: "PRelu"
        case .equal: "Equal"
        case .greater: "Greater"
        case .greaterOrEqual: "GreaterOrEqual"
        case .less: "Less"
        case .lessOrEqual: "LessOrEqual"
        case .and: "And"
        case .or: "Or"
        case .xor: "Xor"
        }
    }

    /// The functions by the name of the operator, but for the two of Mod, between which its attributes choose, and the Div of whole numbers.
    public static let named = Dictionary(
        uniqueKeysWithValues: allCases.filter { ![.modulo, .remainder, .quotient].contains($0) }.map { ($0.name, $0) })
}

extension VariadicFunction {
    var name: String {
        switch self {
        case .sum: "Sum"
        case .mean: "Mean"
        case .maximum: "Max"
        case .minimum: "Min"
        }
    }

    /// The functions by the name of the operator.
    public static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}

extension Reduction.Function {
    var name: String {
        switch self {
        case .sum: "ReduceSum"
        case .mean: "ReduceMean"
        case .maximum: "ReduceMax"
        case .minimum: "ReduceMin"
        case .product: "ReduceProd"
        case .l1: "ReduceL1"
        case .l2: "ReduceL2"
        case .sumOfSquares: "ReduceSumSquare"
        case .logOfSum: "ReduceLogSum"
        case .logOfSumOfExponentials: "ReduceLogSumExp"
        }
    }

    /// The functions by the name of the operator.
    public static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}
