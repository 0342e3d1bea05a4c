import Tensors

/// The products A [.., M, K] · B [.., K, N] of two stacks of matrices with leading axes broadcast; an operand of one axis is a row on the left, a
/// column on the right.
struct MatrixStack {
    var rows: Int
    var depth: Int
    var columns: Int
    /// The matrix of A and of B that each product has.
    var firsts: [Int]
    var seconds: [Int]

    init(_ first: Shape, _ second: Shape, to shape: Shape) {
        let (a, b): (Shape, Shape) = (first.rank == 1 ? [1, first[0]] : first, second.rank == 1 ? [second[0], 1] : second)
        (rows, depth, columns) = (a[a.rank - 2], a[a.rank - 1], b[b.rank - 1])
        let missing = (first.rank == 1 ? 1 : 0) + (second.rank == 1 ? 1 : 0)
        let leading = Shape(Array(shape.dimensions.dropLast(2 - missing)))
        firsts = Shape(Array(a.dimensions.dropLast(2))).broadcastIndices(in: leading)
        seconds = Shape(Array(b.dimensions.dropLast(2))).broadcastIndices(in: leading)
    }

    var count: Int { firsts.count }
}
