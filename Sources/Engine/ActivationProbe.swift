import Kernels
import Networks
import Tensors

/// Gathers values of a network over examples, all in one pass, by cutting off what comes behind them. Owned by the lane.
final class ActivationProbe {
    /// What is gathered of one value.
    fileprivate struct Part {
        /// Numbers of an example, and where they lie in a row of the pass.
        let width: Int
        let offset: Int
        /// Of the examples' values in a row, every so many-th is kept; without a common divisor with a row, so that all places have their turn.
        let stride: Int
        var place = 0
        var found: [Float] = []
    }

    private var parts: [String: Part] = [:]
    private let data: Dataset
    private let examples: [Int]
    private let executor: OneDNNExecutor
    private var done = 0

    /// Numbers that all values have together in a batch at most.
    private static let batchValues = 1 << 24

    init(_ values: [String], of network: Network, data: Dataset, batchSize: Int) throws(KernelError) {
        self.data = data
        examples = ActivationCalibration.examples(of: data.count)
        let shapes = try network.kernelShapes(batch: 1)
        var (rows, width) = (RowStack(network), 0)
        for value in values where parts[value] == nil {
            let count = shapes[value]?.count ?? 0
            parts[value] = Part(width: count, offset: width, stride: Self.stride(rows: examples.count, width: count))
            rows.add(value, width: count)
            width += count
        }
        let size = min(batchSize, examples.count, Self.batchValues / max(1, width))
        executor = try OneDNNExecutor(network: rows.network, batchSize: network.batch(max(1, size)))
    }

    func holds(_ value: String) -> Bool { parts[value] != nil }

    /// What was kept of a value.
    func found(_ value: String) -> [Float] { parts[value]?.found ?? [] }

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
        let length = executor.classCount
        try executor.withLogits { values in
            for name in Array(parts.keys) { parts[name]?.take(values, rows: batch.count, length: length) }
        }
        done += batch.count
        return done < examples.count
    }
}

extension ActivationProbe.Part {
    /// Keeps its share of a batch, [rows, length].
    fileprivate mutating func take(_ values: UnsafeBufferPointer<Float>, rows: Int, length: Int) {
        let count = rows * width
        while place < count {
            found.append(values[place / width * length + offset + place % width])
            place += stride
        }
        place -= count
    }
}
