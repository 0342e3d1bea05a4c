/// Sets of k of the places 0 … n − 1, numbered by the combinatorial number system: p₁ < p₂ < … < p_k is number Σ C(p_i, i) (Lehmer 1964).
struct Combinations {
    let places: Int
    let chosen: Int
    /// C(n, i) for n up to ``places`` and i up to ``chosen``, row by row.
    private let table: [Int]

    /// Precondition: 0 ≤ chosen ≤ places ≤ 32, so that every number fits 31 bits.
    init(of places: Int, choosing chosen: Int) {
        (self.places, self.chosen) = (places, chosen)
        let width = chosen + 1
        var table = [Int](repeating: 0, count: (places + 1) * width)
        for row in 0...places {
            table[row * width] = 1
            for column in stride(from: 1, through: min(row, chosen), by: 1) {
                table[row * width + column] = table[(row - 1) * width + column - 1] + table[(row - 1) * width + column]
            }
        }
        self.table = table
    }

    private func binomial(_ row: Int, _ column: Int) -> Int { table[row * (chosen + 1) + column] }

    /// How many sets there are.
    var count: Int { binomial(places, chosen) }

    /// ⌈log₂ count⌉.
    var bits: Int { Int.bitWidth - (count - 1).leadingZeroBitCount }

    /// The number of a set, a bit a place.
    func number(of set: UInt32) -> Int {
        var (rest, number, place) = (set, 0, 1)
        while rest != 0 {
            number += binomial(rest.trailingZeroBitCount, place)
            rest &= rest - 1
            place += 1
        }
        return number
    }

    /// The set of a number below ``count``.
    func set(of number: Int) -> UInt32 {
        var (rest, set, row) = (number, UInt32(0), places)
        for column in stride(from: chosen, to: 0, by: -1) {
            row -= 1
            while binomial(row, column) > rest { row -= 1 }
            rest -= binomial(row, column)
            set |= 1 << UInt32(row)
        }
        return set
    }
}
