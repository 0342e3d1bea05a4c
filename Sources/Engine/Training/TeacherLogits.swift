import Kernels
import Networks

/// The logits of one teacher: of a whole split, computed once batch by batch, or of a batch as it comes.
final class TeacherLogits {
    private let executor: OneDNNExecutor
    /// [N, classes], by example.
    private(set) var logits: [Float] = []
    /// Examples of the split whose logits are there.
    private(set) var done = 0
    let classCount: Int

    init(network: Network, batchSize: Int) throws(KernelError) {
        executor = try OneDNNExecutor(network: network.ofLogits, batchSize: network.batch(batchSize))
        classCount = executor.classCount
    }

    /// Computes the next batch of a split; false after the last one.
    func computeNext(of dataset: Dataset) throws(KernelError) -> Bool {
        if logits.isEmpty { logits.reserveCapacity(dataset.count * classCount) }
        let end = min(dataset.count, done + executor.batchSize)
        let rows = end - done
        let indices = Array(done..<end)
        try executor.take(indices[...], of: dataset)
        logits += Array(try run().prefix(rows * classCount))
        done = end
        return done < dataset.count
    }

    /// The logits of examples that `fill` writes.
    func logits(_ fill: (UnsafeMutableBufferPointer<Float>) -> ExampleFailure?) throws(KernelError) -> [Float] {
        var failure: ExampleFailure?
        executor.withInput { failure = fill($0) }
        if let failure { throw .examples(failure.description) }
        return try run()
    }

    /// [examples.count, classes].
    func rows(_ examples: ArraySlice<Int>) -> [Float] {
        examples.flatMap { logits[$0 * classCount..<($0 + 1) * classCount] }
    }

    private func run() throws(KernelError) -> [Float] {
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }
}
