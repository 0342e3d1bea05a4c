import CKernels
import Foundation

/// The values that the weights of a layer may be rounded to: those of its representation, or a codebook that is still being fitted.
struct FitTable {
    /// What levels stand for.
    enum Kind {
        /// Ascending, none 0; the level is 1 + the index.
        case codebook([Float])
        case fixed(StoredWeights.Values)
    }

    var kind: Kind
    /// Whether a weight that survives may become 0.
    let hasZero: Bool
    /// The levels of each grid, where they are not even about 0.
    let ranges: [ClosedRange<Int>]
    let layout: ChannelLayout
    /// What levels cost beside the error, of a lattice.
    var prices: LevelPrices?

    /// What the weights of a row may become; `places` are the columns of its support.
    func values(_ row: Int, _ places: [Int32]) -> RowValues {
        var (values, numbers) = (RowValues(), [Int: Int32]())
        let first = places.first.map { cell(row, Int($0)) }
        let isAlone = hasOneCell || places.isEmpty
        if isAlone, let first {
            values.append(filled(list(first)))
            values.lists = Array(repeating: 0, count: places.count)
            numbers[first] = 0
        }
        if !isAlone { values.lists = lists(row, places, &values, &numbers) }
        if numbers.isEmpty { values.append([(0, 0)]) }
        guard let prices else { return values }
        values.prices = values.levels.map(prices.price)
        if let others = prices.others { values.others = places.map { others[layout.place(row, Int($0))] } }
        return values
    }

    private func lists(_ row: Int, _ places: [Int32], _ values: inout RowValues, _ numbers: inout [Int: Int32]) -> [Int32] {
        places.map { place in
            let cell = cell(row, Int(place))
            if let known = numbers[cell] { return known }
            let number = Int32(numbers.count)
            numbers[cell] = number
            values.append(filled(list(cell)))
            return number
        }
    }

    /// A cell without values has no weight that survives; a list must have one.
    private func filled(_ list: [(level: Int32, value: Float)]) -> [(level: Int32, value: Float)] { list.isEmpty ? [(0, 0)] : list }

    /// Whether all weights of a row have the same values.
    private var hasOneCell: Bool {
        switch kind {
        case .codebook, .fixed(.codebook), .fixed(.floats): true
        case .fixed(.dithered): false
        case .fixed(.grid(let scales, _)), .fixed(.scaled(_, _, let scales)): scales.count <= layout.channels
        case .fixed(.cells(let books)): books.count <= layout.channels
        }
    }

    /// Cells have lists of their own; with a dither each place has.
    private func cell(_ row: Int, _ column: Int) -> Int {
        let count: Int
        switch kind {
        case .codebook, .fixed(.codebook), .fixed(.floats): return 0
        case .fixed(.dithered): return layout.place(row, column)
        case .fixed(.grid(let scales, _)), .fixed(.scaled(_, _, let scales)): count = scales.count
        case .fixed(.cells(let books)): count = books.count
        }
        if count == 1 { return 0 }
        return layout.isTransposed ? row : (row * layout.length + column) / max(1, layout.channels * layout.length / count)
    }

    private func list(_ cell: Int) -> [(level: Int32, value: Float)] {
        switch kind {
        case .codebook(let values): return values.enumerated().map { (Int32($0 + 1), $1) }
        case .fixed(.codebook(let negatives, let positives)): return list(negatives, positives, scale: 1)
        case .fixed(.scaled(let negatives, let positives, let scales)): return list(negatives, positives, scale: scales[cell])
        case .fixed(.cells(let books)):
            let (negatives, positives) = books.signed(cell)
            return list(negatives, positives, scale: 1)
        case .fixed(.grid(let scales, let largest)):
            let range = ranges.indices.contains(cell) ? ranges[cell] : -largest...largest
            return range.compactMap { level in level == 0 && !hasZero ? nil : (Int32(level), Float(level) * scales[cell]) }
        case .fixed(.dithered(let scale, let largest, let seed)):
            return (-largest...largest).map { (Int32($0), StoredWeights.dithered(Int32($0), at: cell, scale: scale, seed: seed)) }
        case .fixed(.floats): return []
        }
    }

    private func list(_ negatives: [Float], _ positives: [Float], scale: Float) -> [(level: Int32, value: Float)] {
        let below = negatives.enumerated().reversed().map { (level: -Int32($0 + 1), value: $1 * scale) }
        let above = positives.enumerated().map { (level: Int32($0 + 1), value: $1 * scale) }
        return below + (hasZero ? [(0, 0)] : []) + above
    }
}

/// What the levels of a lattice cost, in units of ½ δ H δᵀ: λ bits at Δ² and the mean curvature.
struct LevelPrices {
    /// By level, as ``LatticeChoice`` has them, in Δ².
    let levels: [Float]
    /// Of not being 0, by weight; nil where all are alike.
    let others: [Float]?
    /// ½ Δ² · curvature.
    let unit: Float

    init(_ levels: [Float], others: [Float]?, unit: Float) {
        (self.levels, self.unit) = (levels, unit)
        self.others = others.map { $0.map { unit * $0 } }
    }

    func price(_ level: Int32) -> Float {
        if level == 0 { return 0 }
        let middle = Int32(levels.count / 2)
        let price = levels[Int(middle + min(max(level, 1 - middle), middle - 1))]
        let magnitude = Float(level.magnitude)
        // Beyond, two bits more for each doubling.
        return unit * (level.magnitude < UInt32(middle) ? price : price + 2 * levels[0] * log2(magnitude / Float(middle - 1)))
    }
}
