import Networks
import Tensors

/// A state: what a plan made of one layer.
public struct CompressedLayer: Sendable {
    public var layer: Layer
    /// The weights to evaluate with, float32, in the original shape; zeros are +0. They are what ``form`` stands for.
    public let weights: Tensor
    /// What the weights are held as.
    public let form: StoredForm
    /// The bias to evaluate with; nil where the layer has none. One that is set is held as float32.
    public var bias: Tensor? { didSet { biasForm = .floats(.float32) } }
    /// What the bias is held as.
    public private(set) var biasForm: StoredForm
    public var summary: LayerSummary
    /// The weights that a pattern leaves, 0 in the place of others, as searches; nil of others, whose survivors lie beyond a threshold.
    public var survivors: WeightDistribution?
    /// The singular values that its factors were read off; nil of other layers, and of factors that were trained or kept.
    public internal(set) var spectrum: FactorSpectrum?

    public init(
        layer: Layer, weights: Tensor, form: StoredForm, bias: Tensor?, biasForm: StoredForm = .floats(.float32), summary: LayerSummary
    ) {
        self.layer = layer
        self.weights = weights
        self.form = form
        self.bias = bias
        self.biasForm = biasForm
        self.summary = summary
    }

    /// What is evaluated in the place of the layer's own parameters, by name.
    var parameters: [(name: String, values: Tensor)] {
        let held = form.parameters(of: layer, weights)
        guard let name = layer.bias, let bias else { return held }
        return held + [(name, bias)]
    }

    /// The same with +0 for each −0 of a bias; weights have none. What they are held as stays, for files hold no −0. Cost: O(bias).
    public var withoutNegativeZeros: CompressedLayer {
        CompressedLayer(
            layer: layer, weights: weights, form: form, bias: bias?.withoutNegativeZeros, biasForm: biasForm, summary: summary)
    }

    /// The weights as a file holds them: an integer level each. Cost: O(n).
    public var stored: StoredWeights {
        var stored = form.packed(weights, shape: layer.shape, isTransposed: layer.hasColumns)
        stored.pattern = storedPattern
        return stored
    }

    /// What a file holds of one of ``parameters``, where that is not its floats. Cost: O(n).
    func stored(_ parameter: String) -> StoredWeights? {
        parameter == layer.weight ? stored : parameter == layer.bias ? storedBias : nil
    }

    /// The bias as a file holds it; nil where there is none, or one of other elements than float32. Cost: O(n).
    public var storedBias: StoredWeights? {
        bias.flatMap { $0.elementType == .float32 ? biasForm.packed($0, shape: $0.shape, isTransposed: false) : nil }
    }
}
