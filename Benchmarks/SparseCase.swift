import Formats
import Foundation
import Kernels
import Networks
import Tensors

/// Convolutions and products by lists of weights beside oneDNN's dense ones, on one thread: the kernel alone, and chains with what brings images into
/// lanes and back.
enum SparseCase {
    private struct Answer: Encodable {
        var name: String
        /// The part of the weights that are zeros.
        var level: Double
        /// Seconds of one batch.
        var dense: Double
        var sparse: Double
    }

    private static let levels = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98]
    private static let images = 16
    private static let convolutions = [(3, 64, 64, 56), (3, 128, 128, 28), (3, 256, 256, 14), (3, 512, 512, 7)]
    private static let pointwise = [(1, 256, 64, 56), (1, 512, 128, 28), (1, 1_024, 256, 14), (1, 2_048, 512, 7)]
    private static let products = [(784, 300), (800, 500), (2_048, 2_048), (4_096, 4_096), (9_216, 4_096)]

    /// `sparse MODEL`: lines of JSON, one for each shape and level, and for the model with so many zeros in every layer.
    static func run(_ arguments: [String]) throws {
        guard let path = arguments.first else { throw BenchmarkFailure.usage("sparse MODEL") }
        KernelLibrary.setThreads(1)
        guard let lanes = SparseKernel.lanes else { return }
        for (size, channels, filters, extent) in convolutions + pointwise {
            let settings = Convolution(kernel: [size, size], pads: [Int](repeating: size / 2, count: 4))
            let (input, output): (Shape, Shape) = ([images, channels, extent, extent], [images, filters, extent, extent])
            let dense = try denseSeconds(settings, input, output)
            for level in levels {
                let kernel = SparseKernel(settings, input: input, output: output, lanes: lanes, hasBias: true, withRelu: true)
                let sparse = seconds(kernel, [filters, channels * size * size], level, from: input.count, to: output.count, lanes)
                try Conversation.write(
                    Answer(name: "\(size)×\(size) \(channels)→\(filters)@\(extent)", level: level, dense: dense, sparse: sparse))
            }
        }
        for (depth, units) in products {
            for batch in [16, 64, 256] {
                let dense = try denseSeconds(batch: batch, depth, units)
                for level in levels {
                    let kernel = SparseKernel(images: batch, depth: depth, units: units, lanes: lanes, hasBias: true, withRelu: true)
                    let sparse = seconds(kernel, [units, depth], level, from: batch * depth, to: batch * units, lanes)
                    try Conversation.write(Answer(name: "\(depth)→\(units), batch \(batch)", level: level, dense: dense, sparse: sparse))
                }
            }
        }
        try chains()
        let network = try NetworkReader.read(path)
        for level in [0.8, 0.92, 0.98] { try measure(network.name, network.pruned(level), level, batch: 250) }
    }

    /// Whole networks, with what brings images into lanes and back.
    private static func chains() throws {
        var plain = Chain(channels: 64, extent: 28)
        for _ in 0..<4 { plain.add(3, 64) }
        var bottleneck = Chain(channels: 256, extent: 28)
        for _ in 0..<2 { for (size, filters) in [(1, 64), (3, 64), (1, 256)] { bottleneck.add(size, filters) } }
        for (name, chain) in [("chain of four 3×3 64@28", plain), ("chain of two bottlenecks 256@28", bottleneck)] {
            for level in [0.8, 0.9, 0.95] {
                try measure(name, chain.network(level: level), level, batch: images)
            }
        }
    }

    /// All stages of a network, with lists of weights and without.
    private static func measure(_ name: String, _ network: Network, _ level: Double, batch: Int) throws {
        let dense = try OneDNNExecutor(network: network, batchSize: batch), sparse = try OneDNNExecutor(network: network, batchSize: batch)
        guard try sparse.arrange().contains(true) else { return }
        func whole(_ executor: OneDNNExecutor) throws -> Double {
            try fastest {
                for stage in executor.stages.indices { try executor.run(stage: stage) }
                _ = try executor.withLogits { $0[0] }
            }
        }
        try Conversation.write(Answer(name: name, level: level, dense: try whole(dense), sparse: try whole(sparse)))
    }

    private static func seconds(
        _ kernel: SparseKernel, _ shape: Shape, _ level: Double, from input: Int, to output: Int, _ lanes: Int
    ) -> Double {
        let weights = random(shape.count, level: level)
        weights.withUnsafeBufferPointer { kernel.load(weights: $0) }
        random(shape[0]).withUnsafeBufferPointer { kernel.load(bias: $0) }
        // Whole blocks of images.
        let source = UnsafeMutableRawPointer.allocate(byteCount: (input + lanes) * 4, alignment: 64)
        let target = UnsafeMutableRawPointer.allocate(byteCount: (output + lanes) * 4, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
        }
        random(input).withUnsafeBytes { source.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(source), byteCount: $0.count) }
        return fastest { kernel.run(from: source, to: target) }
    }

    /// The second of two stages, so that the first one makes images in the order that oneDNN prefers.
    private static func denseSeconds(_ settings: Convolution, _ input: Shape, _ output: Shape) throws -> Double {
        var chain = Chain(channels: 1, extent: input[2])
        chain.add(1, input[1])
        chain.add(settings.kernel[0], output[1])
        let executor = try OneDNNExecutor(network: chain.network(level: 0), batchSize: input[0])
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try fastest { try executor.run(stage: 1) }
    }

    private static func denseSeconds(batch: Int, _ depth: Int, _ units: Int) throws -> Double {
        let weights = Parameter(name: "weights", role: .weight, values: Tensor(shape: [units, depth], floats: random(units * depth)))
        let bias = Parameter(name: "bias", role: .bias, values: Tensor(shape: [units], floats: random(units)))
        let nodes = [
            Node(name: "product", operation: .gemm(Gemm(transposeB: true)), inputs: ["input", "weights", "bias"], outputs: ["sums"]),
            Node(name: "relu", operation: .unary(.relu), inputs: ["sums"], outputs: ["output"]),
        ]
        let network = Network(
            name: "product", input: "input", inputShape: [depth], output: "output", nodes: nodes,
            parameters: ["weights": weights, "bias": bias])
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        let rows = random(batch * depth)
        executor.withInput { _ = $0.update(fromContentsOf: rows) }
        return try fastest { try executor.run(stage: 0) }
    }

    /// Seconds of this thread, the least of several runs.
    private static func fastest(_ body: () throws -> Void) rethrows -> Double {
        try body()
        var (least, total, runs) = (Double.infinity, 0.0, 0)
        while runs < 5 || (total < 0.15 && runs < 50) {
            let start = threadSeconds
            try body()
            let seconds = threadSeconds - start
            (least, total, runs) = (min(least, seconds), total + seconds, runs + 1)
        }
        return least
    }

    /// What the calling thread has had of the processor.
    static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Normal numbers, or zeros.
    static func random(_ count: Int, level: Double = 0) -> [Float] {
        var generator = SeededGenerator(seed: UInt64(count))
        return (0..<count).map { _ in level > 0 && generator.uniform() < level ? 0 : Float(generator.uniform() - 0.5) }
    }
}

extension Network {
    /// The smallest weights of each layer set to zero.
    fileprivate func pruned(_ level: Double) -> Network {
        var network = self
        for layer in layers {
            guard let values = parameters[layer.weight]?.values else { continue }
            var floats = values.floats
            for index in floats.indices.sorted(by: { abs(floats[$0]) < abs(floats[$1]) }).prefix(Int(level * Double(floats.count))) {
                floats[index] = 0
            }
            network.parameters[layer.weight]?.values = Tensor(shape: values.shape, floats: floats)
        }
        return network
    }
}

/// Convolutions one after another, each with a bias and a Relu.
private struct Chain {
    private var layers: [(size: Int, channels: Int, filters: Int)] = []
    private let channels: Int
    private let extent: Int

    init(channels: Int, extent: Int) { (self.channels, self.extent) = (channels, extent) }

    mutating func add(_ size: Int, _ filters: Int) { layers.append((size, layers.last?.filters ?? channels, filters)) }

    func network(level: Double) -> Network {
        var network = Network(
            name: "chain", input: "input", inputShape: [channels, extent, extent], output: "input", nodes: [], parameters: [:])
        for (index, layer) in layers.enumerated() {
            let shape: Shape = [layer.filters, layer.channels, layer.size, layer.size]
            let names = ["weights\(index)", "bias\(index)", "sums\(index)", "values\(index)"]
            network.parameters[names[0]] = Parameter(
                name: names[0], role: .weight, values: Tensor(shape: shape, floats: SparseCase.random(shape.count, level: level)))
            network.parameters[names[1]] = Parameter(
                name: names[1], role: .bias, values: Tensor(shape: [layer.filters], floats: SparseCase.random(layer.filters)))
            let settings = Convolution(kernel: [layer.size, layer.size], pads: [Int](repeating: layer.size / 2, count: 4))
            let inputs = [network.output, names[0], names[1]]
            network.nodes.append(Node(name: "convolution\(index)", operation: .convolution(settings), inputs: inputs, outputs: [names[2]]))
            network.nodes.append(Node(name: "relu\(index)", operation: .unary(.relu), inputs: [names[2]], outputs: [names[3]]))
            network.output = names[3]
        }
        return network
    }
}
