extension ChannelGroups.Obstacle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .input(let name): "they go together with the channels of the input '\(name)'"
        case .output(let name): "they leave the network as '\(name)'"
        case .node(let name): "the node '\(name)' needs all of them"
        case .tied(let name): "the node '\(name)' needs as many channels of others to go"
        case .parameter(let name): "two nodes read '\(name)' in different ways"
        }
    }
}

extension ChannelGroups.Inexactness: CustomStringConvertible {
    /// Empty where it is exact.
    public var description: String {
        [
            statistic.map { "'\($0)' computes statistics over channels" }, constant.map { "'\($0)' makes something of nothing" },
            neighbours.map { "'\($0)' computes with neighbouring channels" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}
