import Compression
import Kernels
import Networks
import Tensors

extension StateDerivation {
    /// What the plan does to each layer's mean output is taken back by its bias (Nagel 2019).
    public static let biases = StateDerivation(label: "bias correction") { state, request throws(TrainingFailure) in
        try state.correctingBiases(of: request.graph, on: request.training, examples: batches * batchSize)
    }
}

extension TrainedState {
    /// The state with biases that bring each layer's mean output back to that of the float weights (Nagel 2019, section 4.2, empirical).
    ///
    /// Layers are gone through in the order of the graph: bias += mean(float output − compressed output) for each output channel over the
    /// examples and places, where the layers before are as corrected already and the float network runs beside. The float network is this
    /// state's own float parameters. Layers without a bias, and the rounding of biases to fewer bits, stay as they are.
    /// Cost: two forward runs of every batch for each layer with a bias.
    public func correctingBiases(
        of network: Network, on data: Dataset, examples count: Int = 512, batchSize: Int = 64
    ) throws(TrainingFailure) -> TrainedState {
        guard data.count > 0 else { throw .noExamples(dataset: data.name, split: data.split) }
        do throws(DatasetMismatch) { try data.check(against: network) } catch { throw .data(error) }
        var state = self
        let applied = applied(to: network)
        for layer in applied.base.layers {
            guard let bias = layer.bias, let trained = state.layers[layer.weight], let own = trained.compressed.bias,
                let output = layer.node.flatMap({ applied.base.nodes[$0].outputs.first })
            else { continue }
            let probe = LayerProbe(layer: layer, output: output, data: data, count: min(count, data.count), batchSize: batchSize)
            let floats = try probe.means(applied.floatNetwork)
            let compressed = try probe.means(state.applied(to: network).network)
            let shift = zip(floats, compressed).map { Float($0 - $1) }
            guard shift.count == own.count else { continue }
            state.layers[layer.weight]?.compressed.bias = Self.sum(own, shift)
            state.parameters[bias] = state.parameters[bias].map { Self.sum($0, shift) }
        }
        state.id += "+biases"
        return state
    }

    private static func sum(_ bias: Tensor, _ shift: [Float]) -> Tensor {
        Tensor(shape: bias.shape, floats: zip(bias.floats, shift).map { $0 + $1 })
    }
}

/// The mean output of one layer over examples, by the part of the network that it depends on.
private struct LayerProbe {
    let layer: Layer
    /// What its node makes, in each graph that is made of the base's.
    let output: String
    let data: Dataset
    let count: Int
    let batchSize: Int

    /// [channels] under these parameters: the mean over the examples and places of what the layer's node gives.
    func means(_ network: Network) throws(TrainingFailure) -> [Double] {
        var cut = network.applying(.onlyNeeded(for: output))
        flatten(&cut)
        do throws(KernelError) {
            let executor = try OneDNNExecutor(network: cut, batchSize: network.batch(min(batchSize, count)))
            return try means(executor)
        } catch { throw .kernels(error) }
    }

    /// The executor gives rows: an image becomes the means of its channels.
    private func flatten(_ network: inout Network) {
        guard layer.isConvolution else { return }
        network.nodes.append(
            Node(name: "probe-mean", operation: .globalAveragePool, inputs: [network.output], outputs: ["probe-mean"]))
        network.nodes.append(Node(name: "probe", operation: .flatten(axis: 1), inputs: ["probe-mean"], outputs: ["probe"]))
        network.output = "probe"
    }

    private func means(_ executor: OneDNNExecutor) throws(KernelError) -> [Double] {
        let channels = executor.classCount
        var sums = [Double](repeating: 0, count: channels)
        for start in stride(from: 0, to: count, by: executor.batchSize) {
            let indices = Array(start..<min(count, start + executor.batchSize))
            try executor.take(indices[...], of: data)
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            let rows = try executor.withLogits { Array($0.prefix(indices.count * channels)) }
            for (place, value) in rows.enumerated() { sums[place % channels] += Double(value) }
        }
        return sums.map { $0 / Double(max(1, count)) }
    }
}
