import Foundation
import Networks
import Tensors

/// One layer on its way through a plan.
struct LayerState {
    let layer: Layer
    let weights: Tensor
    let distribution: WeightDistribution
    let plan: LayerPlan
    let rule: PruningRule
    let given: GivenStructure
    let outputs: OutputBasis?
    /// What the layer reads, and in which order its weights are best removed, where its plan is fitted to that.
    var inputs: InputMoments?
    var removal: RemovalTrace?
    let deviation: Double
    let blocks: WeightBlocks

    /// Prunes, represents, counts; every zero of the result is +0. Nil when cancelled.
    func compressed(by coder: any SurvivorCoder, bias: BiasRepresentation.Coded?) -> CompressedLayer? {
        var survivors = rule.survivors(of: distribution)
        var pruned = survivors?.prunedSumOfSquares ?? 0
        var gaps = IndexGaps(bits: plan.indexBits ?? HanAccounting.defaultIndexBits(isConvolution: layer.isConvolution))
        var made: CodedValues?
        let (result, levels) = CodeBuffers.make(layer, hasLevels: fitting(coder).hasLevels(given)) { buffers in
            let values = buffers.values
            guard weights.withFloats({ rule.apply(to: $0, of: layer, into: values, below: below, blocks: blocks) }) else { return }
            if let removal { remove(removal, from: values) }
            if survivors == nil || removal != nil { (survivors, pruned) = (sorted(values), squaredError(of: values)) }
            guard let survivors else { return }
            let input = CoderInput(
                layout: ChannelLayout(layer), survivors: survivors, given: given, isPruned: isPruned, deviation: deviation,
                outputs: outputs, whole: (layer, plan), blocks: blocks)
            var coded = fitting(coder).encode(buffers, of: input)
            if coded?.factors != nil, isPruned { coded?.wholeSquaredError = squaredError(of: values) }
            let isCounted = blocks.forEach(in: values.count) { range in
                values.clearNegativeZeros(in: range)
                gaps.add(UnsafeBufferPointer(rebasing: values[range]))
            }
            made = isCounted ? coded : nil
        }
        guard let coded = made, let survivors else { return nil }
        var compressed = CompressedLayer(
            layer: layer, weights: result, form: StoredForm(layer, coded, levels: levels), bias: bias?.values,
            biasForm: bias?.form ?? .floats(.float32), summary: summary(coded, gaps: gaps, survivors: survivors, pruned: pruned))
        compressed.summary.distanceBound = coded.distanceFromOptimum?.bound
        compressed.summary.keptEnergy = coded.keptEnergy
        if case .pattern = rule { compressed.survivors = survivors.distribution }
        if removal != nil { compressed.survivors = survivors.distribution }
        compressed.summary.fit = coded.fit
        compressed.summary.remarks += coded.fit?.remarks ?? []
        compressed.spectrum = coded.spectrum
        compressed.summary.fileEstimate = LevelEstimate.bytes(compressed)
        compressed.take(coded.parts)
        return compressed
    }

    /// The coder that fits to the layer's inputs; the given one where the plan does not, or where nothing of floats is pruned.
    private func fitting(_ coder: any SurvivorCoder) -> any SurvivorCoder {
        guard let inputs, rule != .none || plan.weights != .float32 else { return coder }
        return CompensatedCoder(base: coder, representation: plan.weights, moments: inputs, original: weights)
    }

    /// As many zeros as there are, where removing weights loses least.
    private func remove(_ trace: RemovalTrace, from values: UnsafeMutableBufferPointer<Float>) {
        let (zeros, layout) = (values.count { $0 == 0 }, ChannelLayout(layer))
        weights.withFloats { _ = values.update(from: $0) }
        for (row, columns) in trace.removals(count: zeros).enumerated() {
            for column in columns { values[layout.place(row, Int(column))] = 0 }
        }
    }

    /// The weights that are not 0, as searches.
    private func sorted(_ values: UnsafeMutableBufferPointer<Float>) -> Survivors? {
        (try? WeightDistribution(UnsafeBufferPointer(values))).map { Survivors($0, threshold: 0) }
    }

    /// Σ (w − ŵ)²; what it sums when cancelled is not used. Cost: O(n).
    private func squaredError(of values: UnsafeMutableBufferPointer<Float>) -> Double {
        var sum = 0.0
        weights.withFloats { weights in
            _ = blocks.forEach(in: values.count) { range in
                for index in range {
                    let error = Double(weights[index]) - Double(values[index])
                    sum += error * error
                }
            }
        }
        return sum
    }

    private var isPruned: Bool { rule != .none || given.isPruned }

    /// Weights strictly below the threshold of an exact number of zeros: how many of the zeros are no ties.
    private var below: Int {
        guard case .zeros(_, let threshold) = rule, threshold > 0 else { return 0 }
        return distribution.zeros(threshold: Double(Float(roundedDown: threshold).nextDown))
    }

    private func summary(_ coded: CodedValues, gaps: IndexGaps, survivors: Survivors, pruned: Double) -> LayerSummary {
        LayerSummary(
            name: layer.name, weight: layer.weight, shape: layer.shape, groups: layer.groups,
            standardDeviation: distribution.standardDeviation, plan: plan, threshold: rule.threshold, zeros: layer.count - gaps.values,
            codebook: coded.codebook, scales: coded.scales, clip: coded.clip, steps: coded.steps,
            distanceFromOptimum: coded.distanceFromOptimum?.ratio,
            signalToNoise: SignalToNoise(
                kept: survivors.sumOfSquares, pruned: pruned, rounding: coded.squaredError,
                whole: coded.wholeSquaredError),
            bytes: HanAccounting.bytes(weights: layer.count, gaps: gaps, coding: coded.coding),
            remarks: given.remarks + pruningRemarks(survivors) + coded.remarks + zeroRemarks(gaps, survivors))
    }

    /// A pruning that is asked for and has no effect, or that leaves nothing.
    private func pruningRemarks(_ survivors: Survivors) -> [LayerRemark] {
        guard plan.prunes, !plan.bypass, layer.count > 0 else { return [] }
        if survivors.count == 0 { return [.everythingPruned] }
        if let pattern = plan.pattern { return survivors.zeros <= distribution.givenZeros ? [.patternPrunesNothing(pattern)] : [] }
        if let keep = plan.keep, survivors.count <= keep { return [.keptByFloor(survivors.count)] }
        guard survivors.zeros <= distribution.givenZeros, let smallest = survivors.smallestMagnitude else { return [] }
        return [.thresholdBelowWeights(smallest: Double(smallest))]
    }

    private func zeroRemarks(_ gaps: IndexGaps, _ survivors: Survivors) -> [LayerRemark] {
        gaps.values == 0 && survivors.count > 0 ? [.allRoundedToZero] : []
    }
}

extension SignalToNoise {
    /// From Σ w² of the survivors and of the pruned weights, and Σ (w − ŵ)² of the survivors, and of all where pruned ones do not stay 0.
    init(kept: Double, pruned: Double, rounding: Double, whole: Double? = nil) {
        self.init(
            pruning: SignalToNoise.decibels(kept + pruned, pruned), representation: SignalToNoise.decibels(kept, rounding),
            whole: SignalToNoise.decibels(kept + pruned, whole ?? pruned + rounding))
    }

    /// 10 · log₁₀(signal / noise); nil without noise or without signal.
    private static func decibels(_ signal: Double, _ noise: Double) -> Double? {
        noise > 0 && signal > 0 ? 10 * log10(signal / noise) : nil
    }
}
