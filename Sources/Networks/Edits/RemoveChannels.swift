import Tensors

/// Channels taken out of the graph: a parameter's axis loses indices, and every other axis that runs through the same channels loses its own.
///
/// Of a channel with several indices along the axis all go where one does. Settings that state how many channels there are follow. The others
/// keep their order, so that the logits are those of the network in which nothing reads what is gone. Cost: O(nodes + parameters).
public struct RemoveChannels: NetworkEdit {
    public var parameter: String
    public var axis: Int
    public var indices: Set<Int>

    /// Why channels can't be removed.
    public enum Failure: Error, Hashable, Sendable {
        /// They are held.
        case held(ChannelGroups.Obstacle)
        /// No channel would be left.
        case all
    }

    public func apply(to network: inout Network, _ index: GraphIndex) throws(Failure) {
        let gone = try gone(network)
        for (place, indices) in gone where network.parameters[place.parameter]?.shape[place.axis] == indices.count { throw .all }
        network.nodes = ChannelFinder.nodes(of: network, without: gone)
        for (place, indices) in gone { network.parameters[place.parameter]?.remove(indices, along: place.axis) }
    }

    /// By axis, the indices that go.
    private func gone(_ network: Network) throws(Failure) -> [ParameterAxis: Set<Int>] {
        var gone: [ParameterAxis: Set<Int>] = [:]
        for group in network.channelGroups.groups(of: parameter, axis: axis) {
            guard let own = group.members.first(where: { $0.parameter == parameter && $0.axis == axis }) else { continue }
            let channels = own.indices.indices.filter { !indices.isDisjoint(with: own.indices[$0]) }
            guard !channels.isEmpty else { continue }
            if let obstacle = group.obstacle { throw .held(obstacle) }
            for member in group.members {
                let place = ParameterAxis(parameter: member.parameter, axis: member.axis)
                gone[place, default: []].formUnion(channels.flatMap { member.indices[$0] })
            }
        }
        return gone
    }
}

extension NetworkEdit where Self == RemoveChannels {
    public static func removeChannels(_ indices: Set<Int>, of parameter: String, axis: Int) -> Self {
        Self(parameter: parameter, axis: axis, indices: indices)
    }
}

extension Parameter {
    /// Takes slices of an axis out; what its file had in the place of its values is no more what it has. Cost: O(n).
    fileprivate mutating func remove(_ gone: Set<Int>, along axis: Int) {
        var dimensions = shape.dimensions
        let (before, length) = (dimensions[..<axis].reduce(1, *), dimensions[(axis + 1)...].reduce(1, *))
        let (extent, kept) = (dimensions[axis], (0..<dimensions[axis]).filter { !gone.contains($0) })
        let old = values.floats
        var floats: [Float] = []
        floats.reserveCapacity(before * kept.count * length)
        for block in 0..<before {
            for index in kept { floats += old[(block * extent + index) * length..<(block * extent + index + 1) * length] }
        }
        dimensions[axis] = kept.count
        values = Tensor(shape: Shape(dimensions), floats: floats)
        origin = nil
    }
}
