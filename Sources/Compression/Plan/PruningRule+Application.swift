import Networks

extension PruningRule {
    /// Tells of each weight of a layer, by index, whether it is pruned; false when cancelled.
    ///
    /// Equal magnitudes at the threshold of ``zeros(_:threshold:)`` are pruned by index, after the `below` weights that are smaller (nil counts
    /// them). What is not a number is pruned where anything is. Cost: O(n).
    @inline(__always)
    func decide(
        _ weights: UnsafeBufferPointer<Float>, of layer: Layer, below: Int? = nil, blocks: WeightBlocks,
        _ body: (_ index: Int, _ isPruned: Bool) -> Void
    ) -> Bool {
        switch self {
        case .none:
            return blocks.forEach(in: weights.count) { range in
                for index in range { body(index, false) }
            }
        case .threshold(let threshold):
            let limit = Float(roundedDown: threshold)
            return blocks.forEach(in: weights.count) { range in
                for index in range { body(index, !(weights[index].magnitude > limit)) }
            }
        case .zeros(let zeros, let threshold):
            let limit = Float(roundedDown: threshold)
            var ties = zeros - (below ?? weights.count { $0.magnitude < limit })
            return blocks.forEach(in: weights.count) { range in
                for index in range {
                    let isTie = weights[index].magnitude == limit
                    body(index, isTie ? ties > 0 : !(weights[index].magnitude > limit))
                    ties -= isTie ? 1 : 0
                }
            }
        case .pattern(let rule):
            guard let mask = rule.mask(weights, of: layer, blocks: blocks) else { return false }
            return blocks.forEach(in: weights.count) { range in
                for index in range { body(index, mask[index] == 0) }
            }
        }
    }

    /// Copies the weights with +0 in the place of each pruned one; false when cancelled. Cost: O(n).
    func apply(
        to weights: UnsafeBufferPointer<Float>, of layer: Layer, into kept: UnsafeMutableBufferPointer<Float>, below: Int,
        blocks: WeightBlocks
    ) -> Bool {
        decide(weights, of: layer, below: below, blocks: blocks) { index, isPruned in kept[index] = isPruned ? 0 : weights[index] }
    }

    /// The weights that survive and are not zero, for the searches of a representation; nil where that depends on their places.
    func survivors(of distribution: WeightDistribution) -> Survivors? {
        switch self {
        case .none: Survivors(distribution, threshold: 0)
        case .threshold(let threshold): Survivors(distribution, threshold: threshold)
        case .zeros(let zeros, _): Survivors(distribution, zeros: max(zeros, distribution.givenZeros))
        case .pattern: nil
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
