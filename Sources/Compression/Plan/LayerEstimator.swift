import Networks
import Tensors

/// Makes the summary of a layer from its distribution alone, for layers that are too large to be made while one looks, or that no knob changes.
///
/// Zeros, codes and errors are those of the searches: exact, but for a fine or coarse distribution's bins. Places of the zeros are taken for
/// random (``IndexGaps/init(bits:expecting:of:)``).
public enum LayerEstimator {
    /// The summary under a plan; nil where the representation needs every weight's place: scales or codebooks per
    /// channel or group, the likes of binary, and patterns. Nil when cancelled too, which is asked every few milliseconds.
    ///
    /// - Parameter format: What the floats of the file are numbers of, as which those count that a plan leaves as they came.
    public static func summary(
        of layer: Layer, distribution: WeightDistribution, format: StoredWeights.FloatFormat = .float32, plan: LayerPlan, rule: PruningRule,
        isCancelled: () -> Bool = { false }
    ) -> LayerSummary? {
        let rule = plan.bypass ? PruningRule.none : rule
        guard let survivors = rule.survivors(of: distribution) else { return nil }
        let form = (plan.bypass ? WeightRepresentation.float32 : plan.weights).codedForm
        guard var coded = form.estimate(survivors, isCancelled: isCancelled) else { return nil }
        if plan.bypass || plan.weights == .float32 { coded.coding = .floats(bits: format.bits) }
        let zeroed = coded.coding.counts.map { survivors.count - $0.reduce(0, +) } ?? 0
        let zeros = survivors.zeros + max(0, zeroed)
        let bits = plan.indexBits ?? HanAccounting.defaultIndexBits(isConvolution: layer.isConvolution)
        let gaps = IndexGaps(bits: bits, expecting: layer.count - zeros, of: layer.count)
        return LayerSummary(
            name: layer.name, weight: layer.weight, shape: layer.shape, groups: layer.groups,
            standardDeviation: distribution.standardDeviation, plan: plan, threshold: rule.threshold, zeros: zeros,
            codebook: coded.codebook, scales: coded.scales, clip: coded.clip, steps: coded.steps, distanceFromOptimum: nil,
            signalToNoise: SignalToNoise(
                kept: survivors.sumOfSquares, pruned: survivors.prunedSumOfSquares, rounding: coded.squaredError),
            bytes: HanAccounting.bytes(weights: layer.count, gaps: gaps, coding: coded.coding),
            remarks: format.remarks + remarks(plan, survivors, distribution))
    }

    /// Whether a plan leaves the weights as they are, so that nothing but the distribution is asked for.
    public static func leavesWeights(_ plan: LayerPlan) -> Bool {
        plan.bypass || !plan.prunes && plan.weights == .float32
    }

    private static func remarks(_ plan: LayerPlan, _ survivors: Survivors, _ distribution: WeightDistribution) -> [LayerRemark] {
        var remarks: [LayerRemark] = leavesWeights(plan) ? [] : [.estimated]
        let share = Double(distribution.givenZeros) / Double(max(1, distribution.count))
        if share >= GivenStructure.prunedShare { remarks.append(.givenZeros(distribution.givenZeros)) }
        if !plan.bypass, plan.prunes, survivors.count == 0, distribution.count > 0 { remarks.append(.everythingPruned) }
        return remarks
    }
}
