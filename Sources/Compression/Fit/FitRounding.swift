/// The values that were chosen for the weights of a layer, row by row, and how they are made better. Owned by one thread.
final class FitRounding {
    let rows: FitRows
    private(set) var table: FitTable
    /// Indices of a row's values, by weight of its support.
    private var chosen: [[Int32]] = []
    private let isCancelled: () -> Bool

    /// How often the values are fitted anew at most, and by what part the error has to fall for another time.
    private static let refits = 8
    private static let gain = 0.01

    init(_ rows: FitRows, _ table: FitTable, isCancelled: @escaping () -> Bool) {
        (self.rows, self.table, self.isCancelled) = (rows, table, isCancelled)
    }

    /// GPTQ with act-order; of rows whose inputs say nothing the nearest values. False when cancelled. Cost: |S|³ / 3 a row with a mask.
    func round() -> Bool {
        chosen = []
        for row in rows.rows {
            guard !isCancelled() else { return false }
            let values = table.values(row, rows.places[row])
            let feedback = rows.system(row)?.feedback() ?? .none(count: rows.places[row].count)
            chosen.append(feedback.rounded(rows.targets[row], values).chosen)
        }
        return true
    }

    /// Coordinate descent of all rows, until none moves or the passes are done; false when cancelled.
    func descend(passes: Int = RowSystem.passes) -> Bool {
        for row in rows.rows {
            guard !isCancelled() else { return false }
            guard let system = rows.system(row, isFactored: false) else { continue }
            chosen[row] = system.descended(rows.targets[row], chosen[row], table.values(row, rows.places[row]), passes: passes)
        }
        return true
    }

    /// Fits the values to the weights that have them, with a descent and a rounding behind, as long as that gains; false when cancelled.
    func refit() -> Bool {
        var last = error
        for _ in 0..<Self.refits {
            guard refitCodebook(), refitScales(), descend(), roundAgain() else { return false }
            let now = error
            guard now < (1 - Self.gain) * last else { break }
            last = now
        }
        return true
    }

    /// Rounds anew to the values as they are now, and keeps that where it is better; false when cancelled.
    private func roundAgain() -> Bool {
        let (former, before) = (chosen, error)
        guard round(), descend() else { return false }
        if !(error < before) { chosen = former }
        return true
    }

    /// ½ Σ (q − v) H (q − v)ᵀ over the rows whose inputs say something.
    private var error: Double {
        rows.rows.reduce(0) { sum, row in
            let values = table.values(row, rows.places[row])
            let change = zip(chosen[row], rows.targets[row]).map { Double(values.values[Int($0)]) - $1 }
            return sum + (rows.system(row, isFactored: false)?.error(of: change) ?? 0)
        }
    }

    /// Fits the values of one codebook to the weights that have them: A c = b, A_ab = Σ 1_aᵀ H 1_b, b_a = Σ 1_aᵀ H w over the rows; false when cancelled.
    private func refitCodebook() -> Bool {
        guard case .codebook(let values) = table.kind, !values.isEmpty else { return true }
        var system = LabelSystem(count: values.count)
        for row in rows.rows {
            guard !isCancelled() else { return false }
            guard let own = rows.system(row, isFactored: false) else {
                system.add(rows.targets[row], chosen[row])
                continue
            }
            system.add(own, rows.targets[row], chosen[row])
        }
        take(system.solution(from: values))
        return true
    }

    /// Other values of the codebook, by the index that they had; they are sorted and equal ones become one.
    private func take(_ values: [Float]) {
        let sorted = Set(values).sorted()
        let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, Int32($0)) })
        let moved = values.map { places[$0] ?? 0 }
        chosen = chosen.map { $0.map { moved[Int($0)] } }
        table.kind = .codebook(sorted)
    }

    /// Fits the scale of weights that are it or its negative, for the layer or for each row: s = Σ lᵀ H w / Σ lᵀ H l; false when cancelled.
    private func refitScales() -> Bool {
        guard case .fixed(.grid(var scales, 1)) = table.kind, scales.count == 1 || scales.count == rows.rows.count else { return true }
        var (sides, squares) = ([Double](repeating: 0, count: scales.count), [Double](repeating: 0, count: scales.count))
        for row in rows.rows {
            guard !isCancelled() else { return false }
            guard let system = rows.system(row, isFactored: false) else { continue }
            let levels = levels(row)
            let place = scales.count == 1 ? 0 : row
            // lᵀ H w by the energies of sums: ½ (e(l + w) − e(l) − e(w)) with e = ½ δ H δᵀ.
            let own = system.error(of: levels)
            squares[place] += 2 * own
            sides[place] += system.error(of: zip(levels, rows.targets[row]).map(+)) - own - system.error(of: rows.targets[row])
        }
        for place in scales.indices where squares[place] > 0 && sides[place] > 0 { scales[place] = Float(sides[place] / squares[place]) }
        table.kind = .fixed(.grid(scales: scales, largest: 1))
        return true
    }

    private func levels(_ row: Int) -> [Double] {
        let values = table.values(row, rows.places[row])
        return chosen[row].map { Double(values.levels[Int($0)]) }
    }

    /// Other prices of levels, by which the next pass chooses.
    func take(_ prices: LevelPrices?) { table.prices = prices }

    /// The level of each weight, in the layer's order; 0 for those that are held at 0.
    var levels: [Int32] {
        var all = [Int32](repeating: 0, count: rows.layout.channels * rows.layout.length)
        for row in rows.rows {
            let values = table.values(row, rows.places[row])
            for (place, index) in zip(rows.places[row], chosen[row]) { all[rows.layout.place(row, Int(place))] = values.levels[Int(index)] }
        }
        return all
    }
}

extension RowFeedback {
    /// Of weights of which none makes good another's error.
    static func none(count: Int) -> RowFeedback {
        RowFeedback(feedback: Array(repeating: 0, count: count * count), curvature: Array(repeating: 1, count: count))
    }
}
