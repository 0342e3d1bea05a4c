/// Names that are taken, so that edits of a graph give new things names of their own.
struct TakenNames {
    private var names: Set<String>

    /// Of a network's nodes. Cost: O(nodes).
    init(nodesOf network: Network) { names = Set(network.nodes.lazy.map(\.name)) }

    /// Of a network's inputs, parameters and values. Cost: O(nodes + parameters).
    init(valuesOf network: Network) {
        names = Set(network.nodes.lazy.flatMap(\.outputs))
        names.formUnion(network.parameters.keys)
        names.formUnion(network.inputs.lazy.map(\.name))
    }

    /// The name itself, or with the first number behind it that makes it a new one; taken from then on.
    mutating func take(_ name: String) -> String {
        if names.insert(name).inserted { return name }
        for number in 1... where names.insert("\(name)\(number)").inserted { return "\(name)\(number)" }
        return name
    }
}
