import Compression
import Networks
import Tensors
import Testing

@Suite("The container")
struct ContainerTests {
    private func container(seed: UInt64) throws -> PareContainer {
        let records = try (0..<3 as Range<UInt64>).map { part in
            let layer = try CodingSamples.layer(seed: 3 * seed + part)
            let parameter = Parameter(name: "p\(part)", role: .weight, values: layer.weights)
            return try #require(ParameterRecord.record(of: parameter, stored: layer.stored, isTransposed: layer.layer.isTransposed)).record
        }
        let integers = Parameter(
            name: "i", role: .other, values: Tensor(shape: [3], elementType: .int64, storage: TensorStorage(byteCount: 24) { _ in }))
        let other = try #require(ParameterRecord.record(of: integers)).record
        let card = CardFacts(shape: [1, 28, 28], scale: 0.5, mean: [0.25], standardDeviation: [1], classes: ["a", "b"])
        return PareContainer(graph: [1, 2, 3], records: records + [other], card: card, plan: "version: 1\n")
    }

    @Test("What is written is read again, and the bytes add up to the size that was announced")
    func roundTrip() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            let container = try container(seed: seed)
            let bytes = container.bytes()
            let back = try PareContainer(ContainerBytes(bytes))
            #expect(back.graph == container.graph && back.card == container.card && back.plan == container.plan)
            for (index, record) in back.records.enumerated() {
                #expect(record.shape == container.records[index].shape && record.form == container.records[index].form)
                let expected = try container.records[index].tensor(index: index)
                let found = try record.tensor(index: index)
                #expect(found.shape == expected.shape && found.elementType == expected.elementType)
                withExtendedLifetime((found, expected)) { #expect(found.bytes.elementsEqual(expected.bytes)) }
            }
            let parts = container.records.map { $0.bytes(nil) }
            let others = [container.card?.byteCount ?? 0, container.plan?.utf8.count ?? 0]
            #expect(PareContainer.byteCount(graph: 3, records: parts, others: others) == bytes.count)
        }
    }

    @Test("100,000 mutated or cut files: an error with its byte each time, or weights of the declared count")
    func damage() throws {
        let files = try (1...20 as ClosedRange<UInt64>).map { try container(seed: $0).bytes() }
        var generator = SeededGenerator(seed: 9)
        var reached = 0
        for round in 0..<100_000 {
            var bytes = files[round % files.count]
            for _ in 0...generator.next() % 3 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            if generator.next() % 4 == 0 { bytes.removeLast(Int(generator.next() % UInt64(bytes.count))) }
            if generator.next() % 2 == 0 { bytes = ContainerRepair.repaired(bytes) }
            do {
                let container = try PareContainer(ContainerBytes(bytes), maximumWeights: 1 << 20)
                for (index, record) in container.records.enumerated() {
                    #expect(try record.tensor(index: index).count == record.count)
                }
                reached += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset), "\(error)")
                if case .parameter = error.part { reached += 1 }
            }
        }
        // Repaired checksums let damage get as far as the records.
        #expect(reached > 20_000)
    }

    @Test("Too many declared weights are refused with the figure, before anything is made of them")
    func limits() throws {
        let bytes = try container(seed: 4).bytes()
        let declared = try PareContainer(ContainerBytes(bytes)).weightCount
        #expect(throws: Never.self) { try PareContainer(ContainerBytes(bytes), maximumWeights: declared) }
        do {
            _ = try PareContainer(ContainerBytes(bytes), maximumWeights: declared - 1)
            Issue.record("not refused")
        } catch {
            #expect(error.reason == .tooManyWeights(declared: declared, limit: declared - 1))
        }
        do {
            _ = try PareContainer(ContainerBytes(Array(bytes.dropFirst(1))))
            Issue.record("not refused")
        } catch {
            #expect(error.reason == .wrongMagic && error.offset == 0)
        }
    }

    @Test("An unknown section is skipped where it may be, and refused where it is needed")
    func unknownSections() throws {
        let bytes = try container(seed: 2).bytes()
        let before = PareContainer.magic.count + 1
        for (kind, isSkipped) in [(UInt8(200), true), (77, false)] {
            var section: [UInt8] = [kind, 2, 9, 9]
            section += ContainerRepair.word(ContainerRepair.checksum(section))
            let longer = Array(bytes[..<before]) + section + bytes[before...]
            if isSkipped {
                #expect(try PareContainer(ContainerBytes(longer)).graph == [1, 2, 3])
            } else {
                #expect(throws: ContainerError(.unknownSection, in: .section(kind: 77), offset: before)) {
                    try PareContainer(ContainerBytes(longer))
                }
            }
        }
    }
}

/// Puts right checksums into a damaged file, by a bitwise CRC-32 of its own.
enum ContainerRepair {
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
        }
        return ~state
    }

    static func word(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }

    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        var place = PareContainer.magic.count + 1
        while place + 2 < bytes.count {
            var (length, shift, next) = (0, 0, place + 1)
            while next < bytes.count, shift < 35 {
                length |= Int(bytes[next] & 0x7F) << shift
                shift += 7
                next += 1
                if bytes[next - 1] < 0x80 { break }
            }
            guard length <= bytes.count - next - 4 else { return result }
            result.replaceSubrange(next + length..<next + length + 4, with: word(checksum(bytes[place..<next + length])))
            place = next + length + 4
        }
        return result
    }
}
