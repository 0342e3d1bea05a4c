/// How layers are computed whose weights and inputs a plan made whole numbers of at most 8 bits.
public enum Arithmetic: String, Codable, Hashable, Sendable, CaseIterable {
    /// By integers where they are exact on this processor and not slower, else simulated.
    case auto
    /// By integers wherever they are exact on this processor.
    case integer
    /// By floats that stand for the integers, as every other layer.
    case simulated
}

/// How the stages of an executor are computed; what they leave differs in bits or in layout.
public enum StageArithmetic: UInt64, Hashable, Sendable {
    /// By float32 kernels.
    case dense = 0
    /// By lists of the weights that are no zeros, images side by side.
    case lists = 1
    /// By integers.
    case integers = 3
    /// As it would be, but what it leaves lies as whole numbers of 8 bits.
    case levels = 5
}
