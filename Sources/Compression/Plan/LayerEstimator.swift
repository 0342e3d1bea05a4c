import Networks
import Tensors

/// Makes the summary of a layer from its distribution alone, for layers that are too large to be made while one looks, or that no knob changes.
///
/// Zeros, codes and errors are those of the searches: exact, but for a fine or coarse distribution's bins. Places of the zeros are taken for
/// random (``IndexGaps/init(bits:expecting:of:)``).
public enum LayerEstimator {
    /// The summary under a plan; nil where the representation needs every weight's place: scales or codebooks per
    /// channel or group, and the likes of binary. Nil when cancelled too, which is asked every few milliseconds.
    public static func summary(
        of layer: Layer, distribution: WeightDistribution, plan: LayerPlan, rule: PruningRule, isCancelled: () -> Bool = { false }
    ) -> LayerSummary? {
        let rule = plan.bypass ? PruningRule.none : rule
        let survivors = rule.survivors(of: distribution)
        guard let coded = coded(plan.bypass ? .float32 : plan.weights, survivors, isCancelled) else { return nil }
        let zeroed = coded.coding.counts.map { survivors.count - $0.reduce(0, +) } ?? 0
        let zeros = survivors.zeros + max(0, zeroed)
        let bits = plan.indexBits ?? HanAccounting.defaultIndexBits(isConvolution: layer.isConvolution)
        let gaps = IndexGaps(bits: bits, expecting: layer.count - zeros, of: layer.count)
        return LayerSummary(
            name: layer.name, weight: layer.weight, shape: layer.shape, standardDeviation: distribution.standardDeviation, plan: plan,
            threshold: rule.threshold, zeros: zeros, codebook: coded.codebook, scales: coded.scales, clip: coded.clip, steps: coded.steps,
            distanceFromOptimum: nil,
            signalToNoise: SignalToNoise(
                kept: survivors.sumOfSquares, pruned: survivors.prunedSumOfSquares, rounding: coded.squaredError),
            bytes: HanAccounting.bytes(weights: layer.count, gaps: gaps, coding: coded.coding),
            remarks: remarks(plan, survivors, distribution))
    }

    /// Whether a plan leaves the weights as they are, so that nothing but the distribution is asked for.
    public static func leavesWeights(_ plan: LayerPlan) -> Bool {
        plan.bypass || plan.pruning.amount <= 0 && plan.weights == .float32
    }

    private static func remarks(_ plan: LayerPlan, _ survivors: Survivors, _ distribution: WeightDistribution) -> [LayerRemark] {
        var remarks: [LayerRemark] = leavesWeights(plan) ? [] : [.estimated]
        let share = Double(distribution.givenZeros) / Double(max(1, distribution.count))
        if share >= GivenStructure.prunedShare { remarks.append(.givenZeros(distribution.givenZeros)) }
        if !plan.bypass, plan.pruning.amount > 0, survivors.count == 0, distribution.count > 0 { remarks.append(.everythingPruned) }
        return remarks
    }

    private static func coded(_ weights: WeightRepresentation, _ survivors: Survivors, _ isCancelled: () -> Bool) -> CodedValues? {
        switch weights {
        case .float32: CodedValues(coding: .floats(bits: 32))
        case .float16: rounded(survivors, Float.finiteHalf)
        case .bfloat16: rounded(survivors, Float.finiteBrainFloat)
        case .linear(let linear) where !linear.hasManyScales: self.linear(linear, survivors)
        case .shared(let sharing) where sharing.span == nil: shared(sharing, survivors, isCancelled)
        default: nil
        }
    }

    private static func rounded(_ survivors: Survivors, _ round: (Float) -> Float) -> CodedValues {
        var error = 0.0
        survivors.forEachValue { value, count in
            let difference = Double(value) - Double(round(value))
            error += Double(count) * difference * difference
        }
        return CodedValues(squaredError: error, coding: .floats(bits: 16))
    }

    private static func linear(_ linear: LinearQuantization, _ survivors: Survivors) -> CodedValues {
        let grid = LinearCoder(linear: linear).grid(of: survivors)
        let outcome = grid.outcome(survivors)
        let levels = grid.levels
        let zeroPointBits = linear.isSymmetric ? 0 : linear.bits
        let counts = zip(levels, outcome.counts).map { $0 == 0 ? 0 : $1 }
        var coded = CodedValues(
            squaredError: outcome.squaredError,
            coding: ValueCoding(bits: linear.bits, counts: counts, bitsWithZero: linear.bits, overheadBits: 32 + zeroPointBits))
        coded.codebook = centroids(levels, outcome.counts, outcome.squaredErrors)
        coded.scales = [Double(grid.scale)]
        coded.clip = grid.clip
        return coded
    }

    private static func shared(_ sharing: WeightSharing, _ survivors: Survivors, _ isCancelled: () -> Bool) -> CodedValues? {
        let found = try? sharing.codebook(of: survivors) { () throws(CancellationError) in
            if isCancelled() { throw CancellationError() }
        }
        guard let book = found else { return nil }
        let counts = zip(book.values, book.counts).map { $0 == 0 ? 0 : $1 }
        var coded = CodedValues(
            squaredError: book.squaredError,
            coding: ValueCoding.codes(bits: sharing.bits, counts: counts, overheadBits: 32 * book.values.count))
        coded.codebook = centroids(book.values, book.counts, book.squaredErrors)
        coded.steps = book.steps
        return coded
    }

    private static func centroids(_ values: [Float], _ counts: [Int], _ errors: [Double]) -> [Centroid] {
        values.indices.filter { counts[$0] > 0 }.map {
            Centroid(value: Double(values[$0]), count: counts[$0], squaredError: errors[$0])
        }.sorted { $0.value < $1.value }
    }
}

extension Survivors {
    /// Calls `body` with each distinct value, ascending, and how many survivors have it. Cost: O(values · log n).
    func forEachValue(_ body: (Float, Int) -> Void) {
        var rank = 0
        while rank < count {
            let value = self[rank]
            let end = self.rank(notAbove: value)
            body(value, max(1, end - rank))
            rank = max(end, rank + 1)
        }
    }
}
