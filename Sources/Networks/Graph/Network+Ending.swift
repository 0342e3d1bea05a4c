extension Network {
    /// The operator that ended the file's graph and is left out, `Softmax` or `LogSoftmax`; nil where the file ends as the network does. Written out as
    /// exponentials by their sum, or of logarithms of probabilities, it is a Softmax too.
    public var finalSoftmax: String? {
        if ending.contains(where: { $0.operation == .unary(.exponential) }) { return Operation.softmax(axis: 1).name }
        return ending.first?.operation.name
    }

    /// The network with what ended its file, so that its output is the file's again, under its name. Cost: O(nodes) where there is an ending.
    public var ended: Network {
        guard !ending.isEmpty else { return self }
        var (nodeNames, valueNames) = (TakenNames(nodesOf: self), TakenNames(valuesOf: self))
        var network = self
        network.ending = []
        // What else is read than what the ending makes and constants is the one value that it begins with.
        var made: [String: String] = [:]
        for node in ending {
            let reads = node.inputs.map { $0.isEmpty || parameters[$0] != nil ? $0 : made[$0] ?? output }
            // Something else reads it, so that it never went.
            if let name = node.outputs.first, let kept = nodes.first(where: { $0.outputs.first == name }), kept.inputs == reads {
                made[name] = name
            } else {
                var node = node
                node.name = nodeNames.take(node.name)
                node.inputs = reads
                let names = node.outputs.prefix(1).map { valueNames.take($0) }
                for (old, new) in zip(node.outputs, names) { made[old] = new }
                node.outputs = names
                network.nodes.append(node)
            }
        }
        if let last = ending.last?.outputs.first { network.outputs[0].name = made[last] ?? last }
        return network
    }
}
