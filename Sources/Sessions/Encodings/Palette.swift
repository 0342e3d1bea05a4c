import Foundation

/// At most 256 distinct words in the order of their first appearance, and which of them stands at each place: a codebook and assignments.
struct Palette {
    private(set) var words: [UInt32] = []
    private(set) var indexes: [UInt8] = []

    /// Nil for no words at all or more than 256 distinct ones; found within the first few hundred of an array of floats.
    init?(_ source: [UInt32]) {
        guard !source.isEmpty else { return nil }
        // Open addressing: a slot has 1 + the index of its word, 0 is free; a quarter of the slots is used at most.
        var slots = [UInt16](repeating: 0, count: 1024)
        indexes.reserveCapacity(source.count)
        for word in source {
            var slot = Int((word &* 0x9E37_79B1) >> 22)
            while slots[slot] != 0, words[Int(slots[slot]) - 1] != word { slot = (slot + 1) & 1023 }
            if slots[slot] == 0 {
                guard words.count < 256 else { return nil }
                words.append(word)
                slots[slot] = UInt16(words.count)
            }
            indexes.append(UInt8(slots[slot] - 1))
        }
    }

    /// One byte for the number of words less one, the words, one byte for each place.
    var data: Data {
        var data = Data([UInt8(words.count - 1)])
        data.append(words: words)
        data.append(contentsOf: indexes)
        return data
    }

    var byteCount: Int { Self.byteCount(distinct: words.count, places: indexes.count) }

    /// 1 + 4 · distinct + places.
    private static func byteCount(distinct: Int, places: Int) -> Int { 1 + 4 * distinct + places }

    /// The words at `count` places; nil where the bytes are not a palette of so many.
    static func words(from data: Data, count: Int) -> [UInt32]? {
        guard count > 0, let first = data.first else { return nil }
        let distinct = Int(first) + 1
        guard data.count == byteCount(distinct: distinct, places: count) else { return nil }
        let words = data.words(at: 1, count: distinct)
        let indexes = [UInt8](data.suffix(count))
        guard indexes.allSatisfy({ Int($0) < distinct }) else { return nil }
        return indexes.map { words[Int($0)] }
    }
}
