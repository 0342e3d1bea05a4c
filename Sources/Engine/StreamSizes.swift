import Compression

/// Finds the exact bytes of levels by every way of writing: those that are found by counting at once, then a pass of the arithmetic coder a step.
struct StreamSizes {
    let weights: StoredWeights
    /// What was found; a way that can't hold the levels has none.
    private(set) var sizes: [WeightCoding: Int]
    private var attempt = 0

    /// Cost: O(n).
    init(of weights: StoredWeights) {
        self.weights = weights
        sizes = LevelCoders.sizes(of: weights, including: Set(WeightCoding.allCases).subtracting([.arithmetic]))
    }

    /// One pass; false when there was none left. Cost: O(n).
    mutating func step() -> Bool {
        let coder = ArithmeticCoder()
        guard attempt < coder.attempts(of: weights) else { return false }
        if let size = coder.byteCount(of: weights, attempt: attempt) { sizes[.arithmetic] = min(size, sizes[.arithmetic] ?? .max) }
        attempt += 1
        return true
    }

    /// The way that is written: the chosen one where it can hold the levels, else the smallest, of equal ones the one with the lower number.
    static func coding(_ chosen: WeightCoding?, of sizes: [WeightCoding: Int]) -> WeightCoding {
        if let chosen, sizes[chosen] != nil { return chosen }
        return sizes.min { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key ?? .dense
    }
}
