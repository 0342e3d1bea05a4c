import CKernels
import Tensors

extension Decomposition {
    /// The projections of weights on the main directions of what they give: uᵢ and uᵢᵀ · W, with √‖uᵢᵀ W‖ on each side, so that both factors have the
    /// same range; of weights whose outputs are columns, W · uᵢ and uᵢ.
    ///
    /// The energies are those of the outputs: the squares of ``values`` are λ. Nil when cancelled, and where the directions are of other outputs.
    /// Cost: O(T² · the other side).
    convenience init?(
        _ matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, outputsAreColumns: Bool, on basis: OutputBasis, blocks: WeightBlocks
    ) {
        let (count, length) = outputsAreColumns ? (columns, rows) : (rows, columns)
        guard basis.channels == count else { return nil }
        let turned = outputsAreColumns ? Decomposition.turned(matrix, rows: rows, columns: columns) : []
        let found = turned.withUnsafeBufferPointer { turned in
            Decomposition.project(outputsAreColumns ? turned : matrix, on: basis, length: length, blocks: blocks)
        }
        guard let found else { return nil }
        self.init(
            rows: rows, columns: columns, values: basis.values.map { $0.squareRoot() },
            left: outputsAreColumns ? found.rest : found.outputs,
            right: outputsAreColumns ? found.outputs : found.rest)
    }

    /// The directions [T, T] and the projections [T, length], scaled; nil when cancelled.
    private static func project(
        _ matrix: UnsafeBufferPointer<Float>, on basis: OutputBasis, length: Int, blocks: WeightBlocks
    ) -> (outputs: Tensor, rest: Tensor)? {
        let count = basis.channels
        let (outputs, rest) = (FloatMemory(repeatElement(0, count: count * count)), FloatMemory(repeatElement(0, count: count * length)))
        defer { withExtendedLifetime((outputs, rest)) {} }
        var rows = [Double](repeating: 0, count: 4 * length)
        for start in stride(from: 0, to: count, by: 4) {
            guard !blocks.isCancelled() else { return nil }
            let places = start..<min(count, start + 4)
            let lot = Array(basis.vectors[start * count..<places.upperBound * count])
            pare_project(lot, places.count, matrix.baseAddress, count, length, &rows)
            for (number, place) in places.enumerated() {
                let row = rows[number * length..<(number + 1) * length]
                let root = row.reduce(0) { $0 + $1 * $1 }.squareRoot().squareRoot()
                guard root > 0 else { continue }
                for (column, value) in row.enumerated() { rest.floats[place * length + column] = Float(value / root) }
                for column in 0..<count { outputs.floats[place * count + column] = Float(lot[number * count + column] * root) }
            }
        }
        return (tensor(outputs, rows: count, columns: count), tensor(rest, rows: count, columns: length))
    }

    private static func tensor(_ memory: FloatMemory, rows: Int, columns: Int) -> Tensor {
        Tensor(shape: [rows, columns]) { values in
            _ = values.update(from: memory.floats[..<(rows * columns)])
            values.clearNegativeZeros(in: values.indices)
        }
    }
}
