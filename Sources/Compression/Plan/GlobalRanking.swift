/// Layers whose magnitudes are ranked together, in the order in which ties are settled.
struct GlobalRanking {
    typealias Member = (weight: String, layer: PrunedLayer, dense: DenseStatistics)

    let members: [Member]

    func rules(_ pruning: Pruning) -> [String: PruningRule] {
        guard pruning.amount > 0 else { return rules { _ in .none } }
        switch pruning.criterion {
        case .ratio:
            let threshold = pruning.amount * standardDeviation(pruning.deviation)
            return rules { $0.layer.rule(threshold: threshold) }
        case .level: return levelRules(pruning.amount)
        }
    }

    private func rules(_ make: (Member) -> PruningRule) -> [String: PruningRule] {
        Dictionary(members.map { ($0.weight, make($0)) }) { first, _ in first }
    }

    /// σ of the concatenated dense weights from each layer's count, mean and σ (Chan, Golub and LeVeque 1979).
    func standardDeviation(_ deviation: Pruning.Deviation) -> Double {
        var (count, mean, squares) = (0.0, 0.0, 0.0)
        for (_, _, dense) in members {
            let added = Double(dense.count - (deviation == .all ? 0 : dense.zeros))
            guard added > 0 else { continue }
            let addedMean = dense.mean * Double(dense.count) / added
            let sigma = dense.deviation(deviation)
            let difference = addedMean - mean
            squares += sigma * sigma * (added - 1) + difference * difference * count * added / (count + added)
            mean += difference * added / (count + added)
            count += added
        }
        return count < 2 ? 0 : (squares / (count - 1)).squareRoot()
    }

    /// round(level · N) zeros over all members.
    private func levelRules(_ level: Double) -> [String: PruningRule] {
        let total = members.reduce(0) { $0 + $1.layer.distribution.count }
        let wanted = Int((level * Double(total)).rounded())
        guard wanted > 0 else { return rules { _ in .none } }
        let threshold = smallestThreshold(zeros: wanted)
        let below = members.map { threshold > 0 ? $0.layer.zeros(threshold: Double(threshold.nextDown)) : 0 }
        var remaining = wanted - below.reduce(0, +)
        var rules: [String: PruningRule] = [:]
        for (member, below) in zip(members, below) {
            let ties = min(member.layer.zeros(threshold: Double(threshold)) - below, remaining)
            remaining -= ties
            rules[member.weight] = member.layer.rule(zeros: below + ties, threshold: Double(threshold))
        }
        return rules
    }

    /// The smallest magnitude t with at least `wanted` zeros, or the largest of all: non-negative floats sort like their bit patterns.
    private func smallestThreshold(zeros wanted: Int) -> Float {
        let largest = members.map(\.layer.distribution.largestMagnitude).max() ?? 0
        var (low, high) = (UInt32(0), largest.bitPattern)
        while low < high {
            let middle = low + (high - low) / 2
            let threshold = Double(Float(bitPattern: middle))
            let zeros = members.reduce(0) { $0 + $1.layer.zeros(threshold: threshold) }
            if zeros >= wanted { high = middle } else { low = middle + 1 }
        }
        return Float(bitPattern: low)
    }
}
