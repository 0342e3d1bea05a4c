import Kernels
import Networks
import Tensors

/// Gathers one value of a network over examples, by cutting off what comes behind it. Owned by the lane.
final class ActivationProbe {
    let value: String
    private(set) var found: [Float] = []
    private let data: Dataset
    private let examples: [Int]
    private let executor: OneDNNExecutor
    private var done = 0
    /// Of the examples' values in a row, every so many-th is kept; without a common divisor with a row, so that all places have their turn.
    private let stride: Int
    private var place = 0

    init(_ value: String, of network: Network, data: Dataset, batchSize: Int) throws(KernelError) {
        self.value = value
        self.data = data
        examples = ActivationCalibration.examples(of: data.count)
        var cut = network.applying(.onlyNeeded(for: value))
        let rows = "\(value).rows"
        cut.nodes.append(Node(name: rows, operation: .flatten(axis: 1), inputs: [value], outputs: [rows]))
        cut.output = rows
        executor = try OneDNNExecutor(network: cut, batchSize: max(1, min(batchSize, examples.count)))
        stride = Self.stride(rows: examples.count, width: executor.classCount)
    }

    private static func stride(rows: Int, width: Int) -> Int {
        var stride = max(1, (rows * width + ActivationCalibration.valueLimit - 1) / ActivationCalibration.valueLimit)
        while greatestDivisor(stride, width) > 1 { stride += 1 }
        return stride
    }

    private static func greatestDivisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : greatestDivisor(second, first % second)
    }

    /// Runs the next batch; false when there is none left.
    func step() throws(KernelError) -> Bool {
        guard done < examples.count else { return false }
        let batch = examples[done..<min(examples.count, done + executor.batchSize)]
        try executor.take(batch, of: data)
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        let count = batch.count * executor.classCount
        let (first, stride) = (place, stride)
        found += try executor.withLogits { values in Swift.stride(from: first, to: count, by: stride).map { values[$0] } }
        let taken = first < count ? (count - first + stride - 1) / stride : 0
        place = first + taken * stride - count
        done += batch.count
        return done < examples.count
    }
}
