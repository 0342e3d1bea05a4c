import CKernels
import Tensors

/// The singular values of a matrix [rows, columns] with their vectors, from which the best product of every rank is read off.
///
/// W = Σ σᵢ uᵢ vᵢᵀ by falling σ. The vectors of the shorter side are those of W · Wᵀ in double; the others follow from a product with W itself, so that
/// every partial sum is a projection of W and its error as small as a product of that rank can have (Eckart and Young 1936). σ has the norm of a
/// computed row: relative to the largest the tests hold it to 1e-6. √σ goes to each side, so that both factors have the same range.
///
/// Cost: O(shorter² · longer); its C kernels alone, timed apart: about 0.02 s for 300 × 784, 0.4 s for 512 × 4,608, 7 s for 2,048 × 2,048.
final class Decomposition: Sendable {
    let rows: Int
    let columns: Int
    /// By falling size, as many as the shorter side.
    let values: [Double]
    /// uᵢ · √σᵢ and vᵢ · √σᵢ, one after another: [values, rows] and [values, columns].
    private let left: Tensor
    private let right: Tensor

    var byteCount: Int { 4 * (left.count + right.count) }

    /// - Parameters:
    ///   - left: [values, rows]
    ///   - right: [values, columns]
    init(rows: Int, columns: Int, values: [Double], left: Tensor, right: Tensor) {
        (self.rows, self.columns, self.values) = (rows, columns, values)
        (self.left, self.right) = (left, right)
    }

    /// Nil when cancelled, which is asked every few milliseconds.
    init?(_ matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, blocks: WeightBlocks) {
        (self.rows, self.columns) = (rows, columns)
        let isTall = rows > columns
        let (short, long) = (min(rows, columns), max(rows, columns))
        let turned = isTall ? Decomposition.turned(matrix, rows: rows, columns: columns) : []
        let found = turned.withUnsafeBufferPointer { turned -> (values: [Double], short: Tensor, long: Tensor)? in
            let wide = isTall ? turned : matrix
            guard let vectors = Eigenvectors(ofRowsOf: wide, rows: short, columns: long, blocks: blocks) else { return nil }
            return Decomposition.project(wide, on: vectors, columns: long, blocks: blocks)
        }
        guard let found else { return nil }
        values = found.values
        (left, right) = isTall ? (found.long, found.short) : (found.short, found.long)
    }

    /// Σσ² up to a rank, and of all.
    func energy(of rank: Int) -> NearestFactors.Energy {
        func sum(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 } }
        return NearestFactors.Energy(kept: sum(values.prefix(rank)), all: sum(values))
    }

    /// The best factors of a rank: left [rows, rank] and right [rank, columns]. Cost: O(rank · (rows + columns)).
    func factors(rank: Int) -> (left: Tensor, right: Tensor) {
        let left = FloatMemory(repeatElement(0, count: rows * rank))
        let right = FloatMemory(repeatElement(0, count: rank * columns))
        defer { withExtendedLifetime((left, right)) {} }
        write(rank: rank, left: left.floats, right: right.floats)
        return (left.tensor.reshaped([rows, rank]), right.tensor.reshaped([rank, columns]))
    }

    /// Writes the best factors of a rank: left [rows, rank] and right [rank, columns]. Cost: O(rank · (rows + columns)).
    func write(rank: Int, left: UnsafeMutableBufferPointer<Float>, right: UnsafeMutableBufferPointer<Float>) {
        // Of no weights there are no vectors.
        guard self.left.count >= rank * rows, self.right.count >= rank * columns else {
            left.update(repeating: 0)
            return right.update(repeating: 0)
        }
        self.left.withFloats { own in
            for row in 0..<rows { for place in 0..<rank { left[row * rank + place] = own[place * rows + row] } }
        }
        self.right.withFloats { own in _ = right.update(from: own[..<(rank * columns)]) }
    }

    /// The first left vectors uᵢ, one after another, of length 1; 0 where σ is. Cost: O(rank · rows).
    func leftVectors(_ rank: Int) -> [Float] {
        left.withFloats { own in
            (0..<rank).flatMap { place -> [Float] in
                let root = values[place].squareRoot()
                return own[place * rows..<(place + 1) * rows].map { root > 0 ? Float(Double($0) / root) : 0 }
            }
        }
    }

    /// [columns, rows] of a matrix [rows, columns].
    static func turned(_ matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: matrix.count) { values, count in
            for row in 0..<rows { for column in 0..<columns { values[column * rows + row] = matrix[row * columns + column] } }
            count = matrix.count
        }
    }

    /// The rows uᵢᵀ · W, whose lengths are the singular values, by falling length.
    private static func project(
        _ matrix: UnsafeBufferPointer<Float>, on vectors: Eigenvectors, columns: Int, blocks: WeightBlocks
    ) -> (values: [Double], short: Tensor, long: Tensor)? {
        let count = vectors.count
        let (short, long) = (FloatMemory(repeatElement(0, count: count * count)), FloatMemory(repeatElement(0, count: count * columns)))
        var lengths = [Double](repeating: 0, count: count)
        var rows = [Double](repeating: 0, count: 4 * columns)
        for start in stride(from: 0, to: count, by: 4) {
            guard !blocks.isCancelled() else { return nil }
            let places = start..<min(count, start + 4)
            let lot = places.flatMap(vectors.vector)
            pare_project(lot, places.count, matrix.baseAddress, count, columns, &rows)
            for (number, place) in places.enumerated() {
                let row = rows[number * columns..<(number + 1) * columns]
                lengths[place] = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let root = lengths[place].squareRoot()
                guard root > 0 else { continue }
                for (column, value) in row.enumerated() { long.floats[place * columns + column] = Float(value / root) }
                for column in 0..<count { short.floats[place * count + column] = Float(lot[number * count + column] * root) }
            }
        }
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        return (order.map { lengths[$0] }, sorted(short, order, length: count), sorted(long, order, length: columns))
    }

    private static func sorted(_ rows: FloatMemory, _ order: [Int], length: Int) -> Tensor {
        Tensor(shape: [order.count, length]) { values in
            for (place, row) in order.enumerated() {
                let target = UnsafeMutableBufferPointer(rebasing: values[place * length..<(place + 1) * length])
                _ = target.update(from: rows.floats[row * length..<(row + 1) * length])
            }
            values.clearNegativeZeros(in: values.indices)
        }
    }
}
