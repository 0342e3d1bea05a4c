extension Knapsack {
    /// No choice within the budget loses less than this: the largest value of the Lagrangian dual max over λ ≥ 0 of Σ min (loss + λ · cost) − λ · B.
    ///
    /// The difference to the loss of a choice is at most what is lost by that choice, the gap. Cost: O(100 · options).
    public func lossBound(within budget: Double) -> Double {
        dualBound(atMost: budget - fixed) { ($0.loss, $0.cost) }
    }

    /// No choice that loses at most so much costs less than this.
    public func costBound(losing loss: Double) -> Double {
        fixed + dualBound(atMost: loss) { ($0.cost, $0.loss) }
    }

    /// max over λ of Σ min (value + λ · weight) − λ · limit. The dual is concave, and Σ weight − limit at its minimizers is a slope of it.
    private func dualBound(atMost limit: Double, _ read: (KnapsackOption) -> (value: Double, weight: Double)) -> Double {
        let options = layers.map { layer in layer.allowed.map { read(layer.options[$0]) } }
        func dual(_ rate: Double) -> (bound: Double, slope: Double) {
            var (bound, slope) = (-rate * limit, -limit)
            for layer in options {
                let least = layer.min { ($0.value + rate * $0.weight, $0.weight) < ($1.value + rate * $1.weight, $1.weight) }
                guard let least else { continue }
                bound += least.value + rate * least.weight
                slope += least.weight
            }
            return (bound, slope)
        }
        var best = dual(0)
        guard best.slope > 0 else { return best.bound }
        var (low, high, largest) = (0.0, 1.0, best.bound)
        for _ in 0..<200 where best.slope > 0 {
            best = dual(high)
            largest = max(largest, best.bound)
            if best.slope > 0 { (low, high) = (high, high * 2) }
        }
        for _ in 0..<100 {
            let middle = (low + high) / 2
            let next = dual(middle)
            largest = max(largest, next.bound)
            if next.slope > 0 { low = middle } else { high = middle }
        }
        return largest
    }
}
