import CKernels

/// H of one group with a share of its mean diagonal added to the diagonal, so that Cholesky's factor of it and of all its parts exists.
///
/// The share is 0.01; where the factor fails it is raised tenfold, at most six times. An input that is never other than 0 has nothing but the damping: it
/// is rounded to the nearest value and makes nothing good.
struct DampedMoments {
    /// [d, d], both triangles.
    let matrix: [Double]
    let size: Int
    /// What was added to each place of the diagonal.
    let ridge: Double
    /// The share that it took.
    let damping: Double
    /// How often it was raised.
    let raised: Int
    /// Columns by falling H_jj, equal ones by place: the order of rounding.
    let order: [Int32]

    static let share = 0.01
    static let mostRaised = 6

    /// Nil where every input is always 0, where no share does, and when cancelled.
    init?(_ hessian: [Double], size: Int, isCancelled: () -> Bool = { false }) {
        let diagonal = (0..<size).map { hessian[$0 * size + $0] }
        let mean = diagonal.reduce(0, +) / Double(max(1, size))
        guard mean > 0, mean.isFinite else { return nil }
        var (share, raised) = (Self.share, 0)
        while true {
            var damped = hessian
            for place in 0..<size { damped[place * size + place] += share * mean }
            var factor = damped
            if RowSystem.factored(&factor, count: size, isCancelled: isCancelled) {
                (matrix, self.size, ridge, damping, self.raised) = (damped, size, share * mean, share, raised)
                break
            }
            guard raised < Self.mostRaised, !isCancelled() else { return nil }
            (share, raised) = (10 * share, raised + 1)
        }
        order = diagonal.indices.sorted { (diagonal[$1], $0) < (diagonal[$0], $1) }.map { Int32($0) }
    }

    /// b = H w of a row [d], or what it is with other inputs in the original: w · 2/N Σ x₀ xᵀ + ridge · w.
    func side(of weights: [Double], cross: [Double]?) -> [Double] {
        var side = [Double](repeating: 0, count: size)
        guard let cross else {
            pare_symmetric_product(matrix, size, weights, &side)
            return side
        }
        for row in 0..<size where weights[row] != 0 {
            for column in 0..<size { side[column] += weights[row] * cross[row * size + column] }
        }
        for place in 0..<size { side[place] += ridge * weights[place] }
        return side
    }
}
