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
    /// The factors as they were before their plans made anything of them, sorted, from right to left; empty of other layers, and of factors that were kept.
    public internal(set) var partDistributions: [WeightDistribution] = []
    /// Of each of them ``survivors``.
    var partSurvivors: [WeightDistribution?] = []
    /// Of factors that were trained under plans of their own what training goes on from, from right to left.
    var trainedParts: [TrainedPart]?

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

    /// The same held as the numbers that its factors multiply to, for evaluations in the layer's own graph; what is no product stays.
    public var asProduct: CompressedLayer {
        guard case .factors = form else { return self }
        return CompressedLayer(layer: layer, weights: weights, form: .floats(.float32), bias: bias, biasForm: biasForm, summary: summary)
    }

    /// The same with +0 for each −0 of a bias; weights have none. What they are held as stays, for files hold no −0. Cost: O(bias).
    public var withoutNegativeZeros: CompressedLayer {
        var result = self
        result.bias = bias?.withoutNegativeZeros
        result.biasForm = biasForm
        return result
    }

    /// The weights as a file holds them: an integer level each. Cost: O(n).
    public var stored: StoredWeights {
        var stored = form.packed(weights, shape: layer.shape, isTransposed: layer.hasColumns)
        stored.pattern = storedPattern
        return stored
    }

    /// The parameters that hold the weights: their own, or one for each factor.
    public var weightParameters: [String] { form.parameters(of: layer, weights).map(\.name) }

    /// What a file holds of one of its parameters, where that is not its floats. Cost: O(n).
    public func stored(_ parameter: String) -> StoredWeights? {
        if parameter == layer.weight { return stored }
        if parameter == layer.bias { return storedBias }
        return parts.first { $0.layer.weight == parameter && $0.form != .floats(.float32) }?.stored
    }

    /// The floats of one of its parameters as a file holds them: those of a factor, or its weights. Cost: O(n).
    public func floats(of parameter: String) -> StoredWeights {
        let values = form.parameters(of: layer, weights).first { $0.name == parameter }?.values ?? weights
        return StoredWeights(parameter: values)
    }

    /// The bias as a file holds it; nil where there is none, or one of other elements than float32. Cost: O(n).
    public var storedBias: StoredWeights? {
        bias.flatMap { $0.elementType == .float32 ? biasForm.packed($0, shape: $0.shape, isTransposed: false) : nil }
    }
}
