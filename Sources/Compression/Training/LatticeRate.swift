import CKernels
import Tensors

/// The bits of a layer's levels as a function of its float weights: what a term of the loss is made of.
///
/// R(w) = estimate(k) + Σ (r(w_i / Δ) − r(k_i)), where k are the levels when prices were found, `estimate` is that of their code (`pare_estimate_bits`), and r
/// goes in straight lines from level to level (`pare_lattice_rate`), at the prices of an adaptive coder that has learned from k. On the levels k it is the
/// estimate itself; in between a weight is drawn towards the level that is cheaper, as by an L1 term of its own strength. Owned by one thread.
final class LatticeRate {
    private let layout: ChannelLayout
    private let rate: LatticeQuantization.Rate
    /// In bits.
    private(set) var prices: LatticePrices?
    /// estimate(k) − Σ r(k_i).
    private(set) var base = 0.0

    init(_ lattice: LatticeQuantization, layout: ChannelLayout) { (self.layout, rate) = (layout, lattice.rate) }

    /// Finds prices by these levels; weights that have to be 0, where `fixed` is infinite, have no part in it. Cost: six passes of counting.
    func find(_ levels: [Int32], grid: pare_lattice, fixed: [Float]?) {
        guard let found = LatticePrices(levels, layout, rate, lambda: 1) else { return }
        prices = fixed.map { found.without($0) } ?? found
        var matrix = layout.matrix
        let values = FloatMemory(levels.map { Float($0) * grid.step })
        let relative = withExtendedLifetime(values) { add(1, values.floats, grid: grid, to: nil).bits }
        base = max(0, pare_estimate_bits(levels, &matrix)) - relative
    }

    /// Adds strength · ∂R/∂w to `slopes`; the answer is Σ r, ∂R/∂Δ and of how many weights. Nothing before ``find(_:grid:)``. Cost: O(n).
    func add(
        _ strength: Double, _ weights: UnsafeMutableBufferPointer<Float>, grid: pare_lattice, to slopes: UnsafeMutablePointer<Float>?
    ) -> pare_rate_slopes {
        guard let prices, let source = weights.baseAddress else { return pare_rate_slopes(bits: 0, of_step: 0, count: 0) }
        var grid = grid
        return prices.withPrices { pare_lattice_rate(source, weights.count, &grid, &$0, Float(strength), slopes) }
    }
}

extension LatticeRate {
    /// What has to be kept so that training goes on to the same bits.
    var settings: [String: Tensor] {
        guard let prices else { return [:] }
        var kept = ["bitsByLevel": Tensor(shape: [prices.byLevel.count], floats: prices.byLevel)]
        if let others = prices.others { kept["bitsOfOthers"] = Tensor(shape: [others.count], floats: others) }
        kept["bitsBase"] = ByteMemory((0..<8).map { UInt8(truncatingIfNeeded: base.bitPattern >> (8 * $0)) }).tensor
        return kept
    }

    /// Goes on from what ``settings`` kept; nothing where it kept none.
    func restore(_ kept: KeptBuffers, count: Int) throws(BufferError) {
        guard kept.tensors["bitsByLevel"] != nil else { return }
        let byLevel = try kept.floats("bitsByLevel", count: Int(PARE_LATTICE_PRICES))
        prices = LatticePrices(
            others: kept.tensors["bitsOfOthers"] != nil || rate == .contexts ? try kept.floats("bitsOfOthers", count: count) : nil,
            byLevel: byLevel)
        let bytes = try kept.bytes("bitsBase", count: 8, below: 256)
        base = Double(bitPattern: bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * $1.offset) })
    }
}
