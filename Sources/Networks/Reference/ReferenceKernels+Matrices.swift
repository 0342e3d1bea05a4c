import Tensors

extension ReferenceKernels {
    /// alpha · op(A) · op(B) + beta · C.
    public static func gemm(
        _ a: ReferenceTensor, _ b: ReferenceTensor, _ c: ReferenceTensor?, _ settings: Gemm
    ) -> ReferenceTensor {
        let (rows, depth) = settings.transposeA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let columns = settings.transposeB ? b.shape[0] : b.shape[1]
        let (aRow, aColumn) = settings.transposeA ? (1, rows) : (depth, 1)
        let (bRow, bColumn) = settings.transposeB ? (1, depth) : (columns, 1)
        var values: [Float] = []
        values.reserveCapacity(rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                let product = dot(
                    a.values, row * aRow, aColumn, b.values, column * bColumn, bRow, count: depth)
                let term = c.map { Double($0.values[$0.index(broadcastAt: [row, column])]) } ?? 0
                values.append(Float(Double(settings.alpha) * product + Double(settings.beta) * term))
            }
        }
        return ReferenceTensor(shape: [rows, columns], values: values)
    }

    /// A [.., N, K] · B [.., K, M] with leading axes broadcast, in `shape`; an operand of one axis is a row on the left, a column on the right.
    public static func matrixMultiplication(_ a: ReferenceTensor, _ b: ReferenceTensor, to shape: Shape) -> ReferenceTensor {
        let (left, right): (Shape, Shape) = (a.shape.rank == 1 ? [1, a.shape[0]] : a.shape, b.shape.rank == 1 ? [b.shape[0], 1] : b.shape)
        let (rows, depth, columns) = (left[left.rank - 2], left[left.rank - 1], right[right.rank - 1])
        let missing = (a.shape.rank == 1 ? 1 : 0) + (b.shape.rank == 1 ? 1 : 0)
        let leading = Shape(Array(shape.dimensions.dropLast(2 - missing)))
        let aStarts = ReferenceTensor.starts(of: left)
        let bStarts = ReferenceTensor.starts(of: right)
        var values: [Float] = []
        values.reserveCapacity(shape.count)
        for index in 0..<leading.count {
            let position = leading.position(of: index)
            let aStart = aStarts.index(broadcastAt: position) * rows * depth
            let bStart = bStarts.index(broadcastAt: position) * depth * columns
            for element in 0..<rows * columns {
                let (row, column) = element.quotientAndRemainder(dividingBy: columns)
                values.append(
                    Float(dot(a.values, aStart + row * depth, 1, b.values, bStart + column, columns, count: depth)))
            }
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    private static func dot(
        _ a: [Float], _ aStart: Int, _ aStep: Int, _ b: [Float], _ bStart: Int, _ bStep: Int, count: Int
    ) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var sum = 0.0
                for index in 0..<count { sum += Double(a[aStart + index * aStep]) * Double(b[bStart + index * bStep]) }
                return sum
            }
        }
    }
}

extension ReferenceTensor {
    /// A tensor of the leading axes of a stack of matrices, to find the matrix at a position.
    fileprivate static func starts(of shape: Shape) -> ReferenceTensor {
        let leading = Shape(Array(shape.dimensions.dropLast(2)))
        return ReferenceTensor(shape: leading, values: [Float](repeating: 0, count: leading.count))
    }
}
