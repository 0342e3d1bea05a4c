/// Two layers of which the second alone reads what the first makes, through nodes that hand on a channel's scale as it comes.
public struct LayerPair: Sendable {
    public let first: Layer
    public let second: Layer
    /// How many channels lie between them.
    let count: Int
    /// Where these lie in the first one's weights and bias.
    let before: [ChannelAxis]
    /// Where they lie in the weights of the second.
    let behind: ChannelAxis
}

/// An axis of a parameter along which channels lie.
struct ChannelAxis: Sendable {
    let parameter: String
    /// By index along the axis, the channel.
    let channels: [Int]
    /// Elements from one index to the next.
    let length: Int

    /// Calls `body` with each run of elements of one channel, in order.
    func forEachRun(of count: Int, _ body: (_ channel: Int, Range<Int>) -> Void) {
        var start = 0
        while start < count {
            for channel in channels {
                body(channel, start..<start + length)
                start += length
            }
        }
    }
}

extension Network {
    /// Layers that follow one another so that each channel may be divided before and multiplied behind by a positive number.
    ///
    /// In the order of the first ones. Cost: as ``channelGroups``, then O(nodes + extents of their axes).
    public var layerPairs: [LayerPair] {
        let finder = PairFinder(self)
        return layers.compactMap(finder.pair)
    }
}

private struct PairFinder {
    private let network: Network
    private let index: GraphIndex
    /// By the place of its node.
    private let layers: [Int: Layer]

    init(_ network: Network) {
        self.network = network
        index = network.index
        layers = network.layers.reduce(into: [:]) { layers, layer in if let node = layer.node { layers[node] = layer } }
    }

    func pair(_ first: Layer) -> LayerPair? {
        let outputs = first.isTransposed ? first.shape.rank - 1 : 0
        let groups = network.channelGroups.groups(of: first.weight, axis: outputs)
        guard groups.count == 1, let second = reader(of: first), let inputs = inputAxis(of: second),
            let behind = axis(inputs, of: second.weight, in: groups[0])
        else { return nil }
        let biases = [first.bias].compactMap(\.self).map { axis(of: $0, in: groups[0]) }
        let before = [axis(outputs, of: first.weight, in: groups[0])] + biases
        guard before.allSatisfy({ $0 != nil }) else { return nil }
        return LayerPair(first: first, second: second, count: groups[0].count, before: before.compactMap(\.self), behind: behind)
    }

    /// The layer that alone reads what another one makes.
    private func reader(of first: Layer) -> Layer? {
        guard let start = first.node, ([first.weight] + [first.bias].compactMap(\.self)).allSatisfy(isOwn),
            network.nodes[start].inputs.dropFirst(2).allSatisfy({ $0.isEmpty || $0 == first.bias })
        else { return nil }
        var node = network.nodes[start]
        while node.outputs.count == 1, isOwn(node.outputs[0]), let place = index.readers(of: node.outputs[0]).first {
            if let layer = layers[place] { return network.nodes[place].inputs[0] == node.outputs[0] && isOwn(layer.weight) ? layer : nil }
            node = network.nodes[place]
            guard node.handsScaleOn(bias: first.bias) else { return nil }
        }
        return nil
    }

    /// Whether a value or parameter is read once.
    private func isOwn(_ name: String) -> Bool { index.readCount(of: name) == 1 }

    /// The axis of a layer's weights along which the channels lie that it reads; those of a depthwise convolution are its filters.
    private func inputAxis(of layer: Layer) -> Int? {
        guard let node = layer.node else { return nil }
        if case .convolution(let settings) = network.nodes[node].operation { return settings.groups == 1 ? 1 : 0 }
        return layer.isTransposed ? 0 : 1
    }

    /// An axis of a parameter, or its only one in the group; nil where the group has it not.
    private func axis(_ axis: Int? = nil, of parameter: String, in group: ChannelGroups.Group) -> ChannelAxis? {
        let members = group.members.filter { $0.parameter == parameter && (axis ?? $0.axis) == $0.axis && $0.blocks == 1 }
        guard let shape = network.parameters[parameter]?.shape, let member = members.first, members.count == 1 else { return nil }
        var channels = [Int?](repeating: nil, count: shape[member.axis])
        for (channel, indices) in member.indices.enumerated() { for index in indices { channels[index] = channel } }
        guard channels.allSatisfy({ $0 != nil }) else { return nil }
        return ChannelAxis(
            parameter: parameter, channels: channels.compactMap(\.self), length: shape.dimensions[(member.axis + 1)...].reduce(1, *))
    }
}

extension Node {
    /// Whether a channel times a positive number comes out times that number; `bias` is one that is multiplied too.
    fileprivate func handsScaleOn(bias: String?) -> Bool {
        switch operation {
        case .unary(.relu), .unary(.leakyRelu), .unary(.absolute), .identity, .dropout, .maxPool, .averagePool, .globalAveragePool,
            .globalMaxPool, .flatten, .reshape, .squeeze, .unsqueeze, .transpose:
            true
        case .pad(let padding): padding.mode != .constant || padding.value == 0
        case .reduction(let reduction): [.sum, .mean, .maximum, .minimum].contains(reduction.function)
        case .binary(.add): inputs.contains { $0 == bias }
        default: false
        }
    }
}
