/// One-dimensional k-means over survivors.
public enum Centroids {
    public static func lloyd(
        _ survivors: Survivors, k: Int, start: WeightSharing.Start = .linear, seed: UInt64 = 1,
        warmStart: [Double]? = nil, maximumSteps: Int = 1_000
    ) -> SharedCodebook {
        SharedCodebook(
            values: [], counts: [], squaredErrors: [], boundaries: [], steps: 0, isConverged: true, origin: .lloyd,
            squaredError: 0)
    }

    public static func optimal(_ survivors: Survivors, k: Int) -> SharedCodebook { lloyd(survivors, k: k) }

    /// Squared error of `codebook` over that of `optimum`, ≥ 1; nil where the optimum has none and the codebook has.
    public static func distanceFromOptimum(_ codebook: SharedCodebook, optimum: SharedCodebook) -> Double? { nil }
}
