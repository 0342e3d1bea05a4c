import Networks

/// A graph that is not the one that was opened, of a state that has one of its own.
///
/// Its parameters say which there are and of which shape; the values are the state's.
public struct StateGraph: Sendable {
    /// Names the graph among those of one opened network: the id of the state that was the first to have it.
    public let id: String
    public let network: Network

    public init(id: String, network: Network) {
        self.id = id
        self.network = network
    }
}

/// Two graphs are equal where their names are: a name is given to one graph only.
extension StateGraph: Hashable {
    public static func == (left: StateGraph, right: StateGraph) -> Bool { left.id == right.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension TrainedState {
    /// A network with a graph of its own as a state: its values, and no layer changed as yet.
    public init(id: String, network: Network) {
        self.init(
            id: id, graph: StateGraph(id: id, network: network),
            parameters: network.parameters.elements.reduce(into: [:]) { $0[$1.key] = $1.value.values },
            layers: [:], plan: CompressionPlan(), recipe: nil, epochs: 0)
    }
}

extension Network {
    /// The graph that plans on a state start from: the state's own, or this one, as it was opened.
    public func graph(of state: TrainedState?) -> Network { state?.graph?.network ?? self }
}
