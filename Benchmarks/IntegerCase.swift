import Compression
import Foundation
import Kernels
import Networks
import Tensors

/// A network like resnet-18 whose weights have 7 bits and whose values between layers have 8: by integers, by floats that stand for them, and in the
/// float32 that it was made of, on one thread.
enum IntegerCase {
    private struct Answer: Encodable {
        var name: String
        var batch: Int
        /// Seconds of one batch.
        var float32: Double
        var simulated: Double
        var integer: Double
        /// Layers that integers computed, of all with weights.
        var whole: Int
        var layers: Int
        /// The largest difference of a logit between integers and floats that stand for them, as a part of the largest logit.
        var difference: Double
    }

    /// `integer`: a line of JSON for a plan of values within blocks alone, and for one of sums of two ways too.
    static func run(_ arguments: [String]) throws {
        guard arguments.isEmpty else { throw BenchmarkFailure.usage("integer") }
        KernelLibrary.setThreads(1)
        for (name, sums) in [("values within blocks", false), ("sums too", true)] {
            for batch in [1, 8] { try Conversation.write(try measure(name, sums: sums, batch: batch)) }
        }
    }

    /// What a plan makes of it: 8 bits behind each Relu that a layer alone ends in, and behind sums too. Random weights have no clip worth finding.
    private static func planned(_ network: Network, sums: Bool) throws -> Network {
        let layers = network.layers.filter { layer in
            guard let value = network.quantizedValue(of: layer.weight), let maker = network.index.maker(of: value) else { return false }
            return network.nodes[maker].operation == .relu
        }
        let eight = ActivationQuantization.clipped(bits: 8, clip: .calibrated)
        let entries = layers.map { CompressionPlan.Entry(pattern: $0.weight, plan: LayerPlan(activations: eight)) }
        let plan = try CompressionPlan(layers: entries, sums: sums ? eight : nil).resolved(for: network.layers)
        let activations = plan.activations(of: network)
        return GraphEdits(activations: activations, clips: activations.mapValues { _ in 4 }).applied(to: network)
    }

    private static func measure(_ name: String, sums: Bool, batch: Int) throws -> Answer {
        var float = ResidualNetwork(), whole = ResidualNetwork(quantizes: true)
        let (plain, quantized) = (float.network(), try planned(whole.network(), sums: sums))
        let executors = try [plain, quantized, quantized].map { try OneDNNExecutor(network: $0, batchSize: batch) }
        for layer in quantized.layers {
            guard let values = quantized.parameters[layer.weight]?.values else { continue }
            executors[2].setSteps(whole.steps[layer.weight], of: layer)
            try executors[2].setWeights(values, bias: layer.bias.flatMap { quantized.parameters[$0]?.values }, of: layer)
        }
        let arrangement = try executors[2].arrange(.integer)
        let input = SparseCase.random(batch * quantized.inputShape.count)
        var logits: [[Float]] = []
        for executor in executors {
            executor.withInput { _ = $0.update(fromContentsOf: input) }
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            logits.append(try executor.withLogits { Array($0) })
        }
        // In turn, so that all have the same neighbours.
        var least = [Double](repeating: .infinity, count: 3)
        for _ in 0..<(batch == 1 ? 40 : 12) {
            for (place, executor) in executors.enumerated() {
                let start = SparseCase.threadSeconds
                for stage in executor.stages.indices { try executor.run(stage: stage) }
                least[place] = min(least[place], SparseCase.threadSeconds - start)
            }
        }
        let largest = logits[1].reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
        let difference = zip(logits[1], logits[2]).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } / largest
        return Answer(
            name: name, batch: batch, float32: least[0], simulated: least[1], integer: least[2],
            whole: arrangement.count { $0 == .integers }, layers: quantized.layers.count, difference: Double(difference))
    }
}

/// He and others 2015 with 18 layers on 3×64×64, normalizations folded: seeded weights, on 7 bits a channel where `quantizes`.
private struct ResidualNetwork {
    private(set) var steps: [String: [Float]] = [:]
    private let quantizes: Bool
    private var made = Network(name: "residual", input: "input", inputShape: [3, 64, 64], output: "input", nodes: [], parameters: [:])
    private var value = "input"

    init(quantizes: Bool = false) { self.quantizes = quantizes }

    mutating func network() -> Network {
        convolve(3, 64, kernel: 7, stride: 2)
        rectify()
        add(.maxPool(Pooling(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1])), [value])
        var channels = 64
        for (stage, width) in [64, 128, 256, 512].enumerated() {
            for block in 0..<2 {
                let (input, stride) = (value, stage > 0 && block == 0 ? 2 : 1)
                convolve(channels, width, kernel: 3, stride: stride)
                rectify()
                convolve(width, width, kernel: 3)
                let deep = value
                value = input
                if channels != width { convolve(channels, width, kernel: 1, stride: stride) }
                add(.add, [deep, value])
                rectify()
                channels = width
            }
        }
        add(.globalAveragePool, [value])
        add(.flatten(axis: 1), [value])
        add(.gemm(Gemm(transposeB: true)), [value, weights([10, channels]), parameter(SparseCase.random(10), [10], .bias)])
        made.output = value
        return made
    }

    private mutating func convolve(_ from: Int, _ to: Int, kernel: Int, stride: Int = 1) {
        let settings = Convolution(
            kernel: [kernel, kernel], strides: [stride, stride], pads: [Int](repeating: kernel / 2, count: 4))
        add(.convolution(settings), [value, weights([to, from, kernel, kernel]), parameter(SparseCase.random(to), [to], .bias)])
    }

    private mutating func rectify() { add(.unary(.relu), [value]) }

    private mutating func add(_ operation: Networks.Operation, _ inputs: [String]) {
        value = "v\(made.nodes.count)"
        made.nodes.append(Node(name: "n\(made.nodes.count)", operation: operation, inputs: inputs, outputs: [value]))
    }

    private mutating func parameter(_ values: [Float], _ shape: Shape, _ role: Parameter.Role) -> String {
        let name = "p\(made.parameters.count)"
        made.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: values))
        return name
    }

    /// σ = √(2 / fan-in) (He 2015).
    private mutating func weights(_ shape: Shape) -> String {
        let scale = (24 / Float(shape.rowCount)).squareRoot()
        var floats = SparseCase.random(shape.count).map { $0 * scale }
        guard quantizes else { return parameter(floats, shape, .weight) }
        var own: [Float] = []
        for row in 0..<shape[0] {
            let range = row * shape.rowCount..<(row + 1) * shape.rowCount
            let step = floats[range].reduce(0) { max($0, abs($1)) } / 63
            for index in range { floats[index] = (floats[index] / step).rounded(.toNearestOrEven) * step }
            own.append(step)
        }
        let name = parameter(floats, shape, .weight)
        steps[name] = own
        return name
    }
}
