extension Network {
    /// The operator that ended the file's graph and is left out, `Softmax` or `LogSoftmax`; nil where the file ends as the network does.
    public var finalSoftmax: String? { ending.first?.operation.name }

    /// The network with what ended its file, so that its output is the file's again, under its name. Cost: O(nodes) where there is an ending.
    public var ended: Network {
        guard !ending.isEmpty else { return self }
        var (nodeNames, valueNames) = (TakenNames(nodesOf: self), TakenNames(valuesOf: self))
        var network = self
        network.ending = []
        for node in ending {
            var node = node
            node.name = nodeNames.take(node.name)
            node.inputs = [network.output]
            node.outputs = node.outputs.prefix(1).map { valueNames.take($0) }
            network.nodes.append(node)
            network.outputs[0].name = node.outputs[0]
        }
        return network
    }
}
