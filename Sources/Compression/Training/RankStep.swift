import Networks
import Tensors

/// What a layer's weights are to become.
public struct RankTarget: Sendable {
    public let rank: Int
    /// The nearest weights of that rank, in the layout of the layer's.
    public let values: Tensor
    /// ‖W‖² of the weights as they were.
    public let squaredNorm: Double
}

/// The compression step of ``LearnedRanks``: of all ranks within the budget those with the least Σ ‖W − Θ‖² / ‖W‖², and the nearest Θ of each layer.
///
/// The error of a rank is the sum of the squared singular values beyond it, so that one decomposition of each layer tells all of them, and the ranks are a
/// ``NetworkBudget``. Layers are decomposed one by one, for each takes a while.
public struct RankStep {
    private let settings: LearnedRanks
    private var found: [String: Decomposition] = [:]

    public init(_ settings: LearnedRanks) { self.settings = settings }

    public func isKnown(_ weight: String) -> Bool { found[weight] != nil }

    /// Finds the singular values of a layer's weights. Cost: O(shorter² · longer).
    public mutating func decompose(_ layer: TrainedLayer) {
        let matrix = layer.layer.geometry.matrix
        found[layer.layer.weight] = Decomposition(
            UnsafeBufferPointer(layer.shadow.values), rows: matrix.rows, columns: matrix.columns, blocks: WeightBlocks { false })
    }

    /// The ranks of the layers that were decomposed, by weight; those that stay dense are left out.
    ///
    /// - Parameter plans: Of all layers, by weight: what has no choice costs what its plan makes of it.
    /// Throws where the shapes of the network don't fit.
    public func ranks(_ network: Network, plans: [String: LayerPlan]) throws(ShapeError) -> [String: Int] {
        let spectra = found.reduce(into: [String: LayerSpectrum]()) { spectra, layer in
            let energies = layer.value.values.map { $0 * $0 }
            spectra[layer.key] = LayerSpectrum(weight: layer.key, weighting: .plain, energies: energies)
        }
        let budget = try NetworkBudget(settings.unit, network: network, plans: plans, spectra: spectra)
        return budget.allocation(share: settings.share).choices.reduce(into: [:]) { $0[$1.weight] = $1.option.rank }
    }

    /// The nearest weights of a rank; nil for a layer that was not decomposed. Cost: O(rank · weights).
    public func target(of layer: Layer, rank: Int) -> RankTarget? {
        guard let decomposition = found[layer.weight] else { return nil }
        let factorization = Factorization(.channel, ranks: [rank], of: layer.geometry)
        let (left, right) = decomposition.factors(rank: factorization.first)
        let values = Tensor(shape: layer.shape) { values in
            left.withFloats { left in
                right.withFloats { right in
                    _ = FactorProduct(factorization: factorization, weights: layer.geometry, parts: [right, left]).multiply(into: values)
                }
            }
        }
        return RankTarget(rank: rank, values: values, squaredNorm: decomposition.energy(of: 0).all)
    }
}

extension TrainedLayer {
    /// Moves the weights a share of the way to others of the same shape: with ηκ / (1 + ηκ) the implicit step of rate η of the penalty κ/2 · ‖W − Θ‖², which no κ is
    /// too large for. Cost: O(n).
    public func pull(to target: Tensor, share: Float) {
        let values = shadow.values
        target.withFloats { target in
            for index in values.indices { values[index] += share * (target[index] - values[index]) }
        }
    }
}
