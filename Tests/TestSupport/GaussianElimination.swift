/// The x of A · x = b for a square A, by Gauss and Jordan without pivots: for small matrices that need none.
public func gaussianSolution(_ matrix: [[Double]], _ sides: [Double]) -> [Double] {
    var (matrix, sides) = (matrix, sides)
    for pivot in matrix.indices {
        for row in matrix.indices where row != pivot {
            let factor = matrix[row][pivot] / matrix[pivot][pivot]
            for column in pivot..<matrix.count { matrix[row][column] -= factor * matrix[pivot][column] }
            sides[row] -= factor * sides[pivot]
        }
    }
    return sides.indices.map { sides[$0] / matrix[$0][$0] }
}
