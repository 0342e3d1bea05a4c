import Networks
import Tensors

extension Layer {
    /// Whether the ranks of its factors are told by one spectrum: without groups, of which each has its own.
    public var hasSpectrum: Bool { isFactorable && groups == 1 }
}

/// The energies of a layer's directions, which say for each rank what factors of it keep.
public struct LayerSpectrum: Hashable, Sendable {
    /// The layer's weight parameter.
    public let weight: String
    /// What is kept: of the weights, or of the outputs on calibration examples.
    public let weighting: LowRank.Weighting
    /// Squared singular values, or main variances of the outputs, falling.
    public let energies: [Double]
    /// Whether there were too few outputs to know their directions well.
    public let isFew: Bool

    public init(weight: String, weighting: LowRank.Weighting, energies: [Double], isFew: Bool = false) {
        self.weight = weight
        self.weighting = weighting
        self.energies = energies
        self.isFew = isFew
    }

    /// Of weights as they are stored; nil when cancelled. Cost: that of a decomposition, which is kept for the plans that follow.
    public init?(plain weights: Tensor, of layer: Layer, isCancelled: () -> Bool = { false }) {
        let found = withoutActuallyEscaping(isCancelled) { isCancelled in
            weights.withFloats { values in
                GroupFactors(values: values, weights: layer.geometry, blocks: WeightBlocks(isCancelled: isCancelled)).decomposition(
                    .channel)
            }
        }
        guard let found else { return nil }
        self.init(weight: layer.weight, weighting: .plain, energies: found.values.map { $0 * $0 })
    }

    /// Of the outputs of a layer: as many as its largest rank.
    public init(_ basis: OutputBasis, of layer: Layer) {
        let largest = FactorMethod.channel.largestRanks(of: layer.geometry).first ?? 1
        self.init(
            weight: layer.weight, weighting: .outputs, energies: Array(basis.values.prefix(largest)),
            isFew: basis.isFew)
    }
}
