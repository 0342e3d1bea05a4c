import Tensors

/// What a node computes, with its constant settings; the tensors it reads are the node's inputs, in the order of the ONNX operator.
public enum Operation: Hashable, Sendable {
    /// Input [N, C, H, W], weights [M, C/groups, kH, kW], optional bias [M]; output [N, M, H', W'].
    case convolution(Convolution)
    /// alpha · op(A) · op(B) + beta · C with A [N, K] and B [K, M], or [M, K] when `transposeB`.
    case gemm(Gemm)
    /// A [.., N, K] · B [K, M].
    case matrixMultiplication
    /// Elementwise sum with broadcasting.
    case add
    case relu
    /// Window maximum over [H, W].
    case maxPool(Pooling)
    /// Window mean over [H, W].
    case averagePool(Pooling)
    /// Mean over all of [H, W]: [N, C, H, W] → [N, C, 1, 1].
    case globalAveragePool
    /// [d0, …] → [d0 ⋯ d(axis−1), d(axis) ⋯].
    case flatten(axis: Int)
    /// To the given dimensions: 0 copies the input's (unless `allowZero`), −1 is what remains.
    case reshape(dimensions: [Int], allowZero: Bool)
    case softmax(axis: Int)
    case identity
    /// The identity when evaluated; in training each value becomes 0 with probability `ratio`, and the others are divided by 1 − `ratio`
    /// (Srivastava and others, 2014, in the inverted form).
    case dropout(ratio: Float)
    /// Inputs x [N, C, …], scale [C], shift [C], mean [C], variance [C].
    case batchNormalization(epsilon: Float)
    case concatenation(axis: Int)
    /// Input x, and for a clipped quantizer the clip [1].
    case activation(ActivationQuantizer)
    /// An operator that Pare can't run: its weights are shown, accuracy is not.
    case unsupported(UnsupportedOperator)
}

/// Settings of a convolution; pairs are [vertical, horizontal].
public struct Convolution: Hashable, Sendable {
    public var kernel: [Int]
    public var strides: [Int]
    public var dilations: [Int]
    /// [top, left, bottom, right].
    public var pads: [Int]
    public var groups: Int

    public init(
        kernel: [Int], strides: [Int] = [1, 1], dilations: [Int] = [1, 1], pads: [Int] = [0, 0, 0, 0], groups: Int = 1
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilations = dilations
        self.pads = pads
        self.groups = groups
    }
}

/// Settings of a window over [H, W]; pairs are [vertical, horizontal].
public struct Pooling: Hashable, Sendable {
    public var kernel: [Int]
    public var strides: [Int]
    /// [top, left, bottom, right].
    public var pads: [Int]
    public var dilations: [Int]
    /// Whether the last, partial window counts.
    public var ceilMode: Bool
    /// Whether the padding counts in the mean.
    public var countIncludesPadding: Bool

    public init(
        kernel: [Int], strides: [Int] = [1, 1], pads: [Int] = [0, 0, 0, 0], dilations: [Int] = [1, 1],
        ceilMode: Bool = false, countIncludesPadding: Bool = false
    ) {
        self.kernel = kernel
        self.strides = strides
        self.pads = pads
        self.dilations = dilations
        self.ceilMode = ceilMode
        self.countIncludesPadding = countIncludesPadding
    }
}

/// Settings of a general matrix product.
public struct Gemm: Hashable, Sendable {
    public var alpha: Float
    public var beta: Float
    public var transposeA: Bool
    public var transposeB: Bool

    public init(alpha: Float = 1, beta: Float = 1, transposeA: Bool = false, transposeB: Bool = false) {
        self.alpha = alpha
        self.beta = beta
        self.transposeA = transposeA
        self.transposeB = transposeB
    }
}

/// An operator as the file names it, and why it can't be run.
public struct UnsupportedOperator: Hashable, Sendable {
    public var domain: String
    public var name: String
    public var reason: String

    public init(domain: String = "", name: String, reason: String) {
        self.domain = domain
        self.name = name
        self.reason = reason
    }
}

extension Operation {
    /// The operator's name in ONNX: `Conv`, `Gemm`, `Relu`.
    public var name: String {
        switch self {
        case .convolution: "Conv"
        case .gemm: "Gemm"
        case .matrixMultiplication: "MatMul"
        case .add: "Add"
        case .relu: "Relu"
        case .maxPool: "MaxPool"
        case .averagePool: "AveragePool"
        case .globalAveragePool: "GlobalAveragePool"
        case .flatten: "Flatten"
        case .reshape: "Reshape"
        case .softmax: "Softmax"
        case .identity: "Identity"
        case .dropout: "Dropout"
        case .batchNormalization: "BatchNormalization"
        case .concatenation: "Concat"
        case .activation(let quantizer): quantizer.name
        case .unsupported(let operation): operation.name
        }
    }
}
