extension ChannelGroups.Obstacle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .input(let name): "they go together with the channels of the input '\(name)'"
        case .output(let name): "they leave the network as '\(name)'"
        case .node(let name): "the node '\(name)' needs all of them"
        }
    }
}
