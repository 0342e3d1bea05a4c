import Tensors

/// What a node computes, with its constant settings; the tensors it reads are the node's inputs, in the order of the ONNX operator.
///
/// Families of operators that differ only in a function of numbers share a case; what only moves elements is described by ``ElementMap``.
public enum Operation: Hashable, Sendable {
    /// Input [N, C, …], weights [M, C/groups, k…], optional bias [M]; output [N, M, …].
    case convolution(Convolution)
    /// Input [N, C, …], weights [C, M/groups, k…], optional bias [M]; output [N, M, …].
    case transposedConvolution(TransposedConvolution)
    /// alpha · op(A) · op(B) + beta · C with A [N, K] and B [K, M], or [M, K] when `transposeB`.
    case gemm(Gemm)
    /// A [.., N, K] · B [.., K, M] with leading axes broadcast; an operand of one axis is a row on the left, a column on the right.
    case matrixMultiplication
    /// One number to one number.
    case unary(UnaryFunction)
    /// Two operands with broadcasting.
    case binary(BinaryFunction)
    /// Any number of operands with broadcasting.
    case variadic(VariadicFunction)
    /// Condition, x, y with broadcasting: x where the condition is not 0, else y.
    case select
    /// Window maximum over the axes after [N, C].
    case maxPool(Pooling)
    /// Window mean over the axes after [N, C].
    case averagePool(Pooling)
    /// Mean over all axes after [N, C]: [N, C, H, W] → [N, C, 1, 1].
    case globalAveragePool
    /// Maximum over all axes after [N, C].
    case globalMaxPool
    case reduction(Reduction)
    /// The place of the largest or smallest value along an axis.
    case extremePlace(ExtremePlace)
    /// [d0, …] → [d0 ⋯ d(axis−1), d(axis) ⋯].
    case flatten(axis: Int)
    /// To the given dimensions: 0 copies the input's (unless `allowZero`), −1 is what remains.
    case reshape(dimensions: [Int], allowZero: Bool)
    /// Without these axes, whose extent is 1.
    case squeeze(axes: [Int])
    /// With axes of extent 1 at these places of the result.
    case unsqueeze(axes: [Int])
    /// Axis i of the result is axis `permutation[i]` of the input.
    case transpose(permutation: [Int])
    case slice(Slice)
    case gather(Gather)
    /// Inputs a table [V, …] and whole numbers [N, …]: the rows that they name, [N, …, …]. Those below 0 count from its end; others name none, which is NaN.
    case lookup
    /// Elements taken from or put at places that numbers name, and sums and orders along an axis.
    case placement(Placement)
    /// Spectra, and images at computed places.
    case signal(SignalTransform)
    /// Broadcast with these dimensions; −k stands for k times the number of examples.
    case expand(dimensions: [Int])
    /// Each axis that often, one after another.
    case tile(repeats: [Int])
    case pad(Padding)
    /// [N, C, H, W] → [N, C / block², H · block, W · block]; `columnsFirst` as ONNX's mode CRD.
    case depthToSpace(block: Int, columnsFirst: Bool)
    /// [N, C, H, W] → [N, C · block², H / block, W / block].
    case spaceToDepth(block: Int)
    /// exp(x − max) / Σ exp(x − max) along an axis.
    case softmax(axis: Int)
    /// x − max − log Σ exp(x − max) along an axis.
    case logSoftmax(axis: Int)
    case identity
    /// The identity when evaluated; in training each value becomes 0 with probability `ratio`, and the others are divided by 1 − `ratio`
    /// (Srivastava and others, 2014, in the inverted form).
    case dropout(ratio: Float)
    /// Inputs x [N, C, …], scale [C], shift [C], mean [C], variance [C].
    case batchNormalization(epsilon: Float)
    /// Inputs x, scale, optional shift, both of the axes from `axis` on: normalized over these axes (Ba and others, 2016).
    case layerNormalization(axis: Int, epsilon: Float)
    /// Inputs x [N, C, …], scale [C], shift [C]: normalized over the axes after [N, C].
    case instanceNormalization(epsilon: Float)
    /// Inputs x [N, C, …], scale [C], shift [C]: normalized over groups of channels (Wu and He, 2018).
    case groupNormalization(groups: Int, epsilon: Float)
    case responseNormalization(ResponseNormalization)
    case concatenation(axis: Int)
    /// Other extents, interpolated.
    case resize(Resize)
    /// A recurrent layer behind the product of inputs and input weights: pre-activations [steps · N, directions · gates · hidden], state weights
    /// [directions · gates · hidden, hidden], optional bias [directions, 2 · gates · hidden], optional first hidden state and first cells
    /// [directions, N, hidden].
    case recurrence(Recurrence)
    /// One result of a recurrent layer that makes all.
    case recurrencePart(RecurrencePart)
    /// Inputs x, scale, optional zero point: saturated(round(x / scale) + zero point), ties to even, as numbers of the type.
    case quantizeLinear(LinearCode)
    /// Inputs codes, scale, optional zero point: (code − zero point) · scale.
    case dequantizeLinear(LinearCode)
    /// To the levels of the range that the values of an example have.
    case dynamicQuantization(DynamicQuantization)
    /// To whole numbers, rounded toward 0, or to a float type's precision.
    case cast(to: ElementType)
    /// Input x, and for a clipped quantizer the clip [1].
    case activation(ActivationQuantizer)
    /// An operator that Pare can't run: its weights are shown, accuracy is not.
    case unsupported(UnsupportedOperator)
}

extension Operation {
    /// Elementwise sum with broadcasting.
    public static let add = Operation.binary(.add)
    public static let relu = Operation.unary(.relu)
}

/// Settings of a convolution over the axes after [N, C], one number an axis: [vertical, horizontal] for images.
public struct Convolution: Hashable, Sendable {
    public var kernel: [Int]
    public var strides: [Int]
    public var dilations: [Int]
    /// Before each axis, then after each: [top, left, bottom, right] for images.
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

/// Settings of a transposed convolution: the gradient of a convolution in its images, as an operation of its own.
public struct TransposedConvolution: Hashable, Sendable {
    /// The convolution that it is the transpose of.
    public var window: Convolution
    /// What the result is longer than the shortest one along each axis.
    public var outputPads: [Int]

    public init(window: Convolution, outputPads: [Int] = [0, 0]) {
        self.window = window
        self.outputPads = outputPads
    }
}

/// Settings of a window over the axes after [N, C], one number an axis: [vertical, horizontal] for images.
public struct Pooling: Hashable, Sendable {
    public var kernel: [Int]
    public var strides: [Int]
    /// Before each axis, then after each: [top, left, bottom, right] for images.
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
    /// The node as its file has it, which is written again; of its inputs the first ones, those behind them are read inside it.
    public var message: KeptGraph.Message?
    /// Floats in its attributes, which are no parameters.
    public var numberCount = 0

    public init(domain: String = "", name: String, reason: String, message: KeptGraph.Message? = nil) {
        self.domain = domain
        self.name = name
        self.reason = reason
        self.message = message
    }
}
