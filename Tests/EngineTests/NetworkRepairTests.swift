import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// What is left of a network after a cut, brought back by least squares.
@Suite("Networks that are repaired after a cut")
struct NetworkRepairTests {
    private func repaired(
        _ network: Network, removing filters: Set<Int>, of weight: String, on data: Dataset
    ) throws -> (cut: Network, repair: NetworkRepair) {
        let cut = try network.applying(.removeChannels(filters, of: weight, axis: 0))
        let kept = KeptPlaces(removing: filters, of: weight, axis: 0, from: network)
        let repair = try NetworkRepair(before: network, after: cut, kept: kept, data: data)
        while try repair.step() {}
        try repair.network.check()
        return (cut, repair)
    }

    /// LeNet-5 in which a filter or unit of a layer gives twice what the first one gives.
    private func doubled(_ layer: String, _ other: Int) throws -> Network {
        var network = try Architecture(name: "lenet-5").network(seed: 3)
        for part in [layer + ".weight", layer + ".bias"] {
            let parameter = try #require(network.parameters[part])
            var floats = parameter.values.floats
            let length = floats.count / parameter.shape[0]
            for index in 0..<length { floats[other * length + index] = 2 * floats[index] }
            network.parameters[part]?.values = Tensor(shape: parameter.shape, floats: floats)
        }
        return network
    }

    @Test("A filter that another one stands for goes without a loss", arguments: [("conv1", 96), ("conv2", 1_000), ("fc1", 600)])
    func redundant(layer: String, examples: Int) throws {
        let network = try doubled(layer, 7)
        let data = TrainingSample.noise(for: network, examples, seed: 5)
        let (cut, repair) = try repaired(network, removing: [0], of: layer + ".weight", on: data)
        let input = NetworkRun.input(of: network, batch: 3, seed: 8)
        let logits = try NetworkRun(network, input: input, batch: 3).logits
        let lost = try NetworkRun.difference(logits, NetworkRun(cut, input: input, batch: 3).logits)
        let left = try NetworkRun.difference(logits, NetworkRun(repair.network, input: input, batch: 3).logits)
        #expect(left < 0.01 && left < lost / 5, "\(lost) \(left)")
        let reader = try #require(["conv1": "conv2", "conv2": "fc1", "fc1": "fc2"][layer])
        let own = try #require(repair.errors[reader + ".weight"])
        #expect(repair.untouched.isEmpty && own.after < 1e-4 && own.after < own.before)
        // Layers behind read what they read before, and nothing before the cut is touched.
        #expect(repair.errors.values.allSatisfy { $0.after < 1e-4 && $0.after <= $0.before } && repair.errors[layer + ".weight"] == nil)
    }

    /// A network in which a filter or unit of a layer gives the same number everywhere.
    private func constant(_ layer: String, _ filter: Int, _ number: Float) throws -> Network {
        var network = try Architecture(name: "lenet-5").network(seed: 4)
        for (part, value) in [(layer + ".weight", 0), (layer + ".bias", number)] {
            let parameter = try #require(network.parameters[part])
            var floats = parameter.values.floats
            let length = floats.count / parameter.shape[0]
            for index in 0..<length { floats[filter * length + index] = value }
            network.parameters[part]?.values = Tensor(shape: parameter.shape, floats: floats)
        }
        return network
    }

    @Test(
        "A filter that gives the same everywhere becomes part of the biases of what reads it, exactly where no window is padded",
        arguments: ["conv1", "conv2", "fc1"])
    func constants(layer: String) throws {
        let network = try constant(layer, 4, 1.5)
        let data = TrainingSample.noise(for: network, 96, seed: 6)
        let (cut, repair) = try repaired(network, removing: [4], of: layer + ".weight", on: data)
        let input = NetworkRun.input(of: network, batch: 3, seed: 9)
        let logits = try NetworkRun(network, input: input, batch: 3).logits
        #expect(try NetworkRun.difference(logits, NetworkRun(cut, input: input, batch: 3).logits) > 1e-3)
        #expect(try NetworkRun.difference(logits, NetworkRun(repair.network, input: input, batch: 3).logits) < 1e-5)
    }
}

extension KeptPlaces {
    /// All places but those that go with some indices of an axis, as the groups of the network say.
    fileprivate init(removing indices: Set<Int>, of parameter: String, axis: Int, from network: Network) {
        self.init()
        for group in network.channelGroups.groups(of: parameter, axis: axis) {
            guard let own = group.members.first(where: { $0.parameter == parameter && $0.axis == axis }) else { continue }
            let channels = own.indices.indices.filter { !indices.isDisjoint(with: own.indices[$0]) }
            for member in group.members where !channels.isEmpty {
                let gone = Set(channels.flatMap { member.indices[$0] })
                let places = 0..<(network.parameters[member.parameter]?.shape[member.axis] ?? 0)
                let left = kept[member.parameter]?[member.axis] ?? Array(places)
                kept[member.parameter, default: [:]][member.axis] = left.filter { !gone.contains($0) }
            }
        }
    }
}
