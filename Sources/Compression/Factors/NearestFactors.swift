import Networks
import Tensors

/// The factors that are nearest to weights by a method, group by group: of ``FactorMethod/channel`` and ``FactorMethod/spatial`` there is no better product
/// of the ranks (Eckart and Young 1936), see ``TuckerBases`` for the third.
struct NearestFactors {
    let factors: Factors
    /// Σσ² of the singular values that it has over Σσ² of all, for ``FactorMethod/tucker`` Σ core² over Σw²; nil of zeros.
    let keptEnergy: Double?
    let spectrum: FactorSpectrum

    /// - Parameters:
    ///   - outputs: The main directions of what the weights give, onto which they are projected in the place of the nearest factors; of channel SVD
    ///     without groups only.
    ///   - outputsAreColumns: Whether an output is a column of the weights.
    /// Nil when cancelled, which is asked every few milliseconds.
    init?(
        _ values: UnsafeBufferPointer<Float>, _ factorization: Factorization, of weights: WeightGeometry, outputs: OutputBasis? = nil,
        outputsAreColumns: Bool = false, blocks: WeightBlocks
    ) {
        let memory = factorization.parts(of: weights).map { FloatMemory(repeatElement(0, count: $0.shape.count)) }
        defer { withExtendedLifetime(memory) {} }
        var energy = Energy()
        var squares = factorization.method.largestRanks(of: weights).map { Array(repeating: 0.0, count: $0) }
        for group in 0..<weights.groups {
            let room = memory.map { $0.floats.part(group, of: weights.groups) }
            var own = GroupFactors(values: values.part(group, of: weights.groups), weights: weights, blocks: blocks)
            if weights.groups == 1 { (own.outputs, own.outputsAreColumns) = (outputs, outputsAreColumns) }
            guard let found = own.write(factorization, into: room) else { return nil }
            for (place, unfolding) in factorization.method.unfoldings.enumerated() {
                guard let decomposition = own.decomposition(unfolding) else { return nil }
                for (rank, value) in zip(squares[place].indices, decomposition.values) { squares[place][rank] += value * value }
            }
            energy.kept += found.kept
            energy.all += found.all
        }
        let parts = memory.map(\.tensor)
        guard let factors = Factors(factorization, of: weights, parts: parts) else { return nil }
        self.factors = factors
        keptEnergy = energy.all > 0 ? energy.kept / energy.all : nil
        spectrum = FactorSpectrum(factorization.method, squares: squares, energy: energy.all)
    }

    struct Energy {
        var kept = 0.0
        var all = 0.0
    }
}

/// One group of weights, for which factors are looked for.
struct GroupFactors {
    let values: UnsafeBufferPointer<Float>
    let weights: WeightGeometry
    let blocks: WeightBlocks
    /// What kept decompositions are found by.
    let hash: [UInt8]
    /// What the weights give, where channel SVD is of that.
    var outputs: OutputBasis?
    var outputsAreColumns = false

    init(values: UnsafeBufferPointer<Float>, weights: WeightGeometry, blocks: WeightBlocks) {
        (self.values, self.weights, self.blocks) = (values, weights, blocks)
        var sum = SHA256()
        sum.update(UnsafeRawBufferPointer(values))
        hash = Array(sum.finalize())
    }

    /// Writes each part; nil when cancelled.
    fileprivate func write(_ factorization: Factorization, into parts: [UnsafeMutableBufferPointer<Float>]) -> NearestFactors.Energy? {
        switch factorization.method {
        case .channel:
            guard let found = decomposition(.channel) else { return nil }
            found.write(rank: factorization.first, left: parts[1], right: parts[0])
            return found.energy(of: factorization.first)
        case .spatial:
            guard let found = decomposition(.spatial) else { return nil }
            let left = FloatMemory(parts[1])
            defer { withExtendedLifetime(left) {} }
            found.write(rank: factorization.first, left: left.floats, right: parts[0])
            UnsafeBufferPointer(left.floats).turn(
                blocks: weights.outputs, rows: weights.width, columns: factorization.first, into: parts[1])
            return found.energy(of: factorization.first)
        case .tucker:
            guard let found = KeptDecompositions.core(self, factorization) else { return nil }
            for (part, values) in zip(parts, [found.right, found.middle, found.left]) { _ = part.update(from: values) }
            return NearestFactors.Energy(kept: found.energy, all: found.wholeEnergy)
        }
    }

    /// How the weights are laid out as one matrix.
    enum Unfolding: String {
        /// [outputs, inputs · window]: as they lie.
        case channel
        /// [outputs · kw, inputs · kh].
        case spatial
        /// [inputs, outputs · window].
        case inputs
    }

    /// The singular values of an unfolding with their vectors, kept or found; nil when cancelled.
    func decomposition(_ unfolding: Unfolding) -> Decomposition? {
        if case .channel = unfolding, let outputs { return projection(on: outputs) }
        return KeptDecompositions.decomposition(of: self, as: unfolding.rawValue) {
            switch unfolding {
            case .channel: return Decomposition(values, rows: weights.outputs, columns: weights.matrix.columns, blocks: blocks)
            case .spatial:
                let (rows, columns) = (weights.outputs * weights.width, weights.inputs * weights.height)
                return unfolded(rows: rows, columns: columns) {
                    values.turn(blocks: weights.outputs, rows: columns, columns: weights.width, into: $0)
                }
            case .inputs:
                return unfolded(rows: weights.inputs, columns: weights.outputs * weights.window) {
                    values.interchange(rows: weights.outputs, columns: weights.inputs, run: weights.window, into: $0)
                }
            }
        }
    }

    private func projection(on outputs: OutputBasis) -> Decomposition? {
        KeptDecompositions.decomposition(of: self, as: "outputs \(outputs.name)") {
            Decomposition(
                values, rows: weights.outputs, columns: weights.matrix.columns, outputsAreColumns: outputsAreColumns, on: outputs,
                blocks: blocks)
        }
    }

    private func unfolded(
        rows: Int, columns: Int, _ write: (UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Decomposition? {
        let room = FloatMemory(values)
        defer { withExtendedLifetime(room) {} }
        write(room.floats)
        return Decomposition(UnsafeBufferPointer(room.floats), rows: rows, columns: columns, blocks: blocks)
    }
}

extension FactorMethod {
    /// Whose singular values its ranks cut, in the order of the ranks.
    fileprivate var unfoldings: [GroupFactors.Unfolding] {
        switch self {
        case .channel: [.channel]
        case .spatial: [.spatial]
        case .tucker: [.inputs, .channel]
        }
    }
}

extension UnsafeBufferPointer<Float> {
    /// Writes [columns, rows, run] of [rows, columns, run].
    func interchange(rows: Int, columns: Int, run: Int, into target: UnsafeMutableBufferPointer<Float>) {
        guard run > 1 else { return turn(blocks: 1, rows: rows, columns: columns, into: target) }
        guard let source = baseAddress, let target = target.baseAddress else { return }
        for row in 0..<rows {
            for column in 0..<columns {
                (target + (column * rows + row) * run).update(from: source + (row * columns + column) * run, count: run)
            }
        }
    }
}
