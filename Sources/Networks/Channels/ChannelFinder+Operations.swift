import Tensors

extension ChannelFinder {
    /// The channels of what a node makes, by axis.
    mutating func labels(of node: Node, _ shape: Shape) -> [Int: [Int]] {
        let data = node.inputs.first.flatMap { labels[$0] } ?? [:]
        switch node.operation {
        case .convolution(let settings): return convolution(node, groups: settings.groups)
        case .transposedConvolution(let settings): return transposed(node, groups: settings.window.groups)
        case .gemm(let settings): return gemm(node, settings)
        case .matrixMultiplication: return product(node)
        case .batchNormalization, .instanceNormalization: return normalized(node)
        case .binary, .variadic, .select: return joined(node, shape)
        case .concatenation(let axis): return sideBySide(node, axis < 0 ? axis + shape.rank : axis)
        case .unary, .identity, .dropout, .cast, .activation: return held(data, besides: { _ in true }, node)
        case .maxPool, .averagePool, .globalAveragePool, .globalMaxPool: return held(data, besides: { $0 == 1 }, node)
        case .pad(let padding):
            let rank = shape.rank
            return held(data, besides: { padding.pads[$0] == 0 && padding.pads[$0 + rank] == 0 }, node)
        case .softmax(let axis), .logSoftmax(let axis):
            let axis = axis < 0 ? axis + shape.rank : axis
            return held(data, besides: { $0 != axis }, node)
        case .reduction(let reduction): return reduced(node, reduction, data)
        case .flatten, .reshape, .squeeze, .unsqueeze: return reshaped(node, data, to: shape)
        case .transpose(let permutation):
            return permutation.enumerated().reduce(into: [:]) { $0[$1.offset] = data[$1.element] }
        case .extremePlace, .slice, .gather, .expand, .tile, .depthToSpace, .spaceToDepth, .layerNormalization, .groupNormalization,
            .responseNormalization, .quantizeLinear, .dequantizeLinear, .unsupported:
            hold(all: node)
            return [:]
        }
    }

    /// Passes the axes that stay what they are, and holds the others.
    private mutating func held(_ data: [Int: [Int]], besides stays: (Int) -> Bool, _ node: Node) -> [Int: [Int]] {
        hold(data.filter { !stays($0.key) }, node)
        return data.filter { stays($0.key) }
    }

    /// X c ↔ W [·, c]; depthwise X c ↔ W [c · m …, 0]. Y ↔ W [m] ↔ bias.
    private mutating func convolution(_ node: Node, groups: Int) -> [Int: [Int]] {
        let (weights, inputs) = (node.inputs[1], shape(node.inputs[0])[1])
        let isDepthwise = groups > 1 && groups == inputs && shape(weights)[1] == 1
        guard isParameter(weights), groups == 1 || isDepthwise else { return wholeOutput(node) }
        let (data, filters) = (channels(node.inputs[0], axis: 1, node), channels(weights, axis: 0, node))
        if isDepthwise {
            let copies = filters.count / max(groups, 1)
            for (place, filter) in filters.enumerated() { sets.unite(data[place / copies], filter) }
        } else {
            sets.unite(data, channels(weights, axis: 1, node))
        }
        return withBias(node, filters)
    }

    /// X c ↔ W [c, ·]; Y ↔ W [·, m] ↔ bias.
    private mutating func transposed(_ node: Node, groups: Int) -> [Int: [Int]] {
        guard isParameter(node.inputs[1]), groups == 1 else { return wholeOutput(node) }
        sets.unite(channels(node.inputs[0], axis: 1, node), channels(node.inputs[1], axis: 0, node))
        return withBias(node, channels(node.inputs[1], axis: 1, node))
    }

    private mutating func gemm(_ node: Node, _ settings: Gemm) -> [Int: [Int]] {
        guard isParameter(node.inputs[1]), !isParameter(node.inputs[0]), !settings.transposeA else { return wholeOutput(node) }
        let (inner, outer) = settings.transposeB ? (1, 0) : (0, 1)
        sets.unite(channels(node.inputs[0], axis: 1, node), channels(node.inputs[1], axis: inner, node))
        return withBias(node, channels(node.inputs[1], axis: outer, node))
    }

    /// Rows of values times a matrix of parameters.
    private mutating func product(_ node: Node) -> [Int: [Int]] {
        let (data, matrix) = (shape(node.inputs[0]), shape(node.inputs[1]))
        guard isParameter(node.inputs[1]), !isParameter(node.inputs[0]), matrix.rank == 2, data.rank >= 2 else { return wholeOutput(node) }
        let last = data.rank - 1
        sets.unite(channels(node.inputs[0], axis: last, node), channels(node.inputs[1], axis: 0, node))
        var result = labels[node.inputs[0]] ?? [:]
        result[last] = channels(node.inputs[1], axis: 1, node)
        return result
    }

    private mutating func wholeOutput(_ node: Node) -> [Int: [Int]] {
        hold(all: node)
        return [:]
    }

    /// What comes out along axis 1, with the bias, whose last axis it is unless one value is for all.
    private mutating func withBias(_ node: Node, _ channels: [Int]) -> [Int: [Int]] {
        guard node.inputs.count > 2, let bias = node.inputs.last, !bias.isEmpty else { return [1: channels] }
        let shape = shape(bias)
        if let last = shape.dimensions.last, last == channels.count, last > 1 || shape.rank == 1 {
            sets.unite(channels, self.channels(bias, axis: shape.rank - 1, node))
        }
        return [1: channels]
    }

    private mutating func normalized(_ node: Node) -> [Int: [Int]] {
        let data = channels(node.inputs[0], axis: 1, node)
        for name in node.inputs.dropFirst() { sets.unite(data, channels(name, axis: 0, node)) }
        return held(labels[node.inputs[0]] ?? [1: data], besides: { $0 == 1 }, node)
    }

    /// Operands that meet element by element: along an axis those have it that do not repeat one element.
    private mutating func joined(_ node: Node, _ shape: Shape) -> [Int: [Int]] {
        var result: [Int: [Int]] = [:]
        for axis in shape.dimensions.indices.dropFirst() {
            let operands = node.inputs.compactMap { name -> (name: String, axis: Int)? in
                let own = axis - (shape.rank - self.shape(name).rank)
                return own >= 0 && self.shape(name)[own] == shape[axis] ? (name, own) : nil
            }
            guard operands.contains(where: { labels[$0.name]?[$0.axis] != nil }) else { continue }
            let all = operands.map { channels($0.name, axis: $0.axis, node) }
            for other in all.dropFirst() { sets.unite(all[0], other) }
            result[axis] = all[0]
        }
        return result
    }

    private mutating func sideBySide(_ node: Node, _ axis: Int) -> [Int: [Int]] {
        let known = Set(node.inputs.flatMap { (labels[$0] ?? [:]).keys })
        var result: [Int: [Int]] = [:]
        for other in known where other != axis {
            let all = node.inputs.map { channels($0, axis: other, node) }
            for next in all.dropFirst() { sets.unite(all[0], next) }
            result[other] = all[0]
        }
        if known.contains(axis) { result[axis] = node.inputs.flatMap { channels($0, axis: axis, node) } }
        return result
    }

    /// Statistics over channels mix them; the other axes move up where the reduced ones go.
    private mutating func reduced(_ node: Node, _ reduction: Reduction, _ data: [Int: [Int]]) -> [Int: [Int]] {
        let rank = shape(node.inputs[0]).rank
        let gone = Set(reduction.axes.map { $0 < 0 ? $0 + rank : $0 })
        return held(data, besides: { !gone.contains($0) }, node).reduce(into: [:]) { result, label in
            result[reduction.keepsAxes ? label.key : label.key - gone.count { $0 < label.key }] = label.value
        }
    }
}
