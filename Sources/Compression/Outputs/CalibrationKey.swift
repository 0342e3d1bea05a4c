import Tensors

/// Which training examples the outputs of layers are gathered from: so many, drawn by a seed.
public struct CalibrationKey: Codable, Hashable, Sendable {
    /// At most.
    public var examples: Int
    public var seed: UInt64
    /// What they were drawn from where that is not the training examples: the SHA-256 of other ones, or their name.
    public var source: String?

    /// What plans are made with.
    public static let standard = CalibrationKey(examples: 256, seed: 1)

    /// What compensated layers are fitted with.
    public static let fit = CalibrationKey(examples: 1_024, seed: 1)

    public init(examples: Int, seed: UInt64) {
        self.examples = examples
        self.seed = seed
    }

    /// Indices into so many training examples, rising; all where there are no more. Cost: O(count).
    public func indices(of count: Int) -> [Int] {
        guard count > examples else { return Array(0..<count) }
        var (generator, left) = (SeededGenerator(seed: seed), examples)
        // Each with the chance of what is still wanted among what is left (Fan, Muller and Rezucha 1962).
        return (0..<count).filter { index in
            guard generator.uniform() * Double(count - index) < Double(left) else { return false }
            left -= 1
            return true
        }
    }
}
