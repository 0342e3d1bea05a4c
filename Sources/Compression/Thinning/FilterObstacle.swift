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
    /// Nothing reads them as a product does.
    case unread
    /// What reads them, the layer of this name, can't be fitted again.
    case unfitted(reader: String)
    /// No convolution in groups has them.
    case ungrouped
    /// They go with those of another layer.
    case taken
    /// Behind the layer of this name nothing makes zeros.
    case unactivated(layer: String)
    /// The criterion needs labels of examples.
    case unlabelled(FilterCriterion)
    /// The criterion needs examples.
    case noExamples(FilterCriterion, reason: String)
    /// The criterion needs gradients, and there are none.
    case noGradient(FilterCriterion, reason: String)
    /// Even the most that can go leaves a larger part, in 0…1, of this cost.
    case outOfReach(FilterCost, least: Double)
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
        case .unread: "no layer reads them as a product does; choose another criterion"
        case .unfitted(let reader):
            "'\(reader)', which reads them, is no plain convolution or product that can be fitted again; choose another criterion"
        case .ungrouped: "no convolution in groups makes or reads them"
        case .taken: "they go with those of another layer"
        case .unactivated(let layer): "behind '\(layer)' stands no activation that makes zeros; choose another criterion"
        case .unlabelled(let criterion):
            "\(criterion.rawValue) needs labels: without them the gradient of the divergence from the network's own outputs is 0; choose fisher, which draws labels from its softmax"
        case .noExamples(let criterion, let reason): "\(criterion.rawValue) needs training examples: \(reason)"
        case .noGradient(let criterion, let reason): "\(criterion.rawValue) needs gradients: \(reason)"
        case .outOfReach(let cost, let least):
            "\((1000 * least).rounded(.up) / 10) % of the \(cost.title) are left where as much goes as can; aim higher, or lower the floor where there is one"
        }
    }
}

extension Network {
    /// Why no filter of a layer can be removed, or nil. Cost: as ``channelGroups``, then O(channels of the layer).
    public func filterObstacle(of layer: Layer, unit: FilterUnit = .heads) -> FilterObstacle? {
        do throws(FilterObstacle) {
            _ = try FilterChannels(of: layer, in: self, unit: unit)
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
