import CKernels
import Foundation

/// Weights of a layer that bring its outputs back to what they were, by least squares over examples (He and others, 2017).
///
/// V = W + (C_yx − W · C_xx) · (C_xx + λ)⁻¹ minimizes the mean of |y − V x|² + λ |V − W|², with λ a part of the mean diagonal of C_xx: where nothing was
/// lost, V is W. Moments are centred where the layer has a bias or a normalization behind it, and the bias is then ȳ − V x̄. Weights that are 0 stay
/// 0: each row that has some is solved on the others alone, by conjugate gradients. Cost: O(inputs³ / 3 + outputs · inputs²), rows with zeros
/// O(inputs²) an iteration.
public struct ReaderFit: Sendable {
    /// [outputs, inputs]; those that were given where the new ones are not better on columns that were held out.
    public private(set) var weights: [Double]
    /// ȳ − V x̄ [outputs]; nil where moments are not centred.
    public private(set) var bias: [Double]?
    /// Σ over the outputs of E[(y − V x)²], before and after, about the centres, on the columns that were held out.
    public private(set) var error: (before: Double, after: Double)

    /// The same as parts of the outputs' variance about the centres; of outputs that never move 0.
    public var relativeError: (before: Double, after: Double) {
        let rows = moments.inputs..<moments.inputs + moments.outputs
        let variance = rows.reduce(0) { $0 + judge.product($1, $1, about: centres) }
        return variance > 0 ? (error.before / variance, error.after / variance) : (0, 0)
    }

    private let moments: SecondMoments
    /// What is held out, or the moments themselves where nothing is.
    private let judge: SecondMoments
    private let centres: [Double]

    /// λ as a part of the mean diagonal.
    public static let ridge = 1e-4
    /// Multiply-adds of one piece of work: some milliseconds.
    private static let work = 1 << 24

    /// Nil when cancelled. Of no columns the weights stay.
    /// - Parameters:
    ///   - heldOut: Columns of other examples, by which it is decided whether the new weights are better; by default the same ones.
    ///   - weights: [outputs, inputs].
    public init?(
        _ moments: SecondMoments, heldOut: SecondMoments? = nil, weights: [Float], isCentred: Bool,
        isCancelled: () -> Bool = { false }
    ) {
        self.moments = moments
        judge = heldOut.flatMap { $0.count > 0 ? $0 : nil } ?? moments
        centres = isCentred ? moments.means : Array(repeating: 0, count: moments.inputs + moments.outputs)
        self.weights = weights.map(Double.init)
        error = (0, 0)
        let covariance = moments.covariance(about: centres)
        let kept = self.weights
        let judged = judge.covariance(about: centres)
        error.before = squaredError(judged)
        guard moments.count > 0, solve(covariance, kept, isCancelled) else {
            if isCancelled() { return nil }
            self.weights = kept
            return
        }
        error.after = squaredError(judged)
        // Too few columns for so many inputs, or nothing was to be won.
        if !(error.after <= error.before) { (self.weights, error.after) = (kept, error.before) }
        if isCentred { bias = biases }
    }

    private var biases: [Double] {
        let inputs = moments.inputs
        return (0..<moments.outputs).map { row in
            centres[inputs + row] - (0..<inputs).reduce(0) { $0 + weights[row * inputs + $1] * centres[$1] }
        }
    }

    /// False where there is nothing to solve: no input ever moves, or the matrix is not positive in double.
    private mutating func solve(_ covariance: [Double], _ kept: [Double], _ isCancelled: () -> Bool) -> Bool {
        let (inputs, outputs) = (moments.inputs, moments.outputs)
        var matrix = covariance
        let mean = (0..<inputs).reduce(0) { $0 + matrix[$1 * inputs + $1] } / Double(max(1, inputs))
        guard mean > 0, mean.isFinite else { return false }
        for place in 0..<inputs { matrix[place * inputs + place] += Self.ridge * mean }
        var residuals = residuals(covariance)
        let masked = (0..<outputs).filter { row in kept[row * inputs..<(row + 1) * inputs].contains(0) }
        for row in masked {
            guard !isCancelled() else { return false }
            let support = kept[row * inputs..<(row + 1) * inputs].map { $0 != 0 }
            let change = MaskedSystem(matrix: matrix, support: support).solution(of: Array(residuals[row * inputs..<(row + 1) * inputs]))
            for place in 0..<inputs { weights[row * inputs + place] += change[place] }
        }
        guard masked.count < outputs else { return true }
        guard factor(&matrix, least: 1e-14 * mean, isCancelled) else { return false }
        let whole = Set(0..<outputs).subtracting(masked).sorted()
        for row in whole {
            guard !isCancelled() else { return false }
            residuals.withUnsafeMutableBufferPointer { pare_cholesky_solve(matrix, inputs, $0.baseAddress.map { $0 + row * inputs }, 1) }
            for place in 0..<inputs { weights[row * inputs + place] += residuals[row * inputs + place] }
        }
        return true
    }

    private func factor(_ matrix: inout [Double], least: Double, _ isCancelled: () -> Bool) -> Bool {
        let inputs = moments.inputs
        let size = max(4, Self.work / max(1, inputs * inputs) / 4 * 4)
        for start in stride(from: 0, to: inputs, by: size) {
            guard !isCancelled(), pare_cholesky(&matrix, inputs, start, min(inputs, start + size), least) != 0 else { return false }
        }
        return true
    }

    /// C_yx − V · C_xx, [outputs, inputs].
    private func residuals(_ covariance: [Double]) -> [Double] {
        let inputs = moments.inputs
        var result = [Double](repeating: 0, count: moments.outputs * inputs)
        var product = [Double](repeating: 0, count: inputs)
        for row in 0..<moments.outputs {
            pare_symmetric_product(covariance, inputs, Array(weights[row * inputs..<(row + 1) * inputs]), &product)
            for place in 0..<inputs {
                result[row * inputs + place] = moments.product(inputs + row, place, about: centres) - product[place]
            }
        }
        return result
    }

    /// E[|y − V x|²] about the centres, Σ over the outputs of C_yy − 2 V C_xy + V C_xx Vᵀ, the diagonals.
    private func squaredError(_ covariance: [Double]) -> Double {
        (0..<moments.outputs).reduce(0) { $0 + max(0, variance(of: $1, covariance)) }
    }

    private func variance(of row: Int, _ covariance: [Double]) -> Double {
        let inputs = moments.inputs
        let own = Array(weights[row * inputs..<(row + 1) * inputs])
        var product = [Double](repeating: 0, count: inputs)
        pare_symmetric_product(covariance, inputs, own, &product)
        var sum = judge.product(inputs + row, inputs + row, about: centres)
        for place in 0..<inputs { sum += own[place] * (product[place] - 2 * judge.product(inputs + row, place, about: centres)) }
        return sum
    }
}

/// A symmetric, positive system of which only some unknowns are free, by conjugate gradients that are scaled by the diagonal (Hestenes and Stiefel, 1952).
private struct MaskedSystem {
    let matrix: [Double]
    let support: [Bool]

    /// Of the residual's size, where it ends.
    private static let tolerance = 1e-9

    func solution(of side: [Double]) -> [Double] {
        let count = side.count
        var solution = [Double](repeating: 0, count: count)
        var residual = side.indices.map { support[$0] ? side[$0] : 0 }
        var scaled = preconditioned(residual)
        var (direction, energy) = (scaled, dot(residual, scaled))
        let goal = energy * Self.tolerance * Self.tolerance
        var product = [Double](repeating: 0, count: count)
        for _ in 0..<2 * count where energy > goal {
            pare_symmetric_product(matrix, count, direction, &product)
            let step = energy / dot(direction, product)
            guard step.isFinite else { break }
            for place in 0..<count where support[place] {
                solution[place] += step * direction[place]
                residual[place] -= step * product[place]
            }
            scaled = preconditioned(residual)
            let next = dot(residual, scaled)
            for place in 0..<count { direction[place] = scaled[place] + next / energy * direction[place] }
            energy = next
        }
        return solution
    }

    private func preconditioned(_ residual: [Double]) -> [Double] {
        residual.indices.map { support[$0] ? residual[$0] / matrix[$0 * residual.count + $0] : 0 }
    }

    private func dot(_ first: [Double], _ second: [Double]) -> Double { zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }
}
