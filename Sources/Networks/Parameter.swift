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

    public init(name: String, role: Role, values: Tensor) {
        self.name = name
        self.role = role
        self.values = values
    }

    public var shape: Shape { values.shape }
    public var count: Int { values.count }
}
