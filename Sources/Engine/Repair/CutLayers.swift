import Networks
import Tensors

/// What a cut left of each layer: places along the axes of parameters that stayed, of those that lost some.
public struct KeptPlaces: Sendable {
    /// By parameter and axis; all where nothing is said.
    public var kept: [String: [Int: [Int]]]

    public init(_ kept: [String: [Int: [Int]]] = [:]) { self.kept = kept }

    func places(_ parameter: String, axis: Int, count: Int) -> [Int] { kept[parameter]?[axis] ?? Array(0..<count) }

    /// Whether a layer reads fewer channels than before.
    func losesInputs(_ layer: Layer) -> Bool { kept[layer.weight]?[layer.inputAxis] != nil }
}

extension Layer {
    /// The axis of the weights along which its inputs lie.
    var inputAxis: Int { isTransposed ? 0 : 1 }
    /// That along which its filters or units lie.
    var filterAxis: Int { isTransposed ? shape.rank - 1 : 0 }

    /// The weights as rows of what each output is made of, [outputs, inputs].
    func rows(of values: Tensor) -> [Float] {
        let floats = values.floats
        guard isTransposed else { return floats }
        let (outputs, inputs) = (outputCount, count / max(1, outputCount))
        return (0..<outputs * inputs).map { floats[$0 % inputs * outputs + $0 / inputs] }
    }

    /// The same back in the order of the file.
    func values(ofRows rows: [Float]) -> Tensor {
        let (outputs, inputs) = (outputCount, count / max(1, outputCount))
        guard isTransposed else { return Tensor(shape: shape, floats: rows) }
        return Tensor(shape: shape, floats: (0..<outputs * inputs).map { rows[$0 % outputs * inputs + $0 / outputs] })
    }
}

extension KeptPlaces {
    /// What is left in a network from which channels are removed: all places but those that go with these indices of an axis.
    ///
    /// Cost: O(members of the groups).
    public init(removing indices: Set<Int>, of parameter: String, axis: Int, from network: Network) {
        var gone: [String: [Int: Set<Int>]] = [:]
        for group in network.channelGroups.groups(of: parameter, axis: axis) {
            guard let own = group.members.first(where: { $0.parameter == parameter && $0.axis == axis }) else { continue }
            let channels = own.indices.indices.filter { !indices.isDisjoint(with: own.indices[$0]) }
            for member in group.members where !channels.isEmpty && member.blocks == 1 {
                gone[member.parameter, default: [:]][member.axis, default: []].formUnion(channels.flatMap { member.indices[$0] })
            }
        }
        kept = gone.reduce(into: [:]) { kept, entry in
            guard let shape = network.parameters[entry.key]?.shape else { return }
            kept[entry.key] = entry.value.reduce(into: [:]) { kept, gone in
                kept[gone.key] = (0..<shape[gone.key]).filter { !gone.value.contains($0) }
            }
        }
    }
}
