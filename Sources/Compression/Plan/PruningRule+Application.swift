extension PruningRule {
    /// Copies the weights with +0 in the place of each pruned one; false when cancelled.
    ///
    /// Equal magnitudes at the threshold of ``zeros(_:threshold:)`` are pruned by index. Cost: O(n).
    func apply(
        to weights: UnsafeBufferPointer<Float>, into kept: UnsafeMutableBufferPointer<Float>, below: Int, blocks: WeightBlocks
    ) -> Bool {
        switch self {
        case .none:
            return blocks.forEach(in: weights.count) { range in
                for index in range { kept[index] = weights[index] }
            }
        case .threshold(let threshold):
            let limit = Float(roundedDown: threshold)
            return blocks.forEach(in: weights.count) { range in
                for index in range { kept[index] = weights[index].magnitude > limit ? weights[index] : 0 }
            }
        case .zeros(let zeros, let threshold):
            let limit = Float(roundedDown: threshold)
            var ties = zeros - below
            return blocks.forEach(in: weights.count) { range in
                for index in range {
                    let magnitude = weights[index].magnitude
                    let isTie = magnitude == limit
                    let isPruned = magnitude < limit || isTie && ties > 0
                    ties -= isTie ? 1 : 0
                    kept[index] = isPruned ? 0 : weights[index]
                }
            }
        }
    }

    /// The weights that survive and are not zero, for the searches of a representation.
    func survivors(of distribution: WeightDistribution) -> Survivors {
        switch self {
        case .none: Survivors(distribution, threshold: 0)
        case .threshold(let threshold): Survivors(distribution, threshold: threshold)
        case .zeros(let zeros, _): Survivors(distribution, zeros: max(zeros, distribution.givenZeros))
        }
    }
}

extension Float {
    /// The largest float that is not above `value`: for floats x, |x| > value exactly when |x| is above it.
    init(roundedDown value: Double) {
        let nearest = Float(value)
        self = Double(nearest) > value ? nearest.nextDown : nearest
    }
}
