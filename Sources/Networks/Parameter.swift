import Foundation
import Tensors

/// A trained tensor of a network, by name.
public struct Parameter: Sendable {
    /// What a parameter is to the node that reads it.
    public enum Role: String, Codable, Sendable {
        /// Weights of a convolution, Gemm or MatMul: these are pruned, quantized and shared.
        case weight
        case bias
        /// Scale, shift, mean or variance of a normalization.
        case normalization
        /// The learned clip of quantized activations.
        case clip
        case other
    }

    public var name: String
    public var role: Role
    public var values: Tensor
    /// The integers that its file had in its place, where a node of the graph or a container made floats of them.
    public var origin: IntegerOrigin?

    public init(name: String, role: Role, values: Tensor) {
        self.name = name
        self.role = role
        self.values = values
    }

    public var shape: Shape { values.shape }
    public var count: Int { values.count }
    /// Bytes of the values as floats of the width that they came with: 2 each of 16 bits, else 4, for floats of 64 bits are read as float32.
    public var floatByteCount: Int { (values.elementType.isHalf ? 2 : 4) * count }
    /// Bytes of the values as their file has them: ``floatByteCount``, or of integers their bits, with 4 for each scale or the bytes of their table.
    public var storedByteCount: Int {
        guard let origin else { return floatByteCount }
        return (origin.bits * count + 7) / 8 + (origin.table?.count ?? 4 * origin.scales)
    }
}

/// Integers that a file has instead of floats.
public struct IntegerOrigin: Hashable, Sendable {
    /// `int8`; of a container `grid`, `codebook`, `nf4`.
    public var type: String
    /// Bits of one.
    public var bits: Int
    /// One for the parameter, or one (a codebook too) for each channel or group.
    public var scales: Int
    /// What a step of 1 is, for all, by output channel or by group; empty where the values are no multiples of steps.
    public var steps: [Float]

    /// What levels stand for where they are no multiples of steps, in the form of a container's record without its stream; nil of others.
    public var table: Data?

    public init(type: String, bits: Int, scales: Int, steps: [Float] = []) {
        self.type = type
        self.bits = bits
        self.scales = scales
        self.steps = steps
    }
}
