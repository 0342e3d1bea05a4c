import Networks
import Tensors
import Testing

@Suite("Architectures")
struct ArchitectureTests {
    // By hand: Σ (inputs · outputs + biases), and Σ weights · pixels: firenet-2 is 320 + 5,712 + 22,688 + 1,290 parameters.
    @Test(
        "Parameters and multiply-adds",
        arguments: [
            ("lenet-300-100", 266_610, 266_200), ("lenet-5", 431_080, 2_293_000), ("mlp-1200-1200", 2_395_210, 2_392_800),
            ("mlp", 7_850, 7_840), ("mlp-30", 23_860, 23_820), ("bnn-30", 23_980, 23_820), ("bnn-mlp", 1_869_864, 1_861_632),
            ("firenet-2", 30_010, 2_496_256), ("firenet-3", 36_234, 3_700_480), ("firenet-4", 60_970, 4_904_704),
        ])
    func counts(name: String, parameters: Int, multiplyAdds: Int) throws {
        let network = try Architecture(name: name).network(seed: 1)
        #expect(network.parameterCount == parameters)
        #expect(try network.multiplyAdds().reduce(0) { $0 + $1 } == multiplyAdds)
        #expect(network.classCount == 10)
        #expect(network.unsupportedNodes.isEmpty)
    }

    @Test("resnet-20 has 20 layers beside its shortcuts")
    func residual() throws {
        let network = try Architecture(name: "resnet-20", classes: 7).network(seed: 3)
        let main = network.layers.filter { !$0.name.contains("downsample") }
        #expect(main.count == 20 && network.layers.count == 22)
        #expect(network.inputShape == [1, 32, 32])
        let shapes = try network.shapes(batch: 5)
        #expect(shapes[network.output] == [5, 7])
        #expect(network.nodes.compactMap { shapes[$0.outputs[0]] }.contains([5, 64, 8, 8]))
        // 270 thousand in He 2015, for three colours; biases and normalizations aside.
        let first = 144 + 6 * 2_304
        let second = 4_608 + 5 * 9_216
        let third = 18_432 + 5 * 36_864
        #expect(main.reduce(0) { $0 + $1.count } == first + second + third + 64 * 7)
    }

    @Test("The same seed gives the same bits, another one others", arguments: ["lenet-5", "resnet-20", "firenet"])
    func seeds(name: String) throws {
        let architecture = try Architecture(name: name)
        let values: [[[Float]]] = [1, 1, 2].map { seed in architecture.network(seed: seed).parameters.values.map { $0.values.floats } }
        #expect(values[0] == values[1])
        #expect(values[0] != values[2])
    }

    @Test("A network whose weights are drawn anew is the fresh one of that seed")
    func drawnAnew() throws {
        let architecture = try Architecture(name: "resnet-20")
        let (old, fresh) = (architecture.network(seed: 1), architecture.network(seed: 2))
        let drawn = try old.applying(.drawWeights(seed: 2))
        #expect(drawn.parameters.keys == fresh.parameters.keys)
        #expect(drawn.parameters.values.map(\.values.floats) == fresh.parameters.values.map(\.values.floats))
    }

    @Test("What has no known start is refused by name")
    func unknownStart() throws {
        var network = try Architecture(name: "lenet-300-100").network(seed: 1)
        let bias = Parameter(name: "shift", role: .other, values: Tensor(shape: [784]) { $0.update(repeating: 1) })
        network.parameters["shift"] = bias
        let first = try #require(network.nodes.firstIndex { $0.inputs.contains("fc1.weight") })
        let value = network.nodes[first].inputs[0]
        network.nodes[first].inputs[0] = "moved"
        network.nodes.insert(Node(name: "mover", operation: .binary(.add), inputs: [value, "shift"], outputs: ["moved"]), at: first)
        #expect(throws: DrawWeights.Failure(parameter: "shift", node: "mover")) { try network.applying(.drawWeights(seed: 1)) }
    }

    @Test("Starts: uniform in ±1/√fan-in, He's normal")
    func starts() throws {
        let dense = try Architecture(name: "lenet-300-100").network(seed: 5)
        let bound = 1 / Float(784).squareRoot()
        let weights = try #require(dense.parameters["fc1.weight"]).values.floats
        #expect(weights.allSatisfy { abs($0) <= bound })
        #expect(weights.contains { $0 > 0.99 * bound })
        let expected: Float = bound / Float(3).squareRoot()
        #expect(abs(deviation(weights) - expected) < 0.01 * expected)
        let biases = try #require(dense.parameters["fc1.bias"]).values.floats
        #expect(biases.allSatisfy { abs($0) <= bound })
        #expect(deviation(biases) > bound / 2.2)

        let residual = try Architecture(name: "resnet-20").network(seed: 5)
        let deep = try #require(residual.parameters["layer3.2.conv2.weight"]).values.floats
        let wanted: Float = (2 / Float(576)).squareRoot()
        #expect(abs(deviation(deep) - wanted) < 0.02 * wanted)
        #expect(try #require(residual.parameters["bn1.running_var"]).values.floats == Array(repeating: 1, count: 16))
        #expect(residual.parameters["bn1.weight"]?.role == .normalization)
    }

    @Test(
        "Names that none has",
        arguments: [
            (
                "lenet5",
                "there is no architecture 'lenet5'; did you mean lenet-5? possible are lenet-300-100, lenet-5, mlp-A-B-…, bnn-A-B-…, "
            ), ("mlp-0", "a layer can't have 0 units; allowed is 1…65536"),
            ("mlp-99999999999999999999", "a layer can't have 99999999999999999999 units; allowed is 1…65536"),
            ("mlp-3-x", "there is no architecture 'mlp-3-x'; "), ("mlp--3", "there is no architecture 'mlp--3'; "),
            ("firenet-5", "there is no architecture 'firenet-5'; did you mean firenet-2 or "), ("", "there is no architecture ''; "),
            ("mlp" + String(repeating: "-1", count: 33), "33 hidden layers are too many; at most 32 are built"),
        ])
    func refusals(name: String, start: String) {
        let error = #expect(throws: ArchitectureError.self) { try Architecture(name: name) }
        #expect(error?.description.hasPrefix(start) == true, "\(error?.description ?? "")")
        #expect(throws: ArchitectureError.classes(1, allowed: 2...65_536)) { try Architecture(name: "lenet-5", classes: 1) }
    }

    private func deviation(_ values: [Float]) -> Float {
        let mean = values.reduce(0, +) / Float(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot()
    }
}
