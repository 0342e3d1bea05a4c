import Networks
import Tensors

extension LayerPlan {
    /// Whether the layer becomes factors that are nearest to what it gives on calibration examples, which must be gathered before it is made.
    public var readsOutputs: Bool {
        if !bypass, case .factors(let rank) = weights { rank.weighting == .outputs } else { false }
    }

    /// A bias that takes what projecting the outputs loses of their mean; nil where there is none. Cost: O(rank · T).
    public func shifted(_ bias: Tensor?, _ outputs: OutputBasis?, of layer: Layer) -> Tensor? {
        guard let bias, let shift = biasShift(outputs, of: layer), shift.count == bias.count else { return bias }
        return Tensor(shape: bias.shape, floats: zip(bias.floats, shift).map { Float(Double($0) + $1) })
    }

    /// What a bias takes of the mean that projecting the outputs loses, (I − U_r U_rᵀ) m [T]; nil where the plan projects none, or there is no bias to
    /// take it. Cost: O(rank · T).
    public func biasShift(_ outputs: OutputBasis?, of layer: Layer) -> [Double]? {
        guard readsOutputs, let outputs, outputs.isCentred, let rank = factorization(of: layer.geometry)?.first else { return nil }
        return outputs.shift(rank: rank)
    }
}

extension CompressionPlan {
    /// Whether outputs on calibration examples must be gathered for it.
    public var readsOutputs: Bool { layers.contains { $0.plan.readsOutputs } }
}
