import Compression
import Tensors
import Testing

@Suite("Layer bytes: the accounting \"han\"")
struct LayerBytesTests {
    /// Weights, density, value bits and the model's percentage (index 5 bits) of Deep Compression's tables 2 and 3.
    ///
    /// The percentages are arithmetic on the paper's rows: entries = p·n·(1 + q/(1−q)), q = (1−p)^32; bits = entries·(b + 5) + 32·2^b; over 32·n.
    static let rows: [(name: String, weights: Int, density: Double, bits: Int, percent: Double)] = [
        ("lenet-300-100 ip1", 235_200, 0.08, 6, 2.98), ("lenet-300-100 ip2", 30_000, 0.09, 6, 3.47),
        ("lenet-300-100 ip3", 1_000, 0.26, 6, 15.34), ("lenet-5 conv1", 500, 0.66, 8, 78.0), ("lenet-5 conv2", 25_000, 0.12, 8, 5.98),
        ("lenet-5 ip1", 400_000, 0.08, 5, 2.69), ("lenet-5 ip2", 5_000, 0.19, 5, 6.58),
    ]

    /// Bytes of a layer whose round(p·n) values lie at random positions, with all 2^b codes about equally often.
    private func bytes(weights: Int, density: Double, bits: Int, seed: UInt64) -> LayerBytes {
        var generator = SeededGenerator(seed: seed)
        let kept = Int((density * Double(weights)).rounded())
        var mask = Array(repeating: Float(1), count: kept) + Array(repeating: 0, count: weights - kept)
        mask.shuffle(using: &generator)
        var gaps = IndexGaps(bits: 5)
        mask.withUnsafeBufferPointer { gaps.add($0) }
        let codes = 1 << bits
        let counts = (0..<codes).map { kept / codes + ($0 < kept % codes ? 1 : 0) }
        let coding = ValueCoding(bits: bits, counts: counts, bitsWithZero: nil, overheadBits: 32 * codes)
        return HanAccounting.bytes(weights: weights, gaps: gaps, coding: coding)
    }

    @Test("Deep Compression's tables on seeded masks", arguments: rows.indices)
    func deepCompression(row: Int) {
        let (name, weights, density, bits, percent) = LayerBytesTests.rows[row]
        let samples = (0..<8).map { seed in
            Double(bytes(weights: weights, density: density, bits: bits, seed: UInt64(row * 100 + seed)).sparse)
        }
        let measured = 100 * samples.reduce(0, +) / 8 / Double(4 * weights)
        // The count of values is fixed; only fillers vary: about 7 % of the entries at density 0.08, Poisson-like, so 4 standard errors
        // of eight masks stay under 1 % of the layer for the small ones. The printed percentages are rounded to 0.01 (conv1: 0.1).
        let fillers = density * Double(weights) * 0.075
        let deviation = 4 * (fillers / 8).squareRoot() * Double(bits + 5) / 32 / Double(weights) * 100
        let rounding = percent > 20 ? 0.05 : 0.005
        #expect(abs(measured - percent) <= deviation + rounding + 100.0 / Double(4 * weights), "\(name): \(measured) %, model \(percent) %")
    }

    @Test("The totals: 3.08 % and 3.02 %")
    func totals() {
        for (rows, percent) in [(0..<3, 3.08), (3..<7, 3.02)] {
            let layers = rows.map { LayerBytesTests.rows[$0] }
            let sparse = layers.enumerated().map { index, row in
                bytes(weights: row.weights, density: row.density, bits: row.bits, seed: UInt64(index)).sparse
            }
            let measured = 100 * Double(sparse.reduce(0, +)) / Double(4 * layers.reduce(0) { $0 + $1.weights })
            #expect(abs(measured - percent) < 0.01, "\(measured) %, model \(percent) %")
        }
    }

    /// Places fillers one by one: never more than 2^g − 1 zeros between two entries.
    private func entriesByHand(_ weights: [Float], bits: Int) -> (codes: [Int], fillers: Int) {
        var (codes, fillers, last): ([Int], Int, Int) = ([], 0, -1)
        for (position, weight) in weights.enumerated() where weight != 0 {
            while position - last > 1 << bits {
                last += 1 << bits
                fillers += 1
                codes.append((1 << bits) - 1)
            }
            codes.append(position - last - 1)
            last = position
        }
        return (codes, fillers)
    }

    @Test("Gaps and fillers against placing them one by one, in one piece and in blocks")
    func gaps() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let (bits, density) = (Int(generator.next() % 6) + 1, generator.uniform())
            let weights = (0..<Int(generator.next() % 400)).map { _ in generator.uniform() < density * density ? Float(1) : 0 }
            let expected = entriesByHand(weights, bits: bits)
            var whole = IndexGaps(bits: bits)
            weights.withUnsafeBufferPointer { whole.add($0) }
            var pieces = IndexGaps(bits: bits)
            let cut = weights.count / 3
            Array(weights[..<cut]).withUnsafeBufferPointer { pieces.add($0) }
            Array(weights[cut...]).withUnsafeBufferPointer { pieces.add($0) }
            #expect(whole == pieces)
            #expect(whole.fillers == expected.fillers)
            #expect(whole.entries == expected.codes.count)
            #expect(whole.countsWithFillers == (0..<1 << bits).map { code in expected.codes.count { $0 == code } })
        }
    }

    private func gaps(_ weights: [Float], bits: Int = 5) -> IndexGaps {
        var gaps = IndexGaps(bits: bits)
        weights.withUnsafeBufferPointer { gaps.add($0) }
        return gaps
    }

    @Test("Without zeros there is no index; a representation with a zero of its own leaves it out where it only costs")
    func layouts() {
        let dense = HanAccounting.bytes(
            weights: 64, gaps: gaps(Array(repeating: 1, count: 64)),
            coding: ValueCoding(bits: 4, counts: [64], bitsWithZero: nil, overheadBits: 32))
        #expect(dense.sparse == 64 * 4 / 8 + 4 && dense.indexBits == 0 && dense.dense == 256)
        #expect(dense.huffman == 64 / 8 + 4)
        let oneZero = [Float(0)] + Array(repeating: Float(1), count: 63)
        let linear = ValueCoding(bits: 4, counts: [63], bitsWithZero: 4, overheadBits: 32)
        #expect(HanAccounting.bytes(weights: 64, gaps: gaps(oneZero), coding: linear).sparse == 36)
        let shared = ValueCoding(bits: 4, counts: [63], bitsWithZero: nil, overheadBits: 32)
        let indexed = HanAccounting.bytes(weights: 64, gaps: gaps(oneZero), coding: shared)
        #expect(indexed.sparse == (63 * 9 + 32 + 7) / 8 && indexed.indexBits == 5)
        let empty = HanAccounting.bytes(weights: 64, gaps: gaps(Array(repeating: 0, count: 64)), coding: .floats(bits: 32))
        #expect(empty.sparse == 0 && empty.huffman == 0)
    }

    /// Codes of these zeros and others, one by one: nonzero codes and zero in ⌈log₂⌉ bits each, or codes and gaps of 5 bits.
    private func leastBits(_ weights: [Float], codes: Int, valueBits: Int) -> Int {
        let withZero = max(valueBits, (0..<16).first { 1 << $0 >= codes + 1 } ?? 16)
        return min(weights.count * withZero, entriesByHand(weights, bits: 5).codes.count * (valueBits + 5))
    }

    @Test("A few zeros cost a code, not an index: bytes by representation and share of zeros against counting both ways")
    func fewZeros() throws {
        let representations: [(WeightRepresentation, bits: Int)] = [
            (.shared(WeightSharing(bits: 2)), 2), (.shared(WeightSharing(bits: 4, start: .density)), 4), (.binary(.layer), 1),
            (.dorefa(bits: 2), 2), (.shared(WeightSharing(bits: 2, span: .channel)), 2),
        ]
        let layer = try LayerCase(seed: 1, rows: 40, columns: 100)
        for (representation, bits) in representations {
            for level in [0.101, 0.2, 0.4, 0.6, 0.8, 0.95] {
                let state = try layer.compressed(LayerPlan(pruning: .level(level), weights: representation), findsOptimum: false)
                var codes = Set(state.weights.floats).subtracting([0]).count
                var overhead = 32 * codes
                switch representation {
                case .binary: overhead = 32
                case .dorefa: overhead = 0
                case .shared(let sharing) where sharing.span != nil:
                    let rows = (0..<40).map { Set(state.weights.floats[$0 * 100..<($0 + 1) * 100]).subtracting([0]).count }
                    (codes, overhead) = (rows.max() ?? 0, 16 * rows.reduce(0, +))
                default: break
                }
                let expected = leastBits(state.weights.floats, codes: codes, valueBits: bits) + overhead
                #expect(state.summary.bytes.sparse == (expected + 7) / 8, "\(representation) \(level)")
            }
        }
    }

    @Test("The first pruned weights do not make a shared layer larger than one code more a weight")
    func noJump() throws {
        let layer = try LayerCase(seed: 1, rows: 50, columns: 200)
        let shared = WeightRepresentation.shared(WeightSharing(bits: 2))
        let none = try layer.compressed(LayerPlan(weights: shared)).summary.bytes
        let few = try layer.compressed(LayerPlan(pruning: .level(0.001), weights: shared)).summary
        #expect(none.sparse == 10_000 * 2 / 8 + 16 && few.bytes.sparse == 10_000 * 3 / 8 + 16)
        #expect(few.bytes.valueBits == 3 && few.bytes.indexBits == 0)
        #expect(few.bytes.huffman == (huffmanBits(few.codebook.map(\.count) + [few.zeros]) + 4 * 32 + 7) / 8)
        #expect(few.bytes.huffman < few.bytes.sparse)
    }

    @Test("Floats keep their bits; their gaps are Huffman-coded")
    func floats() {
        let weights = (0..<64).map { $0 % 8 == 0 ? Float(1) : 0 }
        let bytes = HanAccounting.bytes(weights: 64, gaps: gaps(weights), coding: .floats(bits: 32))
        #expect(bytes.sparse == 8 * (32 + 5) / 8)
        // Eight values of 32 bits, seven gaps of 7 and one of 0: a bit each.
        #expect(bytes.huffman == 8 * 33 / 8)
    }
}
