import CKernels
import Compression
import Foundation
import Networks
import Tensors
import Testing

@Suite("Weights as bytes and back")
struct CodingRoundTripTests {
    @Test("5,000 seeded plans of every representation come back bit for bit, by every way of writing; the smallest is the smallest")
    func plans() throws {
        var written = Set<WeightCoding>()
        var forms = Set<String>()
        for seed in 1...5_000 as ClosedRange<UInt64> {
            let layer = try CodingSamples.layer(seed: seed)
            let stored = layer.stored
            forms.insert(form(stored))
            #expect(stored.floats().map(\.bitPattern) == layer.weights.floats.map(\.bitPattern), "seed \(seed)")
            let recognized = CompressedLayer(recognizing: layer.weights, bias: layer.bias, of: layer.layer, summary: layer.summary)
            #expect(recognized.stored == stored, "seed \(seed)")
            let kept = try JSONDecoder().decode(StoredTables.self, from: JSONEncoder().encode(StoredTables(layer)))
            let again = CompressedLayer(weights: layer.weights, bias: layer.bias, tables: kept, of: layer.layer, summary: layer.summary)
            #expect(again.form == layer.form && again.biasForm == layer.biasForm, "seed \(seed)")
            let changed = CompressedLayer(
                weights: layer.weights, bias: layer.bias, tables: try mutated(kept, seed: seed), of: layer.layer, summary: layer.summary)
            #expect(changed.stored.floats().map(\.bitPattern) == layer.weights.floats.map(\.bitPattern), "seed \(seed)")
            if case .levels(let held) = layer.form {
                #expect(held.floats().map(\.bitPattern) == layer.weights.floats.map(\.bitPattern), "seed \(seed)")
            }
            var least = Int.max
            let sizes = LevelCoders.sizes(of: stored)
            for coding in WeightCoding.allCases {
                let coded = LevelCoders.encode(stored, as: coding)
                #expect(coded?.bytes.count == sizes[coding], "seed \(seed) \(coding)")
                guard let coded else { continue }
                written.insert(coding)
                least = min(least, coded.bytes.count)
                #expect(coded.positionBits >= 0 && coded.valueBits >= 0 && coded.tableBits >= 0, "seed \(seed) \(coding)")
                let levels = try LevelCoders.decode(ContainerBytes(coded.bytes), as: coding, count: stored.count, form: empty(stored))
                #expect(levels == stored.levels, "seed \(seed) \(coding)")
            }
            #expect(LevelCoders.smallest(stored).bytes.count == least, "seed \(seed)")
        }
        #expect(written.count == WeightCoding.allCases.count)
        #expect(forms == ["codebook", "grid", "scaled", "cells", "dithered", "floats"])
    }

    /// Tables with some bytes of theirs changed, cut off or doubled.
    private func mutated(_ tables: StoredTables, seed: UInt64) throws -> StoredTables {
        var generator = SeededGenerator(seed: seed)
        var fields = try JSONDecoder().decode([String: Data].self, from: JSONEncoder().encode(tables))
        for name in fields.keys.sorted() {
            var bytes = fields[name] ?? Data()
            switch generator.next() % 4 {
            case 0: bytes = bytes.prefix(Int(generator.next() % UInt64(bytes.count)))
            case 1: bytes += bytes.suffix(Int(generator.next() % UInt64(bytes.count)))
            default:
                for _ in 0...generator.next() % 3 {
                    bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
                }
            }
            fields[name] = bytes
        }
        return try JSONDecoder().decode(StoredTables.self, from: JSONEncoder().encode(fields))
    }

    @Test("The arithmetic code is at most 1.02 × its model's ideal length + 8 bytes, and pays nothing for dead rows and columns")
    func ideal() throws {
        var generator = SeededGenerator(seed: 5)
        for (rows, columns, density) in [(300, 784, 0.07), (50, 500, 0.14), (10, 100, 0.5), (64, 64, 0.001), (200, 100, 1.0)] {
            let levels = (0..<rows * columns).map { _ -> Int32 in
                guard Double(generator.uniform()) < density else { return 0 }
                let magnitude = min(16, Int32(4 * abs(generator.laplace())) + 1)
                return generator.next() % 2 == 0 ? magnitude : -magnitude
            }
            let stored = StoredWeights(
                shape: [rows, columns], isTransposed: false, values: .grid(scales: [0.5], largest: 16), levels: levels)
            let coded = try #require(ArithmeticCoder().encode(stored))
            let (bits, decisions) = try #require(ArithmeticCoder().idealBits(stored))
            #expect(Double(coded.bytes.count) <= 1.02 * bits / 8 + 8)
            #expect(Double(coded.bytes.count) >= bits / 8 - 1)
            #expect(decisions >= levels.count)
        }
    }

    @Test("The estimate of the arithmetic code is within 5 % of it, by rows and by columns")
    func estimate() throws {
        var generator = SeededGenerator(seed: 8)
        for (rows, columns, density, isTransposed) in [(300, 784, 0.07, false), (500, 80, 0.3, true), (200, 200, 1.0, false)] {
            let ofRows = (0..<rows).map { _ in 0.3 + 1.4 * generator.uniform() }
            let levels = (0..<rows * columns).map { index -> Int32 in
                let row = isTransposed ? index % rows : index / columns
                guard generator.uniform() < density * ofRows[row] else { return 0 }
                let magnitude = min(60, Int32(8 * abs(generator.laplace())) + 1)
                return generator.next() % 2 == 0 ? magnitude : -magnitude
            }
            let stored = StoredWeights(
                shape: isTransposed ? [columns, rows] : [rows, columns], isTransposed: isTransposed,
                values: .grid(scales: [0.5], largest: 60), levels: levels)
            let coded = try #require(ArithmeticCoder().encode(stored)).bytes.count
            var matrix = pare_level_matrix(
                lines: rows, length: columns, line_step: isTransposed ? 1 : columns, step: isTransposed ? rows : 1, negatives: 0,
                positives: 0, period: 0)
            let bytes = 1.02 * pare_estimate_bits(levels, &matrix) / 8
            #expect(abs(bytes - Double(coded)) < 0.05 * Double(coded), "\(bytes) \(coded)")
        }
    }

    @Test("A matrix whose weights lie in few rows and columns takes far less than the entropy of their positions")
    func structure() throws {
        var generator = SeededGenerator(seed: 6)
        let levels = (0..<400 * 400).map { index -> Int32 in
            (index / 400) % 8 == 0 && (index % 400) % 8 == 3 && generator.next() % 2 == 0 ? 1 : 0
        }
        let stored = StoredWeights(shape: [400, 400], isTransposed: false, values: .grid(scales: [1], largest: 1), levels: levels)
        let coded = try #require(ArithmeticCoder().encode(stored))
        let ones = levels.count { $0 != 0 }
        let entropy = Entropy.bitsPerSymbol([ones, levels.count - ones]) * Double(levels.count) / 8
        // One bit for each place of the 50 × 50 that may be filled is 312 bytes.
        #expect(Double(coded.bytes.count) < entropy / 2)
        #expect(coded.bytes.count < 700)
    }

    @Test("Damaged streams are refused or read, never more: 20,000 mutations of every way of writing")
    func damage() throws {
        var generator = SeededGenerator(seed: 7)
        var refused = 0
        for round in 0..<20_000 {
            let stored = try Self.pool[round % Self.pool.count].get().stored
            let coding = WeightCoding.allCases[Int(generator.next() % UInt64(WeightCoding.allCases.count))]
            guard var bytes = LevelCoders.encode(stored, as: coding)?.bytes, !bytes.isEmpty else { continue }
            for _ in 0...generator.next() % 3 { bytes[Int(generator.next() % UInt64(bytes.count))] ^= UInt8(1 << (generator.next() % 8)) }
            if generator.next() % 3 == 0 { bytes.removeLast(Int(generator.next() % UInt64(bytes.count))) }
            do {
                let levels = try LevelCoders.decode(ContainerBytes(bytes), as: coding, count: stored.count, form: empty(stored))
                #expect(levels.count == stored.count)
                if let range = stored.levelRange { #expect(levels.allSatisfy { range.contains(Int($0)) }) }
            } catch {
                refused += 1
                #expect((0...bytes.count).contains(error.offset), "\(coding) \(error)")
            }
        }
        #expect(refused > 5_000)
    }

    private static let pool = (1...60 as ClosedRange<UInt64>).map { seed in Result { try CodingSamples.layer(seed: seed) } }

    private func empty(_ stored: StoredWeights) -> StoredWeights {
        var form = stored
        (form.levels, form.pattern) = ([], nil)
        return form
    }

    private func form(_ stored: StoredWeights) -> String {
        switch stored.values {
        case .codebook: "codebook"
        case .grid: "grid"
        case .scaled: "scaled"
        case .cells: "cells"
        case .dithered: "dithered"
        case .floats: "floats"
        }
    }
}
