import Foundation
import Sessions
import Tensors
import Testing

@Suite("Encodings of stored tensors")
struct EncodingTests {
    /// Words of which a share is +0 and the rest comes from so many values, odd floats among them.
    private static func words(_ count: Int, zeros: Double, distinct: Int, _ generator: inout SeededGenerator) -> [UInt32] {
        let odd: [UInt32] = [0x8000_0000, 0x7FC1_2345, 0xFFA0_0001, 0x7F80_0000, 1]
        let values = (0..<distinct).map { $0 < odd.count ? odd[$0] : UInt32.random(in: 2 ... .max, using: &generator) }
        return (0..<count).map { _ in
            generator.uniform() < zeros ? 0 : values[Int.random(in: 0..<values.count, using: &generator)]
        }
    }

    private static func arrays() -> [[UInt32]] {
        var generator = SeededGenerator(seed: 5)
        var arrays: [[UInt32]] = [[], [0], [0x8000_0000], Array(repeating: 0, count: 100), Array(0..<256), Array(0..<257)]
        for count in [1, 7, 8, 9, 63, 64, 65, 300, 2000] {
            for distinct in [1, 2, 16, 255, 256, 257, 1000] {
                for zeros in [0, 0.5, 0.95] { arrays.append(words(count, zeros: zeros, distinct: distinct, &generator)) }
            }
        }
        return arrays
    }

    private static func check(_ coding: (some WordCoding).Type, takes: ([UInt32]) -> Bool) {
        for words in arrays() {
            guard let coded = coding.init(words) else {
                #expect(!takes(words))
                continue
            }
            #expect(takes(words))
            let data = coded.data
            #expect(data.count == coded.byteCount)
            #expect(coding.words(from: data, count: words.count) == words)
            #expect(coding.words(from: data + [0], count: words.count) == nil)
            #expect(coding.words(from: Data(data.dropLast()), count: words.count) == nil || data.isEmpty)
        }
    }

    @Test("Palette: up to 256 distinct words, back to the bit")
    func palette() { Self.check(PaletteCoding.self) { (1...256).contains(Set($0).count) } }

    @Test("Bitmap: any words, back to the bit")
    func bitmap() { Self.check(BitmapCoding.self) { _ in true } }

    @Test("Palette under a bitmap: up to 256 distinct words beside +0, back to the bit")
    func sparsePalette() { Self.check(SparsePaletteCoding.self) { (1...256).contains(Set($0).subtracting([0]).count) } }

    @Test("Of all encodings the smallest is taken, and it gives the bytes again")
    func smallest() {
        var used = Set<TensorEncoding>()
        for words in Self.arrays() {
            words.withUnsafeBytes { bytes in
                let (encoding, data) = TensorEncoding.smallest(of: bytes)
                used.insert(encoding)
                let sizes = [
                    bytes.count, PaletteCoding(words)?.byteCount, BitmapCoding(words)?.byteCount, SparsePaletteCoding(words)?.byteCount,
                ]
                #expect(data.count == sizes.compactMap { $0 }.min())
                #expect(encoding.decoded(data, byteCount: bytes.count) == Data(bytes))
            }
        }
        #expect(used == Set(TensorEncoding.allCases))
        let three: [UInt8] = [1, 2, 3]
        three.withUnsafeBytes { bytes in
            let (encoding, data) = TensorEncoding.smallest(of: bytes)
            #expect(encoding == .raw && encoding.decoded(data, byteCount: 3) == Data(three))
        }
    }

    @Test("Mutated bytes, and counts that are not theirs, give words or nothing, never a crash")
    func mutations() {
        var generator = SeededGenerator(seed: 6)
        for words in Self.arrays() {
            let coded = words.withUnsafeBytes { TensorEncoding.smallest(of: $0).data }
            for encoding in TensorEncoding.allCases {
                for _ in 0..<8 {
                    var data = coded
                    for _ in 0..<Int.random(in: 0...4, using: &generator) where !data.isEmpty {
                        data[Int.random(in: 0..<data.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                    }
                    if generator.uniform() < 0.3 { data.removeLast(Int.random(in: 0...data.count, using: &generator)) }
                    let count = generator.uniform() < 0.7 ? words.count : Int.random(in: 0...3000, using: &generator)
                    let decoded = encoding.decoded(data, byteCount: 4 * count)
                    #expect(decoded == nil || decoded?.count == 4 * count)
                }
            }
            #expect(TensorEncoding.bitmap.decoded(coded, byteCount: 1 << 60) == nil)
        }
    }
}
