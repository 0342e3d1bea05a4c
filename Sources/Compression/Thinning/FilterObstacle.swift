import Networks

/// Why filters of a layer can't be removed.
public enum FilterObstacle: Error, Hashable, Sendable {
    /// Nothing is known of a layer's channels: there is no graph, or no layer of that name.
    case unknown
    /// There is one filter only.
    case single
    /// Something holds their channels.
    case held(ChannelGroups.Obstacle)
    /// This other node makes values that the same channels run through.
    case shared(node: String)
    /// Not every filter is a channel of one group by itself.
    case uneven
}

extension FilterObstacle: CustomStringConvertible {
    /// Of the layer's filters, as `they`.
    public var description: String {
        switch self {
        case .unknown: "nobody knows what reads them"
        case .single: "there is one only"
        case .held(let obstacle): "\(obstacle)"
        case .shared(let node): "those of the node '\(node)' would have to go with them"
        case .uneven: "they do not go one by one"
        }
    }
}

extension Network {
    /// Why no filter of a layer can be removed, or nil. Cost: as ``channelGroups``, then O(members of its groups).
    public func filterObstacle(of layer: Layer) -> FilterObstacle? {
        let groups = channelGroups.groups(of: layer.weight, axis: layer.outputAxis)
        guard let group = groups.first else { return .unknown }
        if let obstacle = groups.lazy.compactMap(\.obstacle).first { return .held(obstacle) }
        let others = groups.lazy.flatMap(\.members).filter { $0.parameter != layer.weight }
        if let node = others.compactMap(maker).first { return .shared(node: node.name) }
        guard groups.count == 1, group.count == layer.outputCount else { return .uneven }
        return group.count > 1 ? nil : .single
    }

    /// A node that makes the channels of a group by this axis; a depthwise convolution hands on those that it reads.
    private func maker(of member: ChannelGroups.Member) -> Node? {
        index.readers(of: member.parameter).lazy.map { nodes[$0] }.first { node in
            guard node.inputs.dropFirst().first == member.parameter else { return false }
            return switch node.operation {
            case .convolution(let settings): member.axis == 0 && settings.groups == 1
            case .transposedConvolution, .matrixMultiplication: member.axis == 1
            case .gemm(let gemm): member.axis == (gemm.transposeB ? 0 : 1)
            default: false
            }
        }
    }
}

extension Layer {
    /// The axis of the weights along which its filters or units lie.
    var outputAxis: Int { isTransposed ? shape.rank - 1 : 0 }
}
