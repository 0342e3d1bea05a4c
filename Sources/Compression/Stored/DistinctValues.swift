/// The different values of some weights, by sign and rising magnitude, and which of them each weight has.
struct DistinctValues {
    private(set) var negatives: [Float] = []
    private(set) var positives: [Float] = []
    /// Weights that are not 0.
    private(set) var uses = 0
    /// Open addressing by bit pattern; an empty slot is 0.
    private var keys: [UInt32]
    private var found: [Int32]

    /// Nil for −0, NaN or more than `limit` values other than 0. Cost: O(n), ended by the first value too many.
    init?(_ floats: [Float], atMost limit: Int) {
        let slots = 4 << (Int.bitWidth - min(limit, floats.count).leadingZeroBitCount)
        keys = [UInt32](repeating: 0, count: slots)
        found = [Int32](repeating: 0, count: slots)
        var count = 0
        for weight in floats where weight.bitPattern != 0 {
            guard weight != 0, !weight.isNaN else { return nil }
            uses += 1
            let slot = slot(of: weight.bitPattern)
            guard keys[slot] == 0 else { continue }
            count += 1
            guard count <= limit else { return nil }
            keys[slot] = weight.bitPattern
            if weight < 0 { negatives.append(weight) } else { positives.append(weight) }
        }
        negatives.sort(by: >)
        positives.sort()
        for (index, value) in negatives.enumerated() { found[slot(of: value.bitPattern)] = Int32(-index - 1) }
        for (index, value) in positives.enumerated() { found[slot(of: value.bitPattern)] = Int32(index + 1) }
    }

    private func slot(of bits: UInt32) -> Int {
        let mask = keys.count - 1
        var slot = Int((UInt64(bits) &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
        while keys[slot] != 0, keys[slot] != bits { slot = (slot + 1) & mask }
        return slot
    }

    /// Precondition: `floats` are those that the values were found in.
    func levels(of floats: [Float]) -> [Int32] {
        floats.map { $0.bitPattern == 0 ? 0 : found[slot(of: $0.bitPattern)] }
    }
}
