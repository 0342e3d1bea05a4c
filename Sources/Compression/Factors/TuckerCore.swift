import CKernels
import Networks

/// Tucker-2 factors of one group: W[t, s, x] ≈ Σᵦₐ left[t, b] · middle[b, a, x] · right[a, s] with orthonormal left columns and right rows.
///
/// They start from the leading singular vectors of both unfoldings (HOSVD, De Lathauwer, De Moor and Vandewalle 2000); where both ranks are below the largest,
/// each side is then found again with the other one held, which never raises the error (HOOI), until the energy hardly grows.
/// Cost: that of two decompositions, and of two smaller ones a round.
struct TuckerCore: Sendable {
    /// [R₃, inputs].
    let right: [Float]
    /// [R₄, R₃, window].
    let middle: [Float]
    /// [outputs, R₄].
    let left: [Float]
    /// Σ middle²: what of Σw² is kept.
    let energy: Double
    /// Σw².
    let wholeEnergy: Double

    var byteCount: Int { 4 * (right.count + middle.count + left.count) }

    /// Rounds at most, and the share of the whole energy that is worth another one.
    private static let (rounds, gain) = (4, 1e-4)

    /// Nil when cancelled.
    init?(_ group: GroupFactors, _ factorization: Factorization) {
        let (weights, blocks) = (group.weights, group.blocks)
        let (inputs, outputs) = (factorization.first, factorization.last)
        guard let byOutputs = group.decomposition(.channel), let byInputs = group.decomposition(.inputs) else { return nil }
        var sides = (left: byOutputs.leftVectors(outputs), right: byInputs.leftVectors(inputs))
        let whole = byOutputs.energy(of: byOutputs.values.count).all
        var (core, kept) = ([Float](), 0.0)
        let isCut = inputs < weights.inputs && outputs < weights.outputs
        for round in 0...(isCut ? Self.rounds : 0) {
            if round > 0 {
                guard let next = Self.next(sides.left, group, factorization) else { return nil }
                sides = next
            }
            guard let thin = Self.inputs(sides.right, group, rank: inputs),
                let made = Self.outputs(sides.left, thin, rows: weights.outputs, rank: outputs, blocks)
            else { return nil }
            let energy = made.reduce(0) { $0 + Double($1) * Double($1) }
            let isDone = round > 0 && energy - kept <= Self.gain * whole
            (core, kept) = (made, energy)
            if isDone { break }
        }
        (middle, energy, wholeEnergy) = (core, kept, whole)
        left = Self.turned(sides.left, rows: outputs, columns: weights.outputs)
        right = sides.right
    }

    /// Both sides anew, one after the other: the rows of each are its vectors.
    private static func next(
        _ left: [Float], _ group: GroupFactors, _ factorization: Factorization
    ) -> (left: [Float], right: [Float])? {
        let (weights, blocks) = (group.weights, group.blocks)
        let (inputs, outputs, window) = (factorization.first, factorization.last, weights.window)
        guard let short = Self.outputs(left, Array(group.values), rows: weights.outputs, rank: outputs, blocks) else { return nil }
        let unfolded = turned(short, rows: outputs, columns: weights.inputs, run: window)
        guard let right = vectors(unfolded, rows: weights.inputs, rank: inputs, blocks),
            let thin = Self.inputs(right, group, rank: inputs), let own = vectors(thin, rows: weights.outputs, rank: outputs, blocks)
        else { return nil }
        return (own, right)
    }

    /// The leading left vectors of a matrix, one after another.
    private static func vectors(_ matrix: [Float], rows: Int, rank: Int, _ blocks: WeightBlocks) -> [Float]? {
        matrix.withUnsafeBufferPointer {
            Decomposition($0, rows: rows, columns: matrix.count / max(1, rows), blocks: blocks)?.leftVectors(rank)
        }
    }

    /// Σₜ left[b, t] · values[t, …]: [rank, …].
    private static func outputs(_ left: [Float], _ values: [Float], rows: Int, rank: Int, _ blocks: WeightBlocks) -> [Float]? {
        product(left, values, rows: rank, inner: rows, blocks)
    }

    /// Σₛ right[a, s] · W[t, s, x]: [outputs, rank, window].
    private static func inputs(_ right: [Float], _ group: GroupFactors, rank: Int) -> [Float]? {
        let (weights, window) = (group.weights, group.weights.window)
        let unfolded = turned(Array(group.values), rows: weights.outputs, columns: weights.inputs, run: window)
        guard let short = product(right, unfolded, rows: rank, inner: weights.inputs, group.blocks) else { return nil }
        return turned(short, rows: rank, columns: weights.outputs, run: window)
    }

    private static func product(_ left: [Float], _ right: [Float], rows: Int, inner: Int, _ blocks: WeightBlocks) -> [Float]? {
        let columns = right.count / max(1, inner)
        var isFinished = false
        let made = left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                [Float](unsafeUninitializedCapacity: rows * columns) { room, count in
                    let product = UnsafeMutableBufferPointer(rebasing: room[..<(rows * columns)])
                    product.initialize(repeating: 0)
                    isFinished = FactorPair(rows: rows, columns: columns, left: left, right: right).multiply(into: product, blocks: blocks)
                    count = rows * columns
                }
            }
        }
        return isFinished ? made : nil
    }

    /// [columns, rows, run] of [rows, columns, run].
    private static func turned(_ values: [Float], rows: Int, columns: Int, run: Int = 1) -> [Float] {
        values.withUnsafeBufferPointer { values in
            [Float](unsafeUninitializedCapacity: values.count) { room, count in
                room.initialize(repeating: 0)
                values.interchange(
                    rows: rows, columns: columns, run: run, into: UnsafeMutableBufferPointer(rebasing: room[..<values.count]))
                count = values.count
            }
        }
    }
}
