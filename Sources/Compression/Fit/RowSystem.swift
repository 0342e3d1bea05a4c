import CKernels

/// What the weights of one row that may change do to its output: H of these alone, in the order in which they are rounded.
///
/// Of a row whose other weights are held at 0, ½ δ H δᵀ is least for v with H_SS v = b_S (the exact optimum of that mask), and for any values q of the
/// support it is that plus ½ (q − v) H_SS (q − v)ᵀ. So rounding goes on from v within H_SS. Cost: |S|³ / 3.
package struct RowSystem {
    /// Columns of the support, by falling H_jj.
    package let places: [Int32]
    /// [s, s], both triangles.
    package let matrix: [Double]
    /// Cholesky's factor of the same with rows and columns the other way round; nil where it is not positive.
    private let factor: [Double]?

    /// Multiply-adds of one piece of work: some milliseconds.
    private static let work = 1 << 24

    /// - Parameters:
    ///   - source: H, [size, size], both triangles.
    ///   - places: Some of its columns, in order.
    ///   - isFactored: Whether it is to be solved or rounded in.
    package init(_ source: [Double], size: Int, places: [Int32], isFactored: Bool, isCancelled: () -> Bool = { false }) {
        self.places = places
        let count = places.count
        var (matrix, turned) = ([Double](repeating: 0, count: count * count), [Double]())
        pare_gather(source, size, places, count, &matrix)
        self.matrix = matrix
        guard isFactored else {
            factor = nil
            return
        }
        turned = matrix
        pare_gather(source, size, places.reversed(), count, &turned)
        factor = Self.factored(&turned, count: count, isCancelled: isCancelled) ? turned : nil
    }

    /// Cholesky's factor in the place of a matrix; false where it is not positive in double, and when cancelled.
    static func factored(_ matrix: inout [Double], count: Int, isCancelled: () -> Bool = { false }) -> Bool {
        let mean = (0..<count).reduce(0) { $0 + matrix[$1 * count + $1] } / Double(max(1, count))
        guard mean.isFinite else { return false }
        let size = max(4, work / max(1, count * count) / 4 * 4)
        for start in stride(from: 0, to: count, by: size) {
            guard !isCancelled(), pare_cholesky(&matrix, count, start, min(count, start + size), 1e-14 * mean) != 0 else { return false }
        }
        return true
    }

    package var count: Int { places.count }

    /// v with H_SS v = b_S for a side over all columns; nil where there is no factor.
    package func solution(of side: [Double]) -> [Double]? {
        guard let factor else { return nil }
        var solved: [Double] = places.reversed().map { side[Int($0)] }
        pare_cholesky_solve(factor, count, &solved, 1)
        return solved.reversed()
    }

    /// How an error is handed on to the weights behind it, and the curvature that is left at each; nil where there is no factor.
    package func feedback() -> RowFeedback? {
        guard let factor else { return nil }
        var (feedback, curvature) = ([Double](repeating: 0, count: count * count), [Double](repeating: 0, count: count))
        pare_feedback(factor, count, &feedback, &curvature)
        return RowFeedback(feedback: feedback, curvature: curvature)
    }

    /// ½ δ H δᵀ of a change of the support.
    package func error(of change: [Double]) -> Double { Self.error(of: change, in: matrix) }

    /// ½ δ H δᵀ, H [d, d].
    static func error(of change: [Double], in matrix: [Double]) -> Double {
        var product = [Double](repeating: 0, count: change.count)
        pare_symmetric_product(matrix, change.count, change, &product)
        return zip(change, product).reduce(0) { $0 + $1.0 * $1.1 } / 2
    }
}

/// R_ij / R_jj below the diagonal [s, s] and R_jj² [s], of H = R Rᵀ with an upper triangular R: rounding by it is GPTQ, whose e · U_j,k it equals.
package struct RowFeedback {
    package let feedback: [Double]
    package let curvature: [Double]

    /// Rounds targets one after another, each with what those before it left; the errors that are left, and indices of values.
    package func rounded(_ targets: [Double], _ values: RowValues) -> (errors: [Double], chosen: [Int32]) {
        var (errors, chosen) = ([Double](repeating: 0, count: targets.count), [Int32](repeating: 0, count: targets.count))
        values.withCandidates { candidates in
            pare_round_row(targets, feedback, curvature, targets.count, candidates, &errors, &chosen)
        }
        return (errors, chosen)
    }
}

extension RowSystem {
    /// Passes of ``descended(_:_:_:)`` at most.
    package static let passes = 8

    /// Coordinate descent from values that were chosen: each weight in turn takes the best of its values with the others as they are, until none moves or
    /// ``passes`` are done (in the manner of QuantEase, Behdin and others 2023). Never worse in ½ δ H δᵀ with the prices.
    package func descended(_ targets: [Double], _ chosen: [Int32], _ values: RowValues, passes: Int = Self.passes) -> [Int32] {
        guard count > 0 else { return chosen }
        let change = zip(chosen, targets).map { Double(values.values[Int($0)]) - $1 }
        var (gradient, chosen) = ([Double](repeating: 0, count: count), chosen)
        pare_symmetric_product(matrix, count, change, &gradient)
        values.withCandidates { candidates in
            for _ in 0..<passes {
                guard pare_descend_row(matrix, count, candidates, &gradient, &chosen) > 0 else { return }
            }
        }
        return chosen
    }
}
