import Tensors

extension Centroids {
    /// Where k centroids start, ascending; there are more than k distinct survivors.
    static func starts(_ survivors: Survivors, k: Int, start: WeightSharing.Start, seed: UInt64) -> [Double] {
        switch start {
        case .linear: linear(survivors, k: k)
        case .density: (0..<k).map { Double(survivors[Int((Double($0) + 0.5) * Double(survivors.count) / Double(k))]) }
        case .random: random(survivors, k: k, seed: seed)
        }
    }

    /// Evenly from the smallest to the largest survivor (Han, Mao and Dally 2016, section 3.2); the middle for k = 1.
    private static func linear(_ survivors: Survivors, k: Int) -> [Double] {
        let (low, high) = (Double(survivors[0]), Double(survivors[survivors.count - 1]))
        guard k > 1 else { return [(low + high) / 2] }
        return (0..<k).map { low + (high - low) * Double($0) / Double(k - 1) }
    }

    /// Survivors drawn with the seed, each value at most once.
    ///
    /// The draws are bounded: where a few values make up nearly all weights, fewer than k may be found.
    private static func random(_ survivors: Survivors, k: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        var drawn: Set<Float> = []
        for _ in 0..<64 * k where drawn.count < k {
            drawn.insert(survivors[Int.random(in: 0..<survivors.count, using: &generator)])
        }
        return drawn.sorted().map(Double.init)
    }
}
