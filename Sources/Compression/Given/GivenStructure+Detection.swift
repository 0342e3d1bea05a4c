import Tensors

extension GivenStructure {
    /// Looks for exact zeros, a codebook and a grid in the weights as they were read.
    ///
    /// Cost: O(n) for weights that have few values; for the usual ones the 257th distinct value ends the search.
    public static func detect(weights: Tensor, distribution: WeightDistribution) -> GivenStructure {
        var given = GivenStructure(zeros: distribution.givenZeros, count: weights.count, values: [], grid: nil)
        given.format = StoredWeights.FloatFormat(weights.elementType)
        guard let values = weights.withFloats(distinctValues), !values.isEmpty else { return given }
        let survivors = given.count - given.zeros
        let savedBits = survivors * (given.format.bits - bits(codes: values.count)) - 32 * values.count
        guard savedBits > 0 else { return given }
        given.values = values
        // One value lies on every grid.
        if values.count > 1 { given.grid = grid(of: values, holdsZero: given.zeros > 0) }
        return given
    }

    /// Whether there are at most 256 values other than zero. Cost: O(n) where there are, else until the next one is met.
    static func hasFewValues(_ weights: UnsafeBufferPointer<Float>) -> Bool { distinctValues(weights) != nil }

    /// The values other than zero, ascending; nil for more than 256. Open addressing in 1,024 slots, fewer for a few weights.
    private static func distinctValues(_ weights: UnsafeBufferPointer<Float>) -> [Float]? {
        let digits = min(10, Int.bitWidth - (4 * weights.count).leadingZeroBitCount)
        let mask = 1 << digits - 1
        var slots = [UInt32](repeating: 0, count: 1 << digits)
        var count = 0
        for weight in weights where weight != 0 {
            let bits = weight.bitPattern
            var slot = Int((bits &* 2_654_435_769) >> UInt32(32 - digits))
            while slots[slot] != 0, slots[slot] != bits { slot = (slot + 1) & mask }
            guard slots[slot] == 0 else { continue }
            count += 1
            guard count <= maximumValues else { return nil }
            slots[slot] = bits
        }
        return slots.filter { $0 != 0 }.map(Float.init(bitPattern:)).sorted()
    }

    /// Multiples of a step (a zero point is allowed), else an offset and multiples of a step; the coarsest grid that fits.
    static func grid(of values: [Float], holdsZero: Bool) -> Grid? {
        let values = values.map(Double.init)
        guard let smallest = values.map(\.magnitude).min(), let first = values.first, let last = values.last else { return nil }
        if let step = step(of: values, from: 0, smallest: smallest) {
            let codes = (min(first, 0) / step).rounded()...(max(last, 0) / step).rounded()
            return Grid(step: step, offset: 0, bits: bits(spanning: codes))
        }
        let all = holdsZero ? (values + [0]).sorted() : values
        let differences = zip(all.dropFirst(), all).map { $0 - $1 }
        guard all.count > 3, let base = all.first, let least = differences.min() else { return nil }
        return step(of: Array(all.dropFirst()), from: base, smallest: least).map { step in
            Grid(step: step, offset: base, bits: max(2, bits(codes: Int(((last - base) / step).rounded()) + 1)))
        }
    }

    /// The largest step of which every `value − base` is a multiple, by at most 255: `smallest` divided by 1, 2, 3….
    ///
    /// Values are float32: a multiple may be off by their rounding, relative to the largest magnitude.
    private static func step(of values: [Double], from base: Double, smallest: Double) -> Double? {
        let largest = max(values.map(\.magnitude).max() ?? 0, base.magnitude)
        let reach = (values.last ?? 0) - min(values.first ?? 0, base)
        for divisor in 1...maximumValues where smallest > 0 {
            let estimate = smallest / Double(divisor)
            guard max(reach, largest - base.magnitude) / estimate <= 255.5 else { return nil }
            let step = refined(estimate, values: values, base: base)
            let tolerance = largest * 0x1p-22 / step + 1e-6
            guard tolerance < 0.01 else { return nil }
            let fits = values.allSatisfy { value in
                let code = (value - base) / step
                return (code - code.rounded()).magnitude <= tolerance && code.rounded() != 0
            }
            if fits { return step }
        }
        return nil
    }

    /// Least squares over the codes that the estimate gives: Σ code · value / Σ code².
    private static func refined(_ estimate: Double, values: [Double], base: Double) -> Double {
        var (products, squares) = (0.0, 0.0)
        for value in values {
            let code = ((value - base) / estimate).rounded()
            products += code * (value - base)
            squares += code * code
        }
        return squares > 0 ? products / squares : estimate
    }

    /// Symmetric codes −(2^(b−1) − 1)…2^(b−1) − 1 where they suffice, else 2^b of them with a zero point.
    private static func bits(spanning codes: ClosedRange<Double>) -> Int {
        let reach = Int(max(-codes.lowerBound, codes.upperBound))
        let asymmetric = bits(codes: Int(codes.upperBound - codes.lowerBound) + 1)
        return min(max(2, bits(codes: reach + 1) + 1), max(2, asymmetric))
    }
}
