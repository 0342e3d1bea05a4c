import Compression
import Kernels
import Networks
import Tensors

/// Runs a network over calibration examples and sums up what several of its layers give, all in one pass. Owned by the lane.
///
/// The outputs of all are strung together as the one output of a network that is cut behind them. Batches are full, so that no padding is counted;
/// their size follows from network and number of examples alone, as does every bit of the result.
final class OutputProbe {
    /// One value that a layer gives: a layer whose weights are read more than once has several.
    private struct Output {
        var layer: Layer
        var value: String
        /// Of the bias that the value has in it.
        var bias: [Double]
    }

    private let data: Dataset
    private let key: CalibrationKey
    private let examples: [Int]
    private let outputs: [Output]
    private var tallies: [OutputTally]
    private let executor: OneDNNExecutor
    private var done = 0
    private var stage = 0
    /// The tally that is counted; as many as there are before the first batch and after each.
    private var counting: Int

    /// Multiply-adds and numbers of a batch at most.
    private static let batchWork = 150_000_000
    private static let batchValues = 1 << 22

    init(_ weights: [String], of network: Network, data: Dataset, key: CalibrationKey) throws(KernelError) {
        (self.data, self.key) = (data, key)
        examples = key.indices(of: data.count)
        outputs = weights.compactMap(network.layer(of:)).flatMap { Self.outputs(of: $0, in: network) }
        let size = network.batch(try Self.batchSize(of: network, outputs, count: examples.count))
        let (cut, layouts) = try Self.cut(network, outputs, batch: size)
        tallies = layouts.map { OutputTally($0) }
        counting = tallies.count
        executor = try OneDNNExecutor(network: cut, batchSize: size)
    }

    func holds(_ weight: String) -> Bool { outputs.contains { $0.layer.weight == weight } }

    /// Runs a stage, or counts some products; false when all is counted.
    func step() throws(KernelError) -> Bool {
        let end = ContinuousClock.now + .milliseconds(8)
        repeat {
            if counting < tallies.count {
                if !tallies[counting].step() { counting += 1 }
            } else if stage == executor.stages.count {
                try take()
            } else if done < examples.count {
                try run()
            } else {
                return false
            }
        } while ContinuousClock.now < end
        return true
    }

    private func run() throws(KernelError) {
        if stage == 0 { try executor.take(examples[done..<done + executor.batchSize], of: data) }
        try executor.run(stage: stage)
        stage += 1
    }

    private func take() throws(KernelError) {
        let size = executor.batchSize
        try executor.withLogits { values in
            for place in tallies.indices { tallies[place].take(values, examples: size, rowLength: executor.classCount) }
        }
        done += size
        (stage, counting) = (0, 0)
    }

    /// By weight, once all is counted. Outputs of one layer at several places count as one.
    var moments: [String: OutputMoments] {
        var found: [String: OutputMoments] = [:]
        for (output, tally) in zip(outputs, tallies) {
            guard let own = tally.moments(key)?.without(output.bias) else { continue }
            found[output.layer.weight] = found[output.layer.weight]?.joined(with: own) ?? own
        }
        return found
    }
}

extension OutputProbe {
    private static func outputs(of layer: Layer, in network: Network) -> [Output] {
        network.index.readers(of: layer.weight).compactMap { place in
            let node = network.nodes[place]
            guard node.inputs.count > 1, node.inputs[1] == layer.weight, let value = node.outputs.first else { return nil }
            guard node.inputs.count > 2, let bias = network.parameters[node.inputs[2]]?.values else {
                return Output(layer: layer, value: value, bias: [])
            }
            var factor = 1.0
            if case .gemm(let gemm) = node.operation { factor = Double(gemm.beta) }
            return Output(layer: layer, value: value, bias: bias.floats.map { factor * Double($0) })
        }
    }

    /// The largest divisor of the number of examples with which a batch is not too large.
    private static func batchSize(of network: Network, _ outputs: [Output], count: Int) throws(KernelError) -> Int {
        let (shapes, work) = try shapes(of: network, batch: 1)
        let values = outputs.reduce(0) { $0 + (shapes[$1.value]?.count ?? 0) }
        let most = max(1, min(32, batchWork / max(1, work), batchValues / max(1, values)))
        return (1...most).last { count % $0 == 0 } ?? 1
    }

    private static func shapes(of network: Network, batch: Int) throws(KernelError) -> (shapes: [String: Shape], work: Int) {
        do throws(ShapeError) {
            let shapes = try network.shapes(batch: batch)
            return (shapes, network.multiplyAdds(shapes, batch: batch).reduce(0, +))
        } catch { throw .shape(node: error.node, expected: error.expected, actual: error.actual) }
    }

    /// The network up to the outputs, which are one row an example, and where each lies in it.
    private static func cut(
        _ network: Network, _ outputs: [Output], batch: Int
    ) throws(KernelError) -> (Network, [OutputTally.Layout]) {
        let shapes = try shapes(of: network, batch: batch).shapes
        var (cut, rows, layouts, length) = (network, [String](), [OutputTally.Layout](), 0)
        for (place, output) in outputs.enumerated() {
            let row = "\(output.value).outputs.\(place)"
            let (channels, width) = (output.layer.outputCount, (shapes[output.value]?.count ?? 0) / batch)
            let operation = Operation.reshape(dimensions: [-1, width], allowZero: false)
            cut.nodes.append(Node(name: row, operation: operation, inputs: [output.value], outputs: [row]))
            layouts.append(
                OutputTally.Layout(
                    channels: channels, pixels: width / max(1, channels), isChannelFirst: output.layer.isConvolution, offset: length))
            rows.append(row)
            length += width
        }
        if rows.count > 1 {
            let all = "\(network.output).outputs"
            cut.nodes.append(Node(name: all, operation: .concatenation(axis: 1), inputs: rows, outputs: [all]))
            rows = [all]
        }
        cut = cut.applying(.onlyNeeded(for: rows.first ?? network.output))
        return (cut, layouts)
    }
}
