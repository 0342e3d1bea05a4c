import Compression
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// What a pattern leaves, as bytes and back.
@Suite("Weights of a pattern as bytes")
struct PatternCodingTests {
    private static let patterns: [PruningPattern] =
        [(1, 2), (2, 4), (3, 8), (1, 16), (16, 32), (31, 32)].map { .some(kept: $0.0, of: $0.1) }
        + PruningPattern.blockSizes.map { .blocks($0) }
    private static let representations: [WeightRepresentation] = [
        .float32, .float16, .linear(LinearQuantization(bits: 3)), .shared(WeightSharing(bits: 2)), .ternary,
        .linear(LinearQuantization(bits: 4, isPerChannel: true)),
    ]

    private func made(seed: UInt64, _ pattern: PruningPattern, _ weights: WeightRepresentation) throws -> CompressedLayer {
        var plan = LayerPlan(pruning: .level([0, 0.4, 0.9, 1][Int(seed % 4)]), weights: weights)
        plan.pattern = pattern
        return try PatternSample(seed: seed).layer.compressed(plan, findsOptimum: false)
    }

    private func empty(_ stored: StoredWeights) -> StoredWeights {
        var form = stored
        (form.levels, form.pattern) = ([], nil)
        return form
    }

    @Test(
        "Every pattern and form comes back bit for bit, in as many bytes as the formula says, and the smallest way is never missed",
        arguments: 0..<40)
    func roundTrip(seed: UInt64) throws {
        let weights = Self.representations[Int(seed) % Self.representations.count]
        for pattern in Self.patterns {
            let layer = try made(seed: seed, pattern, weights)
            let stored = layer.stored
            let sizes = LevelCoders.sizes(of: stored)
            for coding in [WeightCoding.pattern, .patternHuffman] {
                guard let coded = LevelCoders.encode(stored, as: coding) else {
                    #expect(sizes[coding] == nil && (stored.pattern == nil || weights != .float32 || coding == .patternHuffman))
                    continue
                }
                #expect(coded.bytes.count == sizes[coding])
                #expect(
                    try LevelCoders.decode(ContainerBytes(coded.bytes), as: coding, count: stored.count, form: empty(stored))
                        == stored.levels)
                #expect(stored.taking(coding, ContainerBytes(coded.bytes)).pattern == stored.pattern)
                if coding == .pattern { try expectFormula(layer, pattern, coded) }
            }
            #expect(LevelCoders.smallest(stored).bytes.count == sizes.values.min())
            let record = try #require(
                ParameterRecord.record(of: Parameter(name: "w", role: .weight, values: layer.weights), stored: stored)
            ).record
            let file = PareContainer(graph: [0], records: [record]).bytes()
            #expect(file[PareContainer.magic.count] == record.version)
            let back = try #require(try PareContainer(ContainerBytes(file)).records.first)
            #expect(try back.tensor(index: 0).floats.map(\.bitPattern) == layer.weights.floats.map(\.bitPattern))
        }
    }

    /// Positions of ⌈log₂ C(M, N)⌉ bits a piece, or a bit a block, and as many values as stay.
    private func expectFormula(_ layer: CompressedLayer, _ pattern: PruningPattern, _ coded: CodedLevels) throws {
        let sample = PatternSample(try LayerCase(layer.weights.floats, like: layer.layer))
        let groups = sample.groups(pattern)
        let stays = groups.map { members in
            pattern.setsAmount ? pattern.kept(of: members.count) : members.contains { layer.stored.levels[$0] != 0 } ? members.count : 0
        }
        let positions = zip(groups, stays).reduce(0) { sum, piece in
            guard pattern.setsAmount else { return sum + 1 }
            // C(n, k) by its product, in doubles, which hold it exactly.
            let sets = (0..<piece.1).reduce(1.0) { $0 * Double(piece.0.count - $1) / Double($1 + 1) }.rounded()
            return sum + Int(log2(sets).rounded(.up))
        }
        #expect(coded.positionBits == positions, "\(pattern) \(layer.layer.shape)")
        let count = stays.reduce(0, +)
        if let bits = layer.stored.rawBitsForTests {
            #expect(coded.valueBits == bits * count)
        } else if count > 0 {
            // Floats of few values are a codebook in the file, of as many bits as those take.
            let most = layer.summary.plan.weights == .float32 ? 32 : layer.summary.stored.bits + 1
            #expect(coded.valueBits % count == 0 && coded.valueBits / count <= most)
        }
        #expect(coded.bytes.count <= (positions + 7) / 8 + (coded.valueBits + 7) / 8 + 12)
    }

    @Test("Levels that do not keep to the pattern have no such stream")
    func broken() throws {
        var stored = try made(seed: 5, .some(kept: 2, of: 4), .linear(LinearQuantization(bits: 4))).stored
        #expect(LevelCoders.encode(stored, as: .pattern) != nil)
        stored.levels = stored.levels.map { _ in 1 }
        #expect(LevelCoders.encode(stored, as: .pattern) == nil && LevelCoders.sizes(of: stored)[.pattern] == nil)
        stored.pattern = nil
        #expect(LevelCoders.encode(stored, as: .patternHuffman) == nil)
    }

    @Test("Of few levels at random places 2:4 takes less than every way that does not know it")
    func smallest() throws {
        var generator = SeededGenerator(seed: 3)
        let weights = (0..<64 * 256).map { _ in Float(generator.normal()) }
        let layer = try LayerCase(weights, shape: [64, 256])
        var plan = LayerPlan(weights: .linear(LinearQuantization(bits: 4)))
        plan.pattern = .some(kept: 2, of: 4)
        let made = try layer.compressed(plan)
        let sizes = LevelCoders.sizes(of: made.stored)
        let best = try #require([sizes[.pattern], sizes[.patternHuffman]].compactMap(\.self).min())
        #expect(sizes.allSatisfy { $0.key == .pattern || $0.key == .patternHuffman || $0.value > best })
        #expect([.pattern, .patternHuffman].contains(LevelCoders.smallest(made.stored).coding))
        #expect(made.summary.fileEstimate.map { $0 <= best + 16 } == true)
    }

    @Test("Damaged streams are refused or read, never more")
    func damage() throws {
        var generator = SeededGenerator(seed: 17)
        let pool = try (0..<30 as Range<UInt64>).map { seed in
            let pattern = Self.patterns[Int(seed) % Self.patterns.count]
            return try made(seed: seed, pattern, Self.representations[Int(seed) % Self.representations.count]).stored
        }
        var refused = 0
        for round in 0..<4_000 {
            let stored = pool[round % pool.count]
            let coding = generator.next() % 2 == 0 ? WeightCoding.pattern : .patternHuffman
            guard var bytes = LevelCoders.encode(stored, as: coding)?.bytes, !bytes.isEmpty else { continue }
            for _ in 0...generator.next() % 3 { bytes[Int(generator.next() % UInt64(bytes.count))] ^= UInt8(1 << (generator.next() % 8)) }
            if generator.next() % 3 == 0 { bytes.removeLast(Int(generator.next() % UInt64(bytes.count))) }
            do {
                #expect(
                    try LevelCoders.decode(ContainerBytes(bytes), as: coding, count: stored.count, form: empty(stored)).count
                        == stored.count)
            } catch {
                refused += 1
                #expect((0...bytes.count).contains(error.offset), "\(coding) \(error)")
            }
        }
        #expect(refused > 500)
    }

    @Test("A reader of version 3 refuses the file by its version, and a pattern in a file of version 3 is no known way of writing")
    func versions() throws {
        let layer = try made(seed: 5, .some(kept: 1, of: 2), .linear(LinearQuantization(bits: 4)))
        let record = try #require(
            ParameterRecord.record(of: Parameter(name: "w", role: .weight, values: layer.weights), stored: layer.stored, coding: .pattern)
        ).record
        var bytes = PareContainer(graph: [0], records: [record]).bytes()
        #expect(bytes[PareContainer.magic.count] == 4)
        bytes[PareContainer.magic.count] = 3
        #expect(throws: ContainerError.self) { try PareContainer(ContainerBytes(bytes)) }
    }
}

extension StoredWeights {
    /// Bits of a level where levels are the numbers themselves.
    fileprivate var rawBitsForTests: Int? { if case .floats(let format) = values { format.bits } else { nil } }
}
