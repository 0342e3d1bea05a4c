import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// What a thinned network costs.
@Suite("Time of thinned networks", .serialized)
struct ThinnedTimeTests {
    /// x [16, 28, 28] → a → ReLU → b → ReLU → mean over pixels → fc, by seeded numbers.
    private func network(width: Int, seed: UInt64) -> Network {
        let window = Convolution(kernel: [3, 3], pads: [1, 1, 1, 1])
        let nodes = [
            Node(name: "a", operation: .convolution(window), inputs: ["x", "a.weight", "a.bias"], outputs: ["u"]),
            Node(name: "r", operation: .relu, inputs: ["u"], outputs: ["v"]),
            Node(name: "b", operation: .convolution(window), inputs: ["v", "b.weight", "b.bias"], outputs: ["w"]),
            Node(name: "s", operation: .relu, inputs: ["w"], outputs: ["p"]),
            Node(name: "m", operation: .globalAveragePool, inputs: ["p"], outputs: ["q"]),
            Node(name: "f", operation: .flatten(axis: 1), inputs: ["q"], outputs: ["t"]),
            Node(name: "fc", operation: .gemm(Gemm(transposeB: true)), inputs: ["t", "fc.weight", "fc.bias"], outputs: ["y"]),
        ]
        var network = Network(name: "n\(width)", input: "x", inputShape: [16, 28, 28], output: "y", nodes: nodes, parameters: [:])
        var generator = SeededGenerator(seed: seed)
        let shapes: [(String, Parameter.Role, Shape)] = [
            ("a.weight", .weight, [width, 16, 3, 3]), ("a.bias", .bias, [width]), ("b.weight", .weight, [width, width, 3, 3]),
            ("b.bias", .bias, [width]), ("fc.weight", .weight, [10, width]), ("fc.bias", .bias, [10]),
        ]
        for (name, role, shape) in shapes {
            let values = Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(0.1 * generator.normal()) })
            network.parameters[name] = Parameter(name: name, role: role, values: values)
        }
        return network
    }

    /// The least time of one pass of each, run in turn.
    private func least(_ networks: [Network]) throws -> [Double] {
        let timers = try networks.map { try KernelTimer($0, batchSize: 8) }
        var least = [Double](repeating: .infinity, count: networks.count)
        for _ in 0..<25 { for (place, timer) in timers.enumerated() { least[place] = min(least[place], try timer.run().seconds) } }
        return least
    }

    @Test("A thinned network takes as long as one that was made in its shapes, and less than the one before")
    func time() throws {
        let before = network(width: 96, seed: 1)
        let thinned = try before.applying(.removeChannels(Set(1..<65), of: "a.weight", axis: 0))
            .applying(.removeChannels(Set(20..<84), of: "b.weight", axis: 0))
        let fresh = network(width: 32, seed: 2)
        #expect(thinned.nodes == fresh.nodes && thinned.parameters.mapValues(\.shape) == fresh.parameters.mapValues(\.shape))
        // Noise of others who have the processor meanwhile may hit all runs of one of them.
        var times: [Double] = []
        for _ in 0..<4 {
            times = try least([before, thinned, fresh])
            if (0.85...1.18).contains(times[1] / times[2]) { break }
        }
        #expect((0.85...1.18).contains(times[1] / times[2]) && times[1] < 0.6 * times[0], "\(times)")
    }
}
