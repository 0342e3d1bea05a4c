import CKernels

/// Sums over columns of what a layer reads and of what it should give, from which the best weights are found.
///
/// A column is z = (x [inputs], y [outputs], 1); kept is the lower triangle of Σ z · zᵀ in double. Cost: O((inputs + outputs)²) a column.
public struct SecondMoments: Sendable {
    public let inputs: Int
    public let outputs: Int
    /// Columns that were added.
    public private(set) var count = 0
    private var sums: [Double]

    /// Multiply-adds of one piece: some milliseconds.
    private static let work = 1 << 25

    public init(inputs: Int, outputs: Int) {
        (self.inputs, self.outputs) = (inputs, outputs)
        sums = Array(repeating: 0, count: (inputs + outputs + 1) * (inputs + outputs + 1))
    }

    private var size: Int { inputs + outputs + 1 }

    /// Columns that one call of ``add(_:columns:from:)`` takes at most: some milliseconds of work.
    private var piece: Int { min(512, max(32, Self.work / (size * size))) }

    /// Adds columns that lie side by side, [inputs + outputs, columns], some of them from `start` on and before `end`; returns where the rest begins.
    public mutating func add(_ rows: [Float], columns: Int, from start: Int, to end: Int? = nil) -> Int {
        let width = min(piece, (end ?? columns) - start)
        var block = [Float](repeating: 1, count: size * width)
        rows.withUnsafeBufferPointer { rows in
            for row in 0..<size - 1 { for column in 0..<width { block[row * width + column] = rows[row * columns + start + column] } }
        }
        pare_add_gram(block, size, width, 0, size, &sums)
        count += width
        return start + width
    }

    /// Means over the columns, of inputs and then of outputs.
    var means: [Double] { (0..<size - 1).map { sums[(size - 1) * size + $0] / Double(max(1, count)) } }

    /// E[(a − α)(b − β)] of two places among inputs and outputs about their centres α and β.
    func product(_ first: Int, _ second: Int, about centres: [Double]) -> Double {
        let (low, high, count) = (min(first, second), max(first, second), Double(max(1, count)))
        let means = (sums[(size - 1) * size + first] / count, sums[(size - 1) * size + second] / count)
        let (own, other) = (centres[first], centres[second])
        return sums[high * size + low] / count - own * means.1 - other * means.0 + own * other
    }

    /// The lower triangle of E[x xᵀ] about these centres, [inputs, inputs].
    func covariance(about centres: [Double]) -> [Double] {
        var matrix = [Double](repeating: 0, count: inputs * inputs)
        for row in 0..<inputs { for column in 0...row { matrix[row * inputs + column] = product(row, column, about: centres) } }
        return matrix
    }
}

/// Mean and variance of a number over columns.
public struct OutputSpread: Hashable, Sendable {
    public var mean: Double
    public var variance: Double
}

extension SecondMoments {
    /// Of ``match(_:bias:)``: where the fit says less than a quarter of a variance, the rest would be noise that is made large.
    public static var largestScale: Double { 2 }

    /// Of each output: as weights [outputs, inputs] make it without a bias, and as it should be. Cost: O(outputs · inputs²).
    public func outputMoments(of weights: [Double]) -> [(found: OutputSpread, wanted: OutputSpread)] {
        let means = means
        let covariance = covariance(about: means)
        var product = [Double](repeating: 0, count: inputs)
        return (0..<outputs).map { row in
            let own = Array(weights[row * inputs..<(row + 1) * inputs])
            pare_symmetric_product(covariance, inputs, own, &product)
            let found = OutputSpread(
                mean: zip(own, means).reduce(0) { $0 + $1.0 * $1.1 }, variance: zip(own, product).reduce(0) { $0 + $1.0 * $1.1 })
            let wanted = OutputSpread(mean: means[inputs + row], variance: self.product(inputs + row, inputs + row, about: means))
            return (found, wanted)
        }
    }

    /// Scales weights [outputs, inputs] so that each output has the deviation that it should have, and sets biases to give it its mean.
    ///
    /// An output that does not move, or should not, keeps its weights; one that moves less than half as much as it should is mostly another thing by
    /// now, and gets twice its weights at most (``largestScale``). Without biases only the deviations are brought back. Cost: O(outputs · inputs²).
    public func match(_ weights: inout [Double], bias: inout [Double]?) {
        for (row, output) in outputMoments(of: weights).enumerated() {
            let (found, wanted) = output
            let isMoving = found.variance > 0 && wanted.variance > 0
            let scale = isMoving ? min(Self.largestScale, (wanted.variance / found.variance).squareRoot()) : 1
            for place in 0..<inputs { weights[row * inputs + place] *= scale }
            bias?[row] = wanted.mean - scale * found.mean
        }
    }
}
