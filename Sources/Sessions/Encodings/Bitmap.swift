import Foundation

/// Which words of an array are not +0, one bit each, the lowest bit of a byte first; unused bits of the last byte are 0.
struct Bitmap {
    private(set) var bytes: [UInt8]

    init(_ words: [UInt32]) {
        bytes = [UInt8](repeating: 0, count: Self.byteCount(words.count))
        for (place, word) in words.enumerated() where word != 0 { bytes[place >> 3] |= 1 << UInt8(place & 7) }
    }

    /// The bitmap of `count` words at the start of `data`; nil where that is too short or has a bit beyond the words.
    init?(from data: Data, count: Int) {
        guard count >= 0, count <= data.count * 8, data.count >= Self.byteCount(count) else { return nil }
        bytes = Array(data.prefix(Self.byteCount(count)))
        if count % 8 != 0, let last = bytes.last, last >> UInt8(count % 8) != 0 { return nil }
    }

    /// ⌈count / 8⌉.
    static func byteCount(_ count: Int) -> Int { count / 8 + (count % 8 == 0 ? 0 : 1) }

    /// How many words are not +0.
    var ones: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// `count` words: those given where a bit is set, in order, +0 elsewhere.
    func spread(_ words: [UInt32], count: Int) -> [UInt32] {
        var next = 0
        return (0..<count).map { place in
            guard bytes[place >> 3] >> UInt8(place & 7) & 1 == 1 else { return 0 }
            defer { next += 1 }
            return words[next]
        }
    }
}
