extension WeightDistribution {
    /// How closely the values of the weights are known.
    public enum Resolution: UInt8, Codable, Sendable {
        /// Each weight's value.
        case exact
        /// Bins of 2⁻¹¹ of their value: a histogram too fine to be seen as one.
        case fine
        /// At most ``coarseValues`` values: what is kept of layers that are not looked at.
        case coarse
    }

    /// Values of a coarse distribution: half of them even in value, half even in count.
    public static let coarseValues = 768

    /// Bytes of memory.
    public var byteCount: Int { (sorted as? CountedWeights)?.byteCount ?? count * 4 + count / 12 }

    /// The same with few values, each the mean of those that it stands for; extent, mean, σ and zeros stay exact.
    public var coarsened: WeightDistribution {
        guard let weights = sorted as? CountedWeights, weights.values.count > Self.coarseValues else { return self }
        var (values, counts): ([Float], [Int]) = ([], [])
        var begin = 0
        for end in coarseEnds(weights) {
            let ranks = begin..<end
            begin = end
            if ranks.isEmpty { continue }
            let moments = weights.moments(ranks)
            let isZero = zeroRanks.contains(ranks.lowerBound)
            values.append(isZero ? 0 : Float(weights.centre + moments.first / Double(moments.count)))
            counts.append(ranks.count)
        }
        return WeightDistribution(
            CountedWeights(distinct: values, counts: counts, centre: weights.centre), resolution: .coarse, facts: facts)
    }

    private func coarseEnds(_ weights: CountedWeights) -> [Int] {
        let half = Self.coarseValues / 2 - 2
        let byValue = (1...half).map { weights.rank(notAbove: Float(minimum + (maximum - minimum) * Double($0) / Double(half))) }
        let byCount = (1...half).map { weights.rank(notAbove: weights[max(1, count * $0 / half) - 1]) }
        return Set(byValue + byCount + [zeroRanks.lowerBound, zeroRanks.upperBound, count]).filter { $0 > 0 }.sorted()
    }

    /// What is exact whatever the resolution.
    struct Facts: Sendable {
        var minimum: Double
        var maximum: Double
        var mean: Double
        var standardDeviation: Double
        var nonzeroStandardDeviation: Double
    }

    var facts: Facts {
        Facts(
            minimum: minimum, maximum: maximum, mean: mean, standardDeviation: standardDeviation,
            nonzeroStandardDeviation: nonzeroStandardDeviation)
    }
}

extension CountedWeights {
    /// The same of values of which neighbours may have been rounded to one.
    convenience init(distinct values: [Float], counts: [Int], centre: Double) {
        var (joined, sums): ([Float], [Int]) = ([], [])
        for (value, count) in zip(values, counts) {
            if let last = joined.last, value <= last {
                sums[sums.count - 1] += count
            } else {
                joined.append(value)
                sums.append(count)
            }
        }
        self.init(values: joined, counts: sums, centre: centre)
    }
}
