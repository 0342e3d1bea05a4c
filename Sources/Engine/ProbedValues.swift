import Kernels
import Networks
import Tensors

/// Several values of a network strung together as the one output, a row an example, of a network that is cut behind them.
struct ProbedValues {
    let network: Network
    /// A divisor of the number of examples, so that batches are full.
    let batchSize: Int
    /// Where each value lies in a row.
    let ranges: [Range<Int>]
    /// Of all values of the network, for one batch.
    let shapes: [String: Shape]

    /// Multiply-adds and numbers of a batch at most.
    private static let batchWork = 150_000_000
    private static let batchValues = 1 << 22

    /// - Parameters:
    ///   - values: Of which each example has as many numbers, one example after another.
    ///   - count: Examples that are run.
    init(_ values: [String], of network: Network, count: Int) throws(KernelError) {
        let size = network.batch(try Self.batchSize(of: network, values, count: count))
        let shapes = try Self.shapes(of: network, batch: size).shapes
        var (cut, rows, ranges, length) = (network, [String](), [Range<Int>](), 0)
        for (place, value) in values.enumerated() {
            let (row, width) = ("\(value).outputs.\(place)", (shapes[value]?.count ?? 0) / size)
            let operation = Operation.reshape(dimensions: [-1, width], allowZero: false)
            cut.nodes.append(Node(name: row, operation: operation, inputs: [value], outputs: [row]))
            ranges.append(length..<length + width)
            rows.append(row)
            length += width
        }
        if rows.count > 1 {
            let all = "\(network.output).outputs"
            cut.nodes.append(Node(name: all, operation: .concatenation(axis: 1), inputs: rows, outputs: [all]))
            rows = [all]
        }
        self.network = cut.applying(.onlyNeeded(for: rows.first ?? network.output))
        (batchSize, self.ranges, self.shapes) = (size, ranges, shapes)
    }

    /// The largest divisor of the number of examples with which a batch is not too large.
    private static func batchSize(of network: Network, _ values: [String], count: Int) throws(KernelError) -> Int {
        let (shapes, work) = try shapes(of: network, batch: 1)
        let numbers = values.reduce(0) { $0 + (shapes[$1]?.count ?? 0) }
        let most = max(1, min(32, batchWork / max(1, work), batchValues / max(1, numbers)))
        return (1...most).last { count % $0 == 0 } ?? 1
    }

    private static func shapes(of network: Network, batch: Int) throws(KernelError) -> (shapes: [String: Shape], work: Int) {
        do throws(ShapeError) {
            let shapes = try network.shapes(batch: batch)
            return (shapes, network.multiplyAdds(shapes, batch: batch).reduce(0, +))
        } catch { throw .shape(node: error.node, expected: error.expected, actual: error.actual) }
    }
}
