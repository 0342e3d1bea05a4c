import Compression
import Networks

/// The graph that a plan is of, with its layers as a list and as a tree.
package struct PlannedGraph: Sendable {
    let network: Network
    let layers: [Layer]
    /// The same grouped by the dots of their names.
    let tree: LayerTree
    /// Found once, for frames ask often: the logits of an example, and what can't be run.
    let classCount: Int?
    let unsupported: Node?
    /// Whether ways meet in it where their values can be quantized.
    let hasSums: Bool
    /// Whether it has fewer parameters than the network as it was opened.
    let isThinned: Bool
    /// Nil is the graph that was opened.
    private let id: String?

    /// That of a state, or of the network as it was opened.
    init(of network: Network, _ state: TrainedState?) {
        self.network = network.graph(of: state)
        layers = self.network.layers
        tree = LayerTree(layers)
        classCount = self.network.classCount
        unsupported = self.network.blockingNodes.first
        hasSums = self.network.junctions.contains { !$0.isSigned }
        id = state?.graph?.id
        isThinned = id != nil && self.network.parameterCount < network.parameterCount
    }

    /// Whether a state has this graph.
    func isGraph(of state: TrainedState?) -> Bool { state?.graph?.id == id }
}
