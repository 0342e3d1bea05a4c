extension ChannelFinder {
    /// The nodes of a network with settings for what is left where these indices of parameters' axes are gone with their channels.
    ///
    /// Such settings are the extents that a Reshape states and the groups of a depthwise convolution. Cost: O(nodes + extents of their axes).
    static func nodes(of network: Network, without gone: [ParameterAxis: Set<Int>]) -> [Node] {
        var finder = following(network)
        let sets = finder.sets(of: gone)
        return network.nodes.map { node in
            var node = node
            switch node.operation {
            case .reshape(var dimensions, let allowZero):
                for (axis, count) in finder.counts(of: sets, in: node.outputs[0]) where dimensions[axis] > 0 { dimensions[axis] -= count }
                node.operation = .reshape(dimensions: dimensions, allowZero: allowZero)
            case .convolution(var settings) where settings.groups > 1:
                settings.groups -= finder.counts(of: sets, in: node.inputs[0])[1] ?? 0
                node.operation = .convolution(settings)
            default: break
            }
            return node
        }
    }

    /// What stands for the sets that indices belong to.
    private mutating func sets(of places: [ParameterAxis: Set<Int>]) -> Set<Int> {
        places.reduce(into: []) { found, place in
            let elements = sets.elements(of: place.key.parameter, axis: place.key.axis, count: shape(place.key.parameter)[place.key.axis])
            found.formUnion(place.value.map { sets.top(elements[$0]) })
        }
    }

    /// By axis, how many indices of a value belong to these sets.
    private mutating func counts(of tops: Set<Int>, in value: String) -> [Int: Int] {
        (labels[value] ?? [:]).mapValues { elements in elements.count { tops.contains(sets.top($0)) } }
    }
}
