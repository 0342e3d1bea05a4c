import Tensors

extension ChannelFinder {
    /// The channels of what a node makes.
    mutating func fields(of node: Node, _ shape: Shape) -> [ChannelField] {
        let first = node.inputs.first ?? ""
        switch node.operation {
        case .convolution(let settings): return convolution(node, groups: settings.groups)
        case .transposedConvolution(let settings): return transposed(node, groups: settings.window.groups)
        case .gemm(let settings): return gemm(node, settings)
        case .matrixMultiplication: return product(node, shape)
        case .batchNormalization: return normalized(node)
        case .instanceNormalization: return instanceNormalized(node)
        case .layerNormalization(let axis, _): return layerNormalized(node, axis < 0 ? axis + shape.rank : axis)
        case .groupNormalization(let groups, _): return groupNormalized(node, groups: groups)
        case .responseNormalization: return neighboursNormalized(node)
        case .binary, .variadic, .select: return joined(node, shape)
        case .concatenation(let axis): return sideBySide(node, axis < 0 ? axis + shape.rank : axis, shape)
        case .unary(let function): return data(first).map { changed($0, keepsZero: function(0) == 0) }
        case .identity, .dropout, .cast: return data(first)
        case .activation(let quantizer): return data(first).map { changed($0, keepsZero: quantizer.kind != .sign) }
        case .quantizeLinear(let code), .dequantizeLinear(let code): return coded(node, code)
        case .dynamicQuantization(let settings): return ranged(node, settings)
        case .maxPool, .averagePool, .globalAveragePool, .globalMaxPool: return held(data(first), besides: { $0 == 1 }, node)
        case .pad(let padding): return padded(node, padding)
        case .resize(let resize):
            let fields = held(data(first), besides: { !resize.axes.contains($0) }, node)
            return resize.coordinates == .cropped && resize.outside != 0 ? fields.map { changed($0, keepsZero: false) } : fields
        case .softmax(let axis), .logSoftmax(let axis):
            let axis = axis < 0 ? axis + shape.rank : axis
            return besides([axis], data(first), node).map { changed($0, keepsZero: false) }
        case .extremePlace(let place):
            return besides([place.axis], data(first), node).map {
                place.keepsAxis ? $0 : $0.transposed(Self.moved($0, without: [place.axis]))
            }
        case .reduction(let reduction): return reduced(node, reduction)
        case .flatten, .reshape, .squeeze, .unsqueeze: return reshaped(node, to: shape)
        case .transpose(let permutation):
            let target = Dictionary(uniqueKeysWithValues: permutation.enumerated().map { ($0.element, $0.offset) })
            return data(first).map { $0.transposed(target) }
        case .slice(let slice): return sliced(node, slice)
        case .gather(let gather): return gathered(node, gather)
        case .expand: return expanded(node, shape)
        case .tile(let repeats): return tiled(node, repeats)
        case .depthToSpace(let block, let columnsFirst): return depthToSpace(node, block, columnsFirst)
        case .spaceToDepth(let block): return spaceToDepth(node, block)
        case .recurrence, .recurrencePart, .lookup, .placement, .signal, .unsupported: return wholeOutput(node)
        }
    }

    /// Passes the fields whose axes stay what they are, and holds the others.
    mutating func held(_ fields: [ChannelField], besides stays: (Int) -> Bool, _ node: Node) -> [ChannelField] {
        hold(fields.filter { !$0.axes.allSatisfy(stays) }, node)
        return fields.filter { $0.axes.allSatisfy(stays) }
    }

    /// What is left of fields where a node computes with axes as a whole: of these all has to stay.
    mutating func besides(_ axes: Set<Int>, _ fields: [ChannelField], _ node: Node) -> [ChannelField] {
        fields.compactMap { field in
            let others = Set(field.axes).subtracting(axes)
            if others.isEmpty {
                hold([field], node)
                return nil
            }
            return settled(field, on: others)
        }
    }

    /// A field behind a function of numbers.
    func changed(_ field: ChannelField, keepsZero: Bool) -> ChannelField {
        guard !keepsZero else { return field }
        return ChannelField(dims: field.dims, elements: field.elements, loud: field.elements.indices.map { max(field.loudness($0), place) })
    }

    /// X c ↔ W [·, c]; depthwise X c ↔ W [c · m …, 0]; in groups X c ↔ W [block, c]. Y ↔ W [m] ↔ bias.
    private mutating func convolution(_ node: Node, groups: Int) -> [ChannelField] {
        let (weights, inputs) = (node.inputs[1], shape(node.inputs[0])[1])
        guard isParameter(weights), groups > 0 else { return wholeOutput(node) }
        _ = held(labels[node.inputs[0]] ?? [], besides: { $0 < 2 }, node)
        let (data, filters) = (row(node.inputs[0], axis: 1, node), channels(weights, axis: 0, node))
        if groups == 1 {
            read(data, by: channels(weights, axis: 1, node))
        } else if groups == inputs, shape(weights)[1] == 1 {
            let copies = filters.count / groups
            for (place, filter) in filters.enumerated() { sets.unite(data.elements[place / copies], filter) }
        } else {
            read(data, by: sets.elements(of: weights, axis: 1, count: inputs, blocks: groups))
            keepEven(data.elements, chunks: groups, goesWhole: false, node)
            keepEven(filters, chunks: groups, goesWhole: false, node)
        }
        return withBias(node, filters)
    }

    /// X c ↔ W [c, ·]; Y ↔ W [·, m] ↔ bias.
    private mutating func transposed(_ node: Node, groups: Int) -> [ChannelField] {
        guard isParameter(node.inputs[1]), groups == 1 else { return wholeOutput(node) }
        _ = held(labels[node.inputs[0]] ?? [], besides: { $0 < 2 }, node)
        read(row(node.inputs[0], axis: 1, node), by: channels(node.inputs[1], axis: 0, node))
        return withBias(node, channels(node.inputs[1], axis: 1, node))
    }

    private mutating func gemm(_ node: Node, _ settings: Gemm) -> [ChannelField] {
        guard isParameter(node.inputs[1]), !isParameter(node.inputs[0]), !settings.transposeA else { return wholeOutput(node) }
        let (inner, outer) = settings.transposeB ? (1, 0) : (0, 1)
        let rows = (labels[node.inputs[0]] ?? []).filter { $0.axes == [0] }
        read(row(node.inputs[0], axis: 1, node), by: channels(node.inputs[1], axis: inner, node))
        return withBias(node, channels(node.inputs[1], axis: outer, node)) + rows
    }

    /// What comes out along axis 1, with the bias, whose last axis it is unless one value is for all.
    private mutating func withBias(_ node: Node, _ channels: [Int]) -> [ChannelField] {
        let made = ChannelField(axis: 1, channels)
        guard node.inputs.count > 2, let bias = node.inputs.last, !bias.isEmpty else { return [made] }
        let shape = shape(bias)
        if let last = shape.dimensions.last, last == channels.count, last > 1 || shape.rank == 1 {
            sets.unite(channels, self.channels(bias, axis: shape.rank - 1, node))
            return [made]
        }
        return [changed(made, keepsZero: false)]
    }
}
