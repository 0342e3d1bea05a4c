import Compression
import Formats
import Tensors

/// Opening a layer of weights, and sparsity, histogram and centroids for a new threshold.
enum DistributionCase {
    private struct Opened: Encodable {
        var seconds: Double
        var standardDeviation: Double
        /// Weights at evenly spaced ranks, the ends included.
        var samples: [Float]
    }

    private struct Turned: Encodable {
        var seconds: Double
        var threshold: Double
        var zeros: Int
        var counts: [Int]
        var pruned: [Int]
        var values: [Float]
        var valueCounts: [Int]
        var squaredError: Double
    }

    private static let bins = 128
    private static let centroids = 32
    private static let sampleCount = 1_001

    /// Lines: `open`, or `threshold RATIO optimal|density` (the ratio is of σ).
    static func run(_ arguments: [String]) throws {
        guard let path = arguments.first else { throw BenchmarkFailure.usage("distribution FILE.npy") }
        let weights = try NPY.read(path)
        var distribution: WeightDistribution?
        try Conversation.answer { words in
            if words == ["open"] {
                distribution = nil
                let (opened, seconds) = try Stopwatch.measure { try WeightDistribution(weights) }
                distribution = opened
                let step = Double(max(0, opened.count - 1)) / Double(sampleCount - 1)
                return Opened(
                    seconds: seconds, standardDeviation: opened.standardDeviation,
                    samples: (0..<sampleCount).map { opened[Int((Double($0) * step).rounded())] })
            }
            guard let distribution, words.count == 3, words[0] == "threshold", let ratio = Double(words[1]) else {
                throw BenchmarkFailure.usage("open, then threshold RATIO optimal|density")
            }
            return turn(distribution, ratio: ratio, isOptimal: words[2] == "optimal")
        }
    }

    private static func turn(_ distribution: WeightDistribution, ratio: Double, isOptimal: Bool) -> Turned {
        let threshold = ratio * distribution.standardDeviation
        let extent = max(-distribution.minimum, distribution.maximum)
        let (found, seconds) = Stopwatch.measure {
            let survivors = Survivors(distribution, threshold: threshold)
            let histogram = distribution.histogram(bins: bins, over: -extent...extent, threshold: threshold)
            let codebook =
                isOptimal ? Centroids.optimal(survivors, k: centroids) : Centroids.lloyd(survivors, k: centroids, start: .density)
            return (zeros: survivors.zeros, histogram: histogram, codebook: codebook)
        }
        return Turned(
            seconds: seconds, threshold: threshold, zeros: found.zeros, counts: found.histogram.counts,
            pruned: found.histogram.pruned, values: found.codebook.values, valueCounts: found.codebook.counts,
            squaredError: found.codebook.squaredError)
    }
}
