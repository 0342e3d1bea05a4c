import CKernels
import Tensors

/// The levels of one layer's weights on a lattice, and the prices that they are chosen by. Owned by one thread.
final class LatticeChoice {
    let lattice: LatticeQuantization
    /// Δ.
    private(set) var step: Float
    /// One a weight; all 0 at first.
    private(set) var levels: [Int32]
    /// Of not being 0, one a weight, times λ; infinite where a weight has to be 0. Nil where all weights are alike.
    var otherPrices: [Float]?
    /// By level, as the C loops have them; nil where nothing is paid.
    var levelPrices: [Float]?
    private let layout: ChannelLayout
    private(set) var grid: pare_lattice

    init(_ lattice: LatticeQuantization, layout: ChannelLayout, deviation: Double) {
        self.lattice = lattice
        self.layout = layout
        step = max(Float(lattice.step * (deviation > 0 ? deviation : 1)), .leastNormalMagnitude)
        grid = pare_lattice(
            step: step, limit: Int32(LatticeQuantization.largestLevel), is_dithered: lattice.dither == nil ? 0 : 1,
            seed: UInt64(lattice.dither ?? 0))
        levels = [Int32](repeating: 0, count: layout.channels * layout.length)
    }

    /// Chooses the levels of `range` by the prices as they are; weights that are 0 stay so. `values` takes what the levels stand for. Cost: O(n).
    func choose(
        _ weights: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>, importance: FloatMemory? = nil,
        into values: UnsafeMutableBufferPointer<Float>? = nil
    ) {
        guard let source = weights.baseAddress else { return }
        otherPrices.withPointer { others in
            levelPrices.withPointer { byLevel in
                var prices = pare_lattice_prices(
                    others: others, levels: byLevel, importance: importance.flatMap { UnsafePointer($0.floats.baseAddress) })
                var grid = grid
                pare_lattice_choose(source, range.lowerBound, range.upperBound, &grid, &prices, &levels, values?.baseAddress)
            }
        }
    }

    /// Finds prices by the levels as they are. Cost: two passes.
    func findPrices() {
        guard let found = LatticePrices(levels, layout, lattice.rate, lambda: lattice.lambda) else { return }
        if lattice.rate == .contexts { otherPrices = found.others }
        levelPrices = found.byLevel
    }

    /// Another Δ; it never reaches 0.
    func take(step: Float) {
        self.step = max(step, 1e-8)
        grid.step = self.step
    }

    /// Weights whose level is 0 stay 0 from now on.
    func keepZeros() {
        var others = otherPrices ?? [Float](repeating: 0, count: levels.count)
        for index in levels.indices where levels[index] == 0 { others[index] = .infinity }
        otherPrices = others
    }

    /// Goes on with these levels.
    func take(_ levels: [Int32]) {
        if levels.count == self.levels.count { self.levels = levels }
    }

    /// What the levels stand for; the largest is the largest that occurs.
    var table: StoredWeights.Values {
        let largest = levels.reduce(0) { max($0, Int($1.magnitude)) }
        return lattice.dither.map { .dithered(scale: step, largest: largest, seed: $0) } ?? .grid(scales: [step], largest: largest)
    }

    private func shift(at index: Int) -> Float { lattice.dither.map { pare_dither(UInt64($0), UInt64(index)) } ?? 0 }

    /// Replaces the weights of `range` by what their levels stand for and counts both.
    func replace(_ buffers: CodeBuffers, _ range: Range<Int>, into tally: inout CodeTally) {
        let values = buffers.values
        for index in range {
            guard values[index] != 0 else {
                // A weight may have come as −0.
                values[index] = 0
                continue
            }
            let level = levels[index]
            let value = level == 0 ? 0 : (Float(level) - shift(at: index)) * step
            tally.add(code: Int(level + grid.limit), weight: values[index], value: value)
            values[index] = value
            buffers.levels[index] = level
        }
    }
}

/// What levels cost by the levels that there are, see `pare_lattice_price`.
struct LatticePrices {
    /// Of not being 0, one a weight, times λ; nil where all weights are alike.
    let others: [Float]?
    /// By level, times λ.
    let byLevel: [Float]

    init(others: [Float]?, byLevel: [Float]) { (self.others, self.byLevel) = (others, byLevel) }

    /// Nil without levels, or memory. Cost: two passes.
    init?(_ levels: [Int32], _ layout: ChannelLayout, _ rate: LatticeQuantization.Rate, lambda: Double) {
        guard !levels.isEmpty else { return nil }
        var matrix = layout.matrix
        var byLevel = [Float](repeating: 0, count: Int(PARE_LATTICE_PRICES))
        if rate == .contexts {
            var others = [Float](repeating: 0, count: levels.count)
            guard pare_lattice_price(levels, &matrix, Float(lambda), &others, &byLevel) == 0 else { return nil }
            self.others = others
        } else {
            guard pare_lattice_price(levels, &matrix, Float(lambda), nil, &byLevel) == 0 else { return nil }
            others = nil
        }
        self.byLevel = byLevel
    }

    /// The same, but infinite where `fixed` is.
    func without(_ fixed: [Float]) -> LatticePrices {
        var all = others ?? [Float](repeating: 0, count: fixed.count)
        for index in all.indices where fixed[index] == .infinity { all[index] = .infinity }
        return LatticePrices(others: all, byLevel: byLevel)
    }

    /// Lends them as the C loops have them.
    func withPrices<Result>(_ body: (inout pare_lattice_prices) -> Result) -> Result {
        others.withPointer { others in
            byLevel.withUnsafeBufferPointer { byLevel in
                var prices = pare_lattice_prices(others: others, levels: byLevel.baseAddress, importance: nil)
                return body(&prices)
            }
        }
    }
}

extension ChannelLayout {
    /// The levels as the arithmetic coder goes through them, a line a channel.
    var matrix: pare_level_matrix {
        let (lineStep, place) = isTransposed ? (1, channels) : (length, 1)
        return pare_level_matrix(
            lines: channels, length: length, line_step: lineStep, step: place, negatives: 0, positives: 0, period: Int32(period))
    }
}

extension [Float]? {
    /// Lends the numbers; NULL where there are none.
    fileprivate func withPointer<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
        guard let self else { return body(nil) }
        return self.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
