import Compression
import Networks

extension KeptPlaces {
    /// Takes away what a removal took: its indices are those of a network that may have lost channels already.
    ///
    /// - Parameter network: As the removal saw it.
    public mutating func take(_ removed: RemovedFilters, from network: Network) {
        var gone: [String: [Int: Set<Int>]] = [:]
        // Where blocks of filters have indices of their own, the layer is read in groups and not fitted.
        for member in removed.groups.flatMap(\.members) where member.blocks == nil {
            gone[member.parameter, default: [:]][member.axis, default: []].formUnion(member.indices)
        }
        for (name, axes) in gone {
            guard let shape = network.parameters[name]?.shape else { continue }
            for (axis, gone) in axes {
                let left = kept[name]?[axis] ?? Array(0..<shape[axis])
                kept[name, default: [:]][axis] = left.indices.filter { !gone.contains($0) }.map { left[$0] }
            }
        }
    }
}

extension TrainedState {
    /// The state with a repaired network in the place of its own; layers that changed start from their float values.
    public func repaired(_ network: Network, from base: TrainedState?, of opened: Network) -> TrainedState {
        var state = TrainedState(id: "", changed: network, from: base, of: opened)
        state.id = id + "+repair"
        return state
    }
}
