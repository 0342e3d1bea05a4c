import OrderedCollections

/// Another output, and of nodes and parameters only those that it depends on.
public struct OnlyNeeded: NetworkEdit {
    /// The value that becomes the output.
    public var output: String

    public func apply(to network: inout Network, _ index: GraphIndex) {
        let needed = network.nodesNeeded(for: output)
        let read = Set(needed.flatMap { network.nodes[$0].inputs })
        network.nodes = needed.map { network.nodes[$0] }
        let expanded = network.expandedNames
        let (given, reads) = (network.givenNames.subtracting(expanded), network.kept.reads(for: expanded.intersection(read)))
        network.parameters = network.parameters.filter { read.contains($0.key) || given.contains($0.key) || reads.contains($0.key) }
        network.kept.unused = []
        network.folded = network.folded.filter(read.contains)
        network.statedOutputs = []
        network.outputs = [network.outputs.first { $0.name == output } ?? NetworkValue(name: output)]
    }
}

extension NetworkEdit where Self == OnlyNeeded {
    public static func onlyNeeded(for output: String) -> Self { Self(output: output) }
}
