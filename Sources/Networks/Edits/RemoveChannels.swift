import Tensors

/// Channels taken out of the graph: a parameter's axis loses indices, and every other axis that runs through the same channels loses its own.
///
/// Of a channel with several indices along the axis all go where one does. Settings that state how many channels there are follow, and a
/// shuffle that can't be stated for what is left becomes a Gather. The others keep their order, so that the logits are those of the network in
/// which nothing reads what is gone. Cost: O(nodes + parameters).
public struct RemoveChannels: NetworkEdit {
    /// By axis of a parameter, the indices that go.
    public var indices: [ParameterAxis: Set<Int>]
    public var partition: ChannelPartition

    /// Why channels can't be removed.
    public enum Failure: Error, Hashable, Sendable {
        /// They are held.
        case held(ChannelGroups.Obstacle)
        /// No channel would be left.
        case all
        /// What is left is not as long in each part as this node needs it.
        case uneven(node: String)
    }

    public init(_ indices: [ParameterAxis: Set<Int>], by partition: ChannelPartition = .heads) {
        (self.indices, self.partition) = (indices, partition)
    }

    public func apply(to network: inout Network, _ index: GraphIndex) throws(Failure) {
        let groups = network.channelGroups(by: partition)
        let removed = try groups.removed(indices)
        let thinned = try ChannelFinder.thinned(network, without: removed.mapValues(\.indices), by: partition)
        network.nodes = thinned.nodes
        var gone: [String: [Int: (indices: Set<Int>, blocks: Int)]] = [:]
        for (place, found) in removed { gone[place.parameter, default: [:]][place.axis] = found }
        for (name, axes) in gone {
            guard network.parameters[name]?.remove(axes) == true else { throw .uneven(node: name) }
        }
        try Self.check(network, thinned.shapes)
    }

    /// Throws where a node makes another shape than what is left of its channels.
    private static func check(_ network: Network, _ expected: [String: Shape]) throws(Failure) {
        var shapes = network.parameters.mapValues(\.shape).reduce(into: [String: Shape]()) { $0[$1.key] = $1.value }
        for input in network.inputs where input.exampleShape.rank > 0 {
            shapes[input.name] = Shape([ChannelFinder.batch] + input.exampleShape.dimensions)
        }
        for node in network.nodes where node.isSupported {
            guard let name = node.outputs.first, let left = expected[name], left.rank > 0 else { continue }
            guard let made = (try? node.outputShape(shapes, batch: ChannelFinder.batch)) ?? nil, made == left else {
                throw .uneven(node: node.name)
            }
            shapes[name] = made
        }
    }
}

extension NetworkEdit where Self == RemoveChannels {
    public static func removeChannels(_ indices: Set<Int>, of parameter: String, axis: Int) -> Self {
        Self([ParameterAxis(parameter: parameter, axis: axis): indices])
    }

    public static func removeChannels(_ indices: [ParameterAxis: Set<Int>], by partition: ChannelPartition = .heads) -> Self {
        Self(indices, by: partition)
    }
}

extension ChannelGroups {
    /// By axis, the indices that go with some, and in how many blocks they are counted.
    ///
    /// Throws where something holds them, or none would be left of an axis.
    func removed(
        _ indices: [ParameterAxis: Set<Int>]
    ) throws(RemoveChannels.Failure) -> [ParameterAxis: (indices: Set<Int>, blocks: Int)] {
        var gone: [ParameterAxis: (indices: Set<Int>, blocks: Int)] = [:]
        var extents: [ParameterAxis: Int] = [:]
        for (axis, asked) in indices {
            for group in groups(of: axis.parameter, axis: axis.axis) {
                guard let own = group.members.first(where: { $0.place == axis }) else { continue }
                let channels = own.indices.indices.filter { !asked.isDisjoint(with: own.indices[$0]) }
                guard !channels.isEmpty else { continue }
                if let obstacle = group.obstacle { throw .held(obstacle) }
                for member in group.members {
                    gone[member.place, default: ([], member.blocks)].indices.formUnion(channels.flatMap { member.indices[$0] })
                }
            }
        }
        for axis in gone.keys {
            let members = groups(of: axis.parameter, axis: axis.axis).flatMap(\.members).filter { $0.place == axis }
            extents[axis] = members.reduce(0) { $0 + $1.indices.reduce(0) { $0 + $1.count } }
        }
        for (axis, found) in gone where extents[axis] == found.indices.count { throw .all }
        return gone
    }
}

extension Parameter {
    /// Takes slices of axes out; false where what is left is not as long for each block.
    ///
    /// What its file had in the place of its values is no more what it has. Cost: O(n).
    fileprivate mutating func remove(_ gone: [Int: (indices: Set<Int>, blocks: Int)]) -> Bool {
        if let (axis, found) = gone.first(where: { $0.value.blocks > 1 }) {
            guard removeInBlocks(found.indices, found.blocks, along: axis, rows: gone[0]?.indices ?? []) else { return false }
            for (axis, found) in gone where axis != 0 && found.blocks == 1 { remove(found.indices, along: axis) }
        } else {
            for (axis, found) in gone { remove(found.indices, along: axis) }
        }
        origin = nil
        return true
    }

    private mutating func remove(_ gone: Set<Int>, along axis: Int) {
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
    }

    /// Rows, and of those that are left indices that differ from block to block of them.
    private mutating func removeInBlocks(_ gone: Set<Int>, _ blocks: Int, along axis: Int, rows: Set<Int>) -> Bool {
        guard axis == 1, shape.rank > 1, blocks > 0 else { return false }
        let (count, extent, length) = (shape[0], shape[1], shape.dimensions[2...].reduce(1, *))
        let (old, left) = (values.floats, (0..<count).filter { !rows.contains($0) })
        var (floats, extents) = ([Float](), Set<Int>())
        for row in left {
            let first = row / max(count / blocks, 1) * extent
            let kept = (0..<extent).filter { !gone.contains(first + $0) }
            extents.insert(kept.count)
            for index in kept { floats += old[(row * extent + index) * length..<(row * extent + index + 1) * length] }
        }
        guard extents.count == 1, let made = extents.first else { return false }
        values = Tensor(shape: Shape([left.count, made] + shape.dimensions[2...]), floats: floats)
        return true
    }
}
