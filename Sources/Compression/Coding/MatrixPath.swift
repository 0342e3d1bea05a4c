import CKernels
import Tensors

/// A way through the matrix of a parameter, rows being output channels: line by line, and what lies one period earlier in the line.
struct MatrixPath: Hashable {
    let rows: Int
    let columns: Int
    /// Whether rows are columns in memory.
    let isTransposed: Bool
    /// Whether lines are columns of the matrix.
    let goesByColumns: Bool
    /// Places to the neighbour above in a picture that a line holds, 0 for none.
    let period: Int

    private init?(_ weights: StoredWeights, goesByColumns: Bool, period: Int) {
        guard let count = weights.shape.checkedCount, count > 0 else { return nil }
        rows = max(1, weights.channels)
        columns = count / rows
        isTransposed = weights.isTransposed && weights.shape.rank > 1
        self.goesByColumns = goesByColumns
        self.period = period
        guard length <= PARE_ARITHMETIC_LENGTH, period <= PARE_ARITHMETIC_PERIOD else { return nil }
    }

    var lines: Int { goesByColumns ? columns : rows }
    var length: Int { goesByColumns ? rows : columns }

    /// The ways that an encoder tries; none where lines are too long either way.
    static func candidates(_ weights: StoredWeights) -> [MatrixPath] {
        guard weights.count > 0 else { return [MatrixPath(empty: ())] }
        let byRows = ([0] + periods(shape: weights.shape, channels: weights.channels)).compactMap {
            MatrixPath(weights, goesByColumns: false, period: $0)
        }
        let byColumns = [MatrixPath(weights, goesByColumns: true, period: 0)].compactMap(\.self)
        let all = byRows + byColumns
        return weights.count > ArithmeticCoder.manyWeights ? Array(all.prefix(1)) : all
    }

    private init(empty: Void) {
        (rows, columns, isTransposed, goesByColumns, period) = (1, 0, false, false, 0)
    }

    /// The width of a convolution's kernel; for a matrix the side of the square picture that its inputs may be, or of each of their channels.
    static func periods(shape: Shape, channels: Int) -> [Int] {
        if shape.rank > 2 { return shape.dimensions.suffix(1).filter { $0 > 1 } }
        let inputs = shape.count / max(1, channels)
        let side = Int(Double(inputs).squareRoot().rounded())
        if side > 3, side * side == inputs { return [side] }
        return (3...16).reversed().first { inputs % ($0 * $0) == 0 }.map { [$0] } ?? []
    }

    func append(to bytes: inout [UInt8]) {
        bytes.appendNumber(goesByColumns ? 1 : 0)
        bytes.appendNumber(period)
    }

    init(_ stream: inout StreamReader, form: StoredWeights) throws(CodingError) {
        let flags = try stream.byte()
        let period = try stream.number()
        guard flags <= 1, let path = MatrixPath(form, goesByColumns: flags == 1, period: period) else {
            throw CodingError(.unsuitable, offset: 0)
        }
        self = path
    }

    func matrix(negatives: Int, positives: Int) -> pare_level_matrix {
        let (rowStep, columnStep) = isTransposed ? (1, rows) : (columns, 1)
        return pare_level_matrix(
            lines: lines, length: length, line_step: goesByColumns ? columnStep : rowStep, step: goesByColumns ? rowStep : columnStep,
            negatives: Int32(negatives), positives: Int32(positives), period: Int32(period))
    }
}
