/// The logits of both networks for the examples measured so far.
public struct LogitsTable: Sendable {
    public var classCount: Int
    /// [count, classes] by index into the split; rows not yet measured are zeros.
    public var original: [Float]
    public var current: [Float]
    /// The examples measured with both, as indices into the split, in the order of evaluation.
    public var evaluated: [Int]

    public init(classCount: Int, original: [Float], current: [Float], evaluated: [Int]) {
        self.classCount = classCount
        self.original = original
        self.current = current
        self.evaluated = evaluated
    }

    /// The logits of one example, [classes].
    public func originalRow(_ example: Int) -> ArraySlice<Float> {
        original[example * classCount..<(example + 1) * classCount]
    }

    public func currentRow(_ example: Int) -> ArraySlice<Float> {
        current[example * classCount..<(example + 1) * classCount]
    }
}

/// Softened outputs over all examples measured with both networks, natural logarithms.
public struct LensSummary: Codable, Hashable, Sendable {
    public var temperature: Double
    /// Mean entropy of softmax(logits / T) of the original and of the network under the plan, in nats; nil without examples.
    public var originalEntropy: Double?
    public var currentEntropy: Double?
    /// Mean KL(original ‖ current) at T, in nats, without the factor T²; nil without examples.
    public var divergence: Double?
    /// Examples that the means are over.
    public var examples: Int
    /// Measured examples that they leave out: a logit is not finite.
    public var leftOut: Int

    public init(
        temperature: Double, originalEntropy: Double?, currentEntropy: Double?, divergence: Double?, examples: Int, leftOut: Int = 0
    ) {
        self.temperature = temperature
        self.originalEntropy = originalEntropy
        self.currentEntropy = currentEntropy
        self.divergence = divergence
        self.examples = examples
        self.leftOut = leftOut
    }
}
