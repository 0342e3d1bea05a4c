/// Singular values by one-sided Jacobi rotations of the rows, falling.
func singularValues(_ values: [Float], rows: Int, columns: Int) -> [Double] {
    var matrix = (0..<rows).map { row in (0..<columns).map { Double(values[row * columns + $0]) } }
    for _ in 0..<30 {
        for p in 0..<rows {
            for q in p + 1..<max(rows, p + 1) {
                let (a, b) = (matrix[p], matrix[q])
                let (alpha, beta) = (a.reduce(0) { $0 + $1 * $1 }, b.reduce(0) { $0 + $1 * $1 })
                let gamma = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                guard abs(gamma) > 1e-16 * (alpha * beta).squareRoot(), gamma != 0 else { continue }
                let zeta = (beta - alpha) / (2 * gamma)
                let tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
                let cosine = 1 / (1 + tangent * tangent).squareRoot()
                for index in a.indices {
                    matrix[p][index] = cosine * (a[index] - tangent * b[index])
                    matrix[q][index] = cosine * (tangent * a[index] + b[index])
                }
            }
        }
    }
    return matrix.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }.sorted(by: >).prefix(min(rows, columns)).map { $0 }
}
