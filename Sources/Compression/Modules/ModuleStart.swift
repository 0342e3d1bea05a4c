import Networks
import Tensors

extension LayerModule {
    /// Values that the parameters of a module start from, by name, from the weights of the layer that it takes the place of; nil when cancelled.
    ///
    /// A separable module by decoupling (Guo and others, 2018): of each input channel's slice [filters, window] the largest singular terms, a depthwise
    /// kernel and a column of the 1 × 1 each; with as many as the window has places it is the layer itself. A Fire module by the singular vectors of
    /// the inputs, of [channels, filters · window]: squeezed is uᵀx, with the sign whose sum is not negative, for Relu keeps what is positive; the
    /// branches are the weights on that basis, of the 1 × 1 only the centre. A 1 × 1 starts from the centre of the window.
    /// Cost: that of the decompositions, O(channels · filters · window · min(filters, window)) and O(channels² · filters · window).
    func start(of layer: Layer, weights: Tensor, bias: Tensor?, isCancelled: () -> Bool) -> [String: Tensor]? {
        let source = WindowWeights(layer, weights.floats)
        let biases = bias?.floats ?? Array(repeating: 0, count: source.filters)
        let parts = parts(of: layer)
        var values: [String: Tensor] = [:]
        func put(_ part: Int, _ floats: [Float], _ biases: [Float]?) {
            let names = LayerModule.parameters(of: parts[part].name)
            guard parts[part].weights[0] > 0 else { return }
            values[names.weight] = Tensor(shape: Shape(parts[part].weights), floats: floats)
            if let biases { values[names.bias] = Tensor(shape: [biases.count], floats: biases) }
        }
        switch self {
        case .pointwise: put(0, source.centres(0..<source.filters), biases)
        case .separable(let multiplier):
            guard let terms = source.decoupled(multiplier, isCancelled) else { return nil }
            put(0, terms.kernels, nil)
            put(1, terms.columns, biases)
        case .fire(let squeeze, let ones):
            guard let basis = source.inputBasis(squeeze, isCancelled) else { return nil }
            put(0, basis.rows, Array(repeating: 0, count: squeeze))
            put(1, basis.of(source.centres(0..<ones), window: 1), Array(biases[..<ones]))
            put(2, basis.of(source.filters(ones..<source.filters), window: source.window), Array(biases[ones...]))
        }
        return values
    }
}

/// The weights of a convolution, [filters, channels, window].
private struct WindowWeights {
    let filters: Int
    let channels: Int
    let window: Int
    let centre: Int
    let values: [Float]

    init(_ layer: Layer, _ values: [Float]) {
        let extents = layer.shape.dimensions.dropFirst(2)
        (filters, channels, window) = (layer.shape[0], layer.shape[1], extents.reduce(1, *))
        centre = extents.reduce(0) { $0 * $1 + ($1 - 1) / 2 }
        self.values = values
    }

    /// Of some filters the weights at the centre, [filters, channels].
    func centres(_ range: Range<Int>) -> [Float] {
        range.flatMap { filter in (0..<channels).map { values[(filter * channels + $0) * window + centre] } }
    }

    func filters(_ range: Range<Int>) -> [Float] {
        let length = channels * window
        return Array(values[range.lowerBound * length..<range.upperBound * length])
    }

    /// Kernels [channels · count, window] and columns [filters, channels · count]; nil when cancelled. Terms that are not there are 0.
    func decoupled(_ count: Int, _ isCancelled: () -> Bool) -> (kernels: [Float], columns: [Float])? {
        var kernels = [Float](repeating: 0, count: channels * count * window)
        var columns = [Float](repeating: 0, count: filters * channels * count)
        for channel in 0..<channels {
            var slice = [Float](repeating: 0, count: filters * window)
            for filter in 0..<filters {
                for place in 0..<window { slice[filter * window + place] = values[(filter * channels + channel) * window + place] }
            }
            let rank = min(count, filters, window)
            let found = Self.decomposition(slice, rows: filters, columns: window, isCancelled)
            guard let factors = found?.factors(rank: rank) else { return nil }
            let (left, right) = (factors.left.floats, factors.right.floats)
            for term in 0..<rank {
                let target = channel * count + term
                for place in 0..<window { kernels[target * window + place] = right[term * window + place] }
                for filter in 0..<filters { columns[filter * channels * count + target] = left[filter * rank + term] }
            }
        }
        return (kernels, columns)
    }

    /// The singular vectors of the inputs with the largest values; nil when cancelled.
    func inputBasis(_ count: Int, _ isCancelled: () -> Bool) -> InputBasis? {
        var turned = [Float](repeating: 0, count: values.count)
        for filter in 0..<filters {
            for channel in 0..<channels {
                for place in 0..<window {
                    turned[(channel * filters + filter) * window + place] = values[(filter * channels + channel) * window + place]
                }
            }
        }
        let rank = min(count, channels, filters * window)
        guard let found = Self.decomposition(turned, rows: channels, columns: filters * window, isCancelled) else { return nil }
        return InputBasis(found.factors(rank: rank).left.floats, channels: channels, rank: rank, count: count)
    }

    private static func decomposition(_ values: [Float], rows: Int, columns: Int, _ isCancelled: () -> Bool) -> Decomposition? {
        values.withUnsafeBufferPointer { values in
            withoutActuallyEscaping(isCancelled) { isCancelled in
                Decomposition(values, rows: rows, columns: columns, blocks: WeightBlocks(isCancelled: isCancelled))
            }
        }
    }
}

/// Directions of the inputs of length 1, each with the sign whose sum is not negative.
private struct InputBasis {
    /// [count, channels]; directions that are not there are 0.
    let rows: [Float]
    private let channels: Int
    private let count: Int

    /// - Parameter vectors: [channels, rank], of any length.
    init(_ vectors: [Float], channels: Int, rank: Int, count: Int) {
        (self.channels, self.count) = (channels, count)
        var rows = [Float](repeating: 0, count: count * channels)
        for direction in 0..<rank {
            let own = (0..<channels).map { vectors[$0 * rank + direction] }
            let length = own.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard length > 0 else { continue }
            let scale = Float((own.reduce(0, +) < 0 ? -1 : 1) / length)
            for channel in 0..<channels { rows[direction * channels + channel] = scale * own[channel] }
        }
        self.rows = rows
    }

    /// Weights [filters, channels, window] on this basis, [filters, count, window].
    func of(_ weights: [Float], window: Int) -> [Float] {
        let filters = weights.count / max(1, channels * window)
        var result = [Float](repeating: 0, count: filters * count * window)
        for filter in 0..<filters {
            for direction in 0..<count {
                for channel in 0..<channels {
                    let factor = rows[direction * channels + channel]
                    let (target, source) = ((filter * count + direction) * window, (filter * channels + channel) * window)
                    for place in 0..<window { result[target + place] += factor * weights[source + place] }
                }
            }
        }
        return result
    }
}
