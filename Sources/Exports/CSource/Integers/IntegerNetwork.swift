import Compression
import Networks
import Tensors

/// A network of bytes: every value is int8, q, and stands for (q − zero point) · scale; only the last may be sums of 32 bits.
///
/// What C source of integers is written of, and what ``IntegerRun`` computes in Swift, bit for bit the same.
package struct IntegerNetwork: Sendable {
    package struct Value: Hashable, Sendable {
        /// Of one example.
        package var count: Int
        package var scale: Float
        /// −128…127; numbers of uint8 are moved down by 128.
        package var zeroPoint: Int
    }

    package struct Step: Sendable {
        /// The node that it is of.
        package var node: String
        package var operation: IntegerOperation
        package var inputs: [Int]
        package var output: Int
    }

    package var values: [Value] = []
    package var steps: [Step] = []
    package var input = 0
    package var output = 0
    package var inputShape: Shape = []
    package var outputShape: Shape = []
    /// Whether the output is of 32 bits.
    package var isWide = false
    /// What ends the file and is left out: a Softmax of sums that nothing quantizes.
    package var leftOut: String?
    /// Parameters of the network that are written, in order.
    package var weights: [String] = []

    init() {}
}

extension IntegerNetwork {
    /// The integers of a network whose activations are quantized.
    ///
    /// - Parameter card: Says the codes of the examples where the graph does not.
    /// - Throws: What integers can't do, by node, operator and reason. Cost: O(nodes + parameters).
    package init(_ applied: Applied, card: ModelCard? = nil) throws(ExportError) { self = try IntegerReader.read(applied, card: card) }
}

/// What a step computes.
package enum IntegerOperation: Hashable, Sendable {
    case layer(IntegerLayer)
    /// (a − zero) · Ma + (b − zero) · Mb, or (a − zero) · (b − zero) · M, rounded once.
    case sum(IntegerPair), product(IntegerPair)
    /// With constants that repeat.
    case scaling(IntegerScaling)
    /// By the code: entry q + 128.
    case table([Int8])
    case maximum(window: [Int])
    /// The sum of the places of each window that are pixels, by the rescaling of their number (or the only one).
    case mean(window: [Int], [Rescaling], zeros: IntegerZeros)
    /// The sum over the middle axis of [outer, extent, inner].
    case meanOver([Int], Rescaling, zeros: IntegerZeros)
    case softmax(IntegerSoftmax)
    /// The inputs one after another: in each of `rows` rows so many of each.
    case rows(Int, lengths: [Int])
    /// Elements where a map says; its fill is a code.
    case move(ElementMap)
}

/// What stands for 0 in what is read and in what is made.
package struct IntegerZeros: Hashable, Sendable {
    package var input: Int
    package var output: Int
}

/// Σ (q − zero) · w + bias for each filter or unit, rescaled, and cut to `range`.
package struct IntegerLayer: Hashable, Sendable {
    package enum Form: Hashable, Sendable {
        /// The fields of a window, as `struct window` has them.
        case convolution([Int])
        case dense(units: Int, inputs: Int, positions: Int)
    }

    package var form: Form
    /// [filters, taps], row-major.
    package var weights: [Int8]
    package var bias: [Int32]
    /// One for each filter or unit.
    package var rescalings: [Rescaling]
    package var zeros: IntegerZeros
    package var range: ClosedRange<Int>
}

/// Two operands with their steps along the axes of the result, as `struct steps` has them.
package struct IntegerPair: Hashable, Sendable {
    package var counts: [Int]
    package var a: [Int]
    package var b: [Int]
    /// Of a and b; of a product the first.
    package var multipliers: [Int32]
    package var shift: Int
    /// Of a and b.
    package var inputZeros: [Int]
    package var outputZero: Int
    package var range: ClosedRange<Int>
}

/// q = zero + (x − zero) · M + B · 2^rise for each element, rounded once, with the M and B of its constant.
package struct IntegerScaling: Hashable, Sendable {
    package var counts: [Int]
    /// Steps along the axes of the result, of what is read and of the constants.
    package var steps: [Int]
    package var constantSteps: [Int]
    /// One for each constant.
    package var multipliers: [Int32]
    package var offsets: [Int32]
    /// The factor of numbers from 0 on, where it is another; else 0.
    package var positive: Int32
    package var rise: Int
    package var shift: Int
    package var zeros: IntegerZeros
    package var range: ClosedRange<Int>
}

/// q = zero + (e(max − q) · factor + Σ e << 15) / (Σ e << 16), with e from a table.
package struct IntegerSoftmax: Hashable, Sendable {
    /// Before, along and behind the axis.
    package var pieces: [Int]
    /// round(2²⁰ · e^(−scale · d)) for d in 0…255.
    package var exponentials: [Int32]
    /// round(2¹⁶ / scale of the result).
    package var factor: Int
    package var outputZero: Int
}
