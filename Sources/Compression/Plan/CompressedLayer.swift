import Networks
import Tensors

/// A state: what a plan made of one layer.
public struct CompressedLayer: Sendable {
    public var layer: Layer
    /// The weights to evaluate with, float32, in the original shape; zeros are +0.
    public var weights: Tensor
    /// The bias to evaluate with; nil where the layer has none.
    public var bias: Tensor?
    public var summary: LayerSummary

    public init(layer: Layer, weights: Tensor, bias: Tensor?, summary: LayerSummary) {
        self.layer = layer
        self.weights = weights
        self.bias = bias
        self.summary = summary
    }
}
