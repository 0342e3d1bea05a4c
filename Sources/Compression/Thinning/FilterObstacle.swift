import Networks

/// Why filters of a layer can't be removed.
public enum FilterObstacle: Error, Hashable, Sendable {
    /// Nothing is known of a layer's channels: there is no graph, or no layer of that name.
    case unknown
    /// There is one filter only.
    case single
    /// Something holds their channels.
    case held(ChannelGroups.Obstacle)
    /// What would be left is not as long in each part as this node needs it.
    case uneven(node: String)
    /// No normalization has scales for them to be ranked by.
    case unscaled
}

extension FilterObstacle: CustomStringConvertible {
    /// Of the layer's filters, as `they`.
    public var description: String {
        switch self {
        case .unknown: "nobody knows what reads them"
        case .single: "there is one only"
        case .held(let obstacle): "\(obstacle)"
        case .uneven(let node): "the node '\(node)' needs as many of each of its parts"
        case .unscaled: "no normalization behind them has scales; choose another criterion"
        }
    }
}

extension Network {
    /// Why no filter of a layer can be removed, or nil. Cost: as ``channelGroups``, then O(channels of the layer).
    public func filterObstacle(of layer: Layer) -> FilterObstacle? {
        do throws(FilterObstacle) {
            _ = try FilterChannels(of: layer, in: self)
            return nil
        } catch {
            return error
        }
    }
}

extension Layer {
    /// The axis of the weights along which its filters or units lie.
    public var outputAxis: Int { isTransposed ? shape.rank - 1 : 0 }
}
