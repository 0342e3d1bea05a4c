import Compression
import Networks
import Tensors

/// Distiller's table of zeros by structure, a row a parameter of two or four axes: `weights_sparsity_summary` at d859fc85.
///
/// Columns and rows of a matrix are counted as that code counts them, for the product x · Wᵀ: of weights [out, in] a *column* is an output, a *row* an
/// input. Tables in the headers of Distiller's schedules of 2018 have the two the other way round. Layers that store their weights [in, out] are read
/// transposed. Shares are per cent, as there; a share that has no meaning for a parameter is 0.
public struct SparsityTable: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var name: String
        /// As PyTorch has it: [out, in] or [out, in, height, width].
        public var shape: Shape
        public var dense: Int
        /// ⌊density · n⌋ in floating point, as the original truncates it: now and then one below the count.
        public var sparse: Int
        /// Of a matrix: zero outputs, and zero inputs.
        public var columns = 0.0
        public var rows = 0.0
        /// Of four axes: zero input channels, over all filters.
        public var channels = 0.0
        /// Zero kernels of four axes, zero outputs of a matrix.
        public var kernels = 0.0
        /// Of four axes: zero filters.
        public var filters = 0.0
        /// Nonzeros / n.
        public var density: Double
        /// Unbiased (n − 1).
        public var deviation: Double
        public var mean: Double
        public var magnitude: Double

        /// Zeros.
        public var fine: Double { 100 * (1 - density) }
    }

    /// Distiller's names of the columns.
    public static let titles = [
        "Name", "Shape", "NNZ (dense)", "NNZ (sparse)", "Cols (%)", "Rows (%)", "Ch (%)", "2D (%)", "3D (%)", "Fine (%)", "Std", "Mean",
        "Abs-Mean",
    ]

    /// Which way round columns and rows are, for whoever has both kinds of tables.
    public static let convention =
        "Cols are zero outputs and Rows zero inputs of weights [out, in], as Distiller's code has it since 2018; headers of its older schedules have them the other way round"

    public let rows: [Row]
    /// Weights of parameters with one, three or more axes, which Distiller does not list.
    public let unlisted: Int

    /// Of the parameters with two or four axes whose name says weight or bias, and of all layers. Cost: O(parameters).
    public init(_ network: Network) {
        var (rows, unlisted) = ([Row](), 0)
        for parameter in network.parameters.values {
            let layer = network.layer(of: parameter.name)
            guard layer != nil || ["weight", "bias"].contains(where: parameter.name.contains) else { continue }
            if [2, 4].contains(parameter.shape.rank), parameter.count > 0 {
                rows.append(Row(parameter, isTransposed: layer?.isTransposed == true && parameter.shape.rank == 2))
            } else if parameter.role == .weight {
                unlisted += parameter.count
            }
        }
        (self.rows, self.unlisted) = (rows, unlisted)
    }

    /// The last row, `Total sparsity:`: sums, and 0 where nothing is summed.
    public var total: Row {
        let (dense, sparse) = rows.reduce((0, 0.0)) { ($0.0 + $1.dense, $0.1 + Double($1.dense) * $1.density) }
        return Row(
            name: "Total sparsity:", shape: [], dense: dense, sparse: Int(sparse), density: dense > 0 ? sparse / Double(dense) : 1,
            deviation: 0, mean: 0, magnitude: 0)
    }
}

extension SparsityTable.Row {
    fileprivate init(_ parameter: Parameter, isTransposed: Bool) {
        let stored = parameter.shape
        let shape = isTransposed ? Shape([stored[1], stored[0]]) : stored
        let values = parameter.values.floats
        let counts = ZeroStructures(values, stored)
        let density = Double(counts.nonzero) / Double(values.count)
        let statistics = Self.statistics(values)
        self.init(
            name: parameter.name, shape: shape, dense: values.count, sparse: Int(density * Double(values.count)), density: density,
            deviation: statistics.deviation, mean: statistics.mean, magnitude: statistics.magnitude)
        if stored.rank == 2 {
            (columns, rows) = isTransposed ? (counts.second, counts.first) : (counts.first, counts.second)
            kernels = columns
        } else {
            (filters, channels, kernels) = (counts.first, counts.second, counts.pairs)
        }
    }

    private static func statistics(_ values: [Float]) -> (mean: Double, deviation: Double, magnitude: Double) {
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + Double($1) } / count
        let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (mean, count > 1 ? (squares / (count - 1)).squareRoot() : 0, values.reduce(0) { $0 + Double(abs($1)) } / count)
    }
}

/// Shares, per cent, of what is all zeros along the first two axes of a tensor.
private struct ZeroStructures {
    var nonzero = 0
    /// Of indices of the first axis, of the second, and of pairs of both.
    var first = 0.0
    var second = 0.0
    var pairs = 0.0

    init(_ values: [Float], _ shape: Shape) {
        let (rows, columns) = (shape[0], shape[1])
        let inner = rows * columns > 0 ? values.count / (rows * columns) : 0
        var (liveRows, liveColumns) = (Array(repeating: false, count: rows), Array(repeating: false, count: columns))
        var livePairs = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let start = (row * columns + column) * inner
                let count = values[start..<start + inner].count { $0 != 0 }
                guard count > 0 else { continue }
                nonzero += count
                livePairs += 1
                (liveRows[row], liveColumns[column]) = (true, true)
            }
        }
        func share(_ live: Int, of all: Int) -> Double { all > 0 ? 100 * (1 - Double(live) / Double(all)) : 0 }
        first = share(liveRows.count { $0 }, of: rows)
        second = share(liveColumns.count { $0 }, of: columns)
        pairs = share(livePairs, of: rows * columns)
    }
}
