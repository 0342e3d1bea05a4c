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

    init(_ weights: [String], of network: Network, data: Dataset, key: CalibrationKey) throws(KernelError) {
        (self.data, self.key) = (data, key)
        examples = key.indices(of: data.count)
        outputs = weights.compactMap(network.layer(of:)).flatMap { Self.outputs(of: $0, in: network) }
        let probed = try ProbedValues(outputs.map(\.value), of: network, count: examples.count)
        tallies = zip(outputs, probed.ranges).map { output, range in
            let channels = output.layer.outputCount
            return OutputTally(
                OutputTally.Layout(
                    channels: channels, pixels: range.count / max(1, channels), isChannelFirst: output.layer.isConvolution,
                    offset: range.lowerBound))
        }
        counting = tallies.count
        executor = try OneDNNExecutor(network: probed.network, batchSize: probed.batchSize)
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
}
