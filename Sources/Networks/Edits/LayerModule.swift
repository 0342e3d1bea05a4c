/// A small network in the place of one convolution: same window, stride, padding and outputs, fewer weights.
public enum LayerModule: Hashable, Sendable {
    /// 1 × 1 to `squeeze` channels and Relu, then `ones` of the outputs by 1 × 1 beside the others by the window that was there
    /// (Iandola and others, 2016, SqueezeNet).
    case fire(squeeze: Int, ones: Int)
    /// The window on every channel by itself, `multiplier` times, then 1 × 1 (Howard and others, 2017; Guo and others, 2018).
    case separable(multiplier: Int)
    /// 1 × 1 at the place of the window's centre.
    case pointwise
}

extension LayerModule {
    /// The layers that it is made of, in the order of the graph, with the shapes of their weights.
    public func parts(of layer: Layer) -> [(name: String, weights: [Int])] {
        let (filters, channels, window) = (layer.shape[0], layer.shape[1], Array(layer.shape.dimensions.dropFirst(2)))
        let point = Array(repeating: 1, count: window.count)
        switch self {
        case .fire(let squeeze, let ones):
            return [
                (layer.name + ".squeeze", [squeeze, channels] + point), (layer.name + ".expand1", [ones, squeeze] + point),
                (layer.name + ".expand", [filters - ones, squeeze] + window),
            ]
        case .separable(let multiplier):
            return [
                (layer.name + ".depthwise", [channels * multiplier, 1] + window),
                (layer.name + ".pointwise", [filters, channels * multiplier] + point),
            ]
        case .pointwise: return [(layer.name + ".pointwise", [filters, channels] + point)]
        }
    }

    /// Weights and biases of it. Cost: O(1).
    public func parameterCount(of layer: Layer) -> Int {
        parts(of: layer).reduce(0) { $0 + $1.weights.reduce(1, *) + (hasBias($1.name, layer) ? $1.weights[0] : 0) }
    }

    /// Products for one example where the layer has so many, which go with its outputs; a squeeze runs over its inputs, `inputPlaces` of them.
    public func multiplyAdds(of layer: Layer, outputPlaces: Int, inputPlaces: Int) -> Int {
        parts(of: layer).enumerated().reduce(0) { sum, part in
            let isSqueeze = if case .fire = self { part.offset == 0 } else { false }
            return sum + part.element.weights.reduce(1, *) * (isSqueeze ? inputPlaces : outputPlaces)
        }
    }

    /// A depthwise convolution needs none: what is added to its outputs goes through the 1 × 1 behind it.
    func hasBias(_ part: String, _ layer: Layer) -> Bool { part != layer.name + ".depthwise" }

    /// Why it has no such form in a layer of a shape, or nil.
    func obstacle(in layer: Layer) -> ReplaceLayer.Failure? {
        guard layer.isConvolution, layer.shape.rank > 2 else { return .noConvolution }
        guard layer.shape.dimensions.dropFirst(2).contains(where: { $0 > 1 }) else { return .isPoint }
        switch self {
        case .fire(let squeeze, let ones):
            // A squeeze that is wider than all around it is none.
            let most = 4 * max(layer.shape[0], layer.shape[1])
            return (1...most).contains(squeeze) && (0..<layer.shape[0]).contains(ones)
                ? nil : .fire(squeeze: most, ones: layer.shape[0] - 1)
        case .separable(let multiplier):
            let most = layer.shape.dimensions.dropFirst(2).reduce(1, *)
            return (1...most).contains(multiplier) ? nil : .numbers(atMost: most)
        case .pointwise: return nil
        }
    }
}
