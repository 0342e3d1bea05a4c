import Foundation
import Networks
import Tensors

extension TrainedLayer {
    /// The layer as it is evaluated, with every figure counted on the effective weights; nothing is derived from the plan again.
    ///
    /// Errors are against the float weights. `bias` is the effective one. Cost: O(n).
    public func compressed(bias: (values: Tensor, form: StoredForm)?) -> CompressedLayer {
        var gaps = IndexGaps(bits: plan.indexBits ?? HanAccounting.defaultIndexBits(isConvolution: layer.isConvolution))
        var coded = CodedValues(coding: .floats(bits: 32))
        let (weights, levels) = CodeBuffers.make(layer, hasLevels: representation.hasLevels) { buffers in
            writeEffective(into: buffers.values)
            coded = representation.coded(buffers, context)
            buffers.values.clearNegativeZeros(in: buffers.values.indices)
            gaps.add(UnsafeBufferPointer(buffers.values))
        }
        var compressed = CompressedLayer(
            layer: layer, weights: weights, form: StoredForm(layer, coded, levels: levels), bias: bias?.values,
            biasForm: bias?.form ?? .floats(.float32), summary: summary(coded, gaps: gaps))
        if plan.pattern != nil, !plan.bypass {
            let masked = context.masked()
            compressed.survivors = withExtendedLifetime(masked) { try? WeightDistribution(UnsafeBufferPointer(masked.floats)) }
        }
        compressed.summary.fileEstimate = LevelEstimate.bytes(compressed)
        compressed.take(coded.parts)
        compressed.trainedParts = (representation as? FactorWeights)?.kept
        return compressed
    }

    private func summary(_ coded: CodedValues, gaps: IndexGaps) -> LayerSummary {
        let (kept, pruned) = energies
        let remarks: [LayerRemark] = gaps.values > 0 || layer.count == 0 ? [] : [kept > 0 ? .allRoundedToZero : .everythingPruned]
        return LayerSummary(
            name: layer.name, weight: layer.weight, shape: layer.shape, groups: layer.groups, standardDeviation: deviation, plan: plan,
            threshold: threshold, zeros: layer.count - gaps.values, codebook: coded.codebook, scales: coded.scales, clip: coded.clip,
            steps: coded.steps, distanceFromOptimum: nil,
            signalToNoise: SignalToNoise(kept: kept, pruned: pruned, rounding: coded.squaredError, whole: coded.wholeSquaredError),
            bytes: HanAccounting.bytes(weights: layer.count, gaps: gaps, coding: coded.coding), remarks: coded.remarks + remarks)
    }

    /// Σ w² over the kept and over the pruned float weights.
    private var energies: (kept: Double, pruned: Double) {
        var (kept, pruned) = (0.0, 0.0)
        floats.withFloats { values in
            for index in values.indices {
                let square = Double(values[index]) * Double(values[index])
                if isKept(index) { kept += square } else { pruned += square }
            }
        }
        return (kept, pruned)
    }
}
