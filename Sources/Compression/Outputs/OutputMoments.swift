/// Mean and scatter of what a layer gives on calibration examples, over all its output pixels, before its bias.
///
/// m = Σ y / n, S = Σ (y − m)(y − m)ᵀ, y [T] of one pixel of one example: the square of what projections of the outputs lose is read off S alone.
public struct OutputMoments: Sendable {
    public let key: CalibrationKey
    /// Examples that were looked at.
    public let examples: Int
    /// Output pixels that were counted, n.
    public let count: Int
    /// [T]
    public let mean: [Double]
    /// [T, T], symmetric; T² · 8 bytes.
    public let scatter: [Double]

    init(key: CalibrationKey, examples: Int, count: Int, mean: [Double], scatter: [Double]) {
        (self.key, self.examples, self.count, self.mean, self.scatter) = (key, examples, count, mean, scatter)
    }

    /// T.
    public var channels: Int { mean.count }
    public var byteCount: Int { 8 * (mean.count + scatter.count) }
    /// Output pixels for each channel from which on its main directions are known well.
    public static let wantedPixels = 10
    /// Whether there are fewer than ``wantedPixels`` · T pixels.
    public var isFew: Bool { count < Self.wantedPixels * channels }
    /// Whether no output was a NaN or too large to be squared.
    public var isFinite: Bool { scatter.allSatisfy(\.isFinite) && mean.allSatisfy(\.isFinite) }

    /// Σ y yᵀ: about 0 in the place of the mean.
    var uncentred: [Double] {
        var square = scatter
        let size = channels
        for row in 0..<size { for column in 0..<size { square[row * size + column] += Double(count) * mean[row] * mean[column] } }
        return square
    }

    /// The same for outputs less a constant [T]: a bias that they were gathered with.
    public func without(_ bias: [Double]) -> OutputMoments {
        OutputMoments(
            key: key, examples: examples, count: count, mean: zip(mean, bias).map { $0 - $1 } + mean.dropFirst(bias.count), scatter: scatter
        )
    }

    /// Of the outputs of both on the same examples, as one (Chan, Golub and LeVeque 1979). Cost: O(T²).
    public func joined(with other: OutputMoments) -> OutputMoments {
        let all = Double(count + other.count)
        let (share, difference) = (Double(other.count) / all, zip(mean, other.mean).map { $1 - $0 })
        var scatter = zip(scatter, other.scatter).map { $0 + $1 }
        let factor = Double(count) * share
        for row in 0..<channels {
            for column in 0..<channels { scatter[row * channels + column] += factor * difference[row] * difference[column] }
        }
        return OutputMoments(
            key: key, examples: max(examples, other.examples), count: count + other.count,
            mean: zip(mean, difference).map { $0 + share * $1 }, scatter: scatter)
    }
}
