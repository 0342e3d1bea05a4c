import Kernels
import Networks
import Tensors

/// One value of a network over examples, batch by batch, by cutting off what comes behind it. Owned by the lane.
final class ValueReader {
    /// The shape of one example.
    let shape: Shape
    private let executor: OneDNNExecutor
    private let data: Dataset
    let batchSize: Int

    init(_ value: String, of network: Network, shape: Shape, data: Dataset, batchSize: Int) throws(KernelError) {
        (self.shape, self.data, self.batchSize) = (shape, data, batchSize)
        var cut = network.applying(.onlyNeeded(for: value))
        let rows = "\(value).rows"
        cut.nodes.append(Node(name: rows, operation: .flatten(axis: 1), inputs: [value], outputs: [rows]))
        cut.output = rows
        executor = try OneDNNExecutor(network: cut, batchSize: batchSize)
    }

    /// Lends the values of a batch [examples, shape].
    func run(_ examples: ArraySlice<Int>, _ body: (UnsafeBufferPointer<Float>) -> Void) throws(KernelError) {
        try executor.take(examples, of: data)
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        try executor.withLogits(body)
    }
}
