import Compression
import Tensors
import Testing

@Suite("Entropy and Huffman lengths")
struct DistributionCodingTests {
    @Test("entropy of known counts")
    func entropy() {
        #expect(Entropy.bitsPerSymbol([]) == 0)
        #expect(Entropy.bitsPerSymbol([0, 0]) == 0)
        #expect(Entropy.bitsPerSymbol([7]) == 0)
        #expect(Entropy.bitsPerSymbol([1, 1, 1, 1, 0]) == 2)
        #expect(Entropy.bitsPerSymbol([4, 2, 1, 1]) == 1.75)
    }

    @Test("dyadic counts, one symbol, none")
    func known() {
        #expect(HuffmanLengths.lengths(counts: []) == [])
        #expect(HuffmanLengths.lengths(counts: [0, 9, 0]) == [0, 1, 0])
        #expect(HuffmanLengths.lengths(counts: [1, 4, 0, 2, 1]) == [3, 1, 0, 2, 3])
        #expect(HuffmanLengths.totalBits(counts: [1, 4, 0, 2, 1]) == 14)
        #expect(HuffmanLengths.lengths(counts: [1, 1, 2, 4, 8], limit: 3) == [3, 3, 3, 3, 1])
        #expect(HuffmanLengths.lengths(counts: [1, 1, 2, 4, 8], limit: 1) == [3, 3, 3, 3, 1])
    }

    @Test("no prefix code is shorter, with and without a limit")
    func optimal() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            let symbols = Int.random(in: 1...6, using: &generator)
            let counts = (0..<symbols).map { _ in Int(exactly: (1 / (generator.uniform() * 0.9 + 0.001)).rounded(.down)) ?? 1 }
            for limit in [nil, 3, 4] as [Int?] {
                let lengths = HuffmanLengths.lengths(counts: counts, limit: limit)
                #expect(lengths.allSatisfy { $0 <= limit ?? 6 })
                #expect(symbols == 1 || kraft(lengths) == 1)
                #expect(HuffmanLengths.totalBits(counts: counts, limit: limit) == shortest(counts, longest: limit ?? 5), "\(counts)")
            }
        }
    }

    @Test("total bits lie between the entropy and one bit more a symbol")
    func betweenEntropy() {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            let counts = (0..<Int.random(in: 2...256, using: &generator)).map { _ in Int.random(in: 0...5_000, using: &generator) }
            let total = Double(counts.reduce(0, +))
            let entropy = Entropy.bitsPerSymbol(counts)
            let bits = Double(HuffmanLengths.totalBits(counts: counts)) / total
            #expect(bits >= entropy - 1e-9 && bits < entropy + 1)
            #expect(Double(HuffmanLengths.totalBits(counts: counts, limit: 9)) / total >= bits)
        }
    }

    private func kraft(_ lengths: [Int]) -> Double { lengths.reduce(0) { $0 + 1 / Double(1 << $1) } }

    /// The least Σ count · length over all lengths that Kraft's inequality allows.
    private func shortest(_ counts: [Int], longest: Int) -> Int {
        func least(_ index: Int, room: Int) -> Int? {
            if index == counts.count { return 0 }
            return (1...longest).compactMap { length in
                let space = 1 << (longest - length)
                guard space <= room else { return nil }
                return least(index + 1, room: room - space).map { $0 + counts[index] * length }
            }.min()
        }
        return least(0, room: 1 << longest) ?? .max
    }
}
