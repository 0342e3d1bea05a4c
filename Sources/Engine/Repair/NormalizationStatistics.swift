import Compression

/// How a normalization follows what it reads: its file's statistics are of other examples than those that are looked at, so they are moved, not replaced.
enum NormalizationStatistics {
    /// mean + now − before.
    static func mean(_ mean: Float, now: Double, before: Double) -> Float { mean + Float(now - before) }

    /// variance · now / before, a quarter of it at least; a variance of 0 leaves it alone.
    static func variance(_ variance: Float, now: Double, before: Double) -> Float {
        now > 0 && before > 0 ? variance * Float(max(least, now / before)) : variance
    }

    /// As deviations are matched where normalizations are folded: by ``SecondMoments/largestScale`` at most.
    private static let least = 1 / (SecondMoments.largestScale * SecondMoments.largestScale)
}
