import Compression

/// How a normalization follows what it reads: its file's statistics are of other examples than those that are looked at, so they are moved, not replaced.
enum NormalizationStatistics {
    /// now − (before − mean) · scale, so that what is normalized keeps its mean, whether the file's was that of these examples or not.
    static func mean(_ mean: Float, now: Double, before: Double, scale: Float) -> Float {
        mean + Float(now - before) + (Float(before) - mean) * (1 - scale)
    }

    /// variance · scale², so that it keeps its deviation.
    static func variance(_ variance: Float, scale: Float) -> Float { variance * scale * scale }

    /// √(now / before) of variances, a half at least; 1 where one of them is 0.
    static func scale(now: Double, before: Double) -> Float { now > 0 && before > 0 ? Float(max(least, now / before).squareRoot()) : 1 }

    /// As deviations are matched where normalizations are folded: by ``SecondMoments/largestScale`` at most.
    private static let least = 1 / (SecondMoments.largestScale * SecondMoments.largestScale)
}
