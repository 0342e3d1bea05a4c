import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Damaged files: each gives an error or something valid, never a crash or a hang.
struct MutationTests {
    /// One to four changes: flipped bits, extreme bytes, other bytes; and, unless `inPlace`, cuts, repeated or removed pieces, numbers put in.
    private func mutated(_ original: [UInt8], inPlace: Bool, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            let other = Int.random(in: bytes.indices, using: &generator)
            let end = min(bytes.count, other + Int.random(in: 1...24, using: &generator))
            switch Int.random(in: 0..<(inPlace ? 3 : 7), using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = [0x00, 0x01, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 6: bytes.removeLast(bytes.count - place)
            case 3: bytes.insert(contentsOf: bytes[other..<end], at: place)
            case 4: bytes.removeSubrange(other..<end)
            case 5:
                bytes.insert(contentsOf: Wire.varint(generator.next() >> UInt64.random(in: 0..<64, using: &generator)), at: place)
            default: break
            }
        }
        return bytes
    }

    @Test func survives700DamagedNetworks() throws {
        var generator = SeededGenerator(seed: 71)
        var valid = 0
        var kinds = Set<FormatError.Kind>()
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("net.onnx").path
            for round in 0..<700 {
                let bytes = mutated(Onnx.everything, inPlace: round % 3 > 0, &generator)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do throws(FormatError) {
                    let network = try NetworkReader.read(path)
                    checkInvariants(network, byteCount: bytes.count)
                    valid += 1
                } catch {
                    kinds.insert(error.kind)
                    #expect(error.message.count < 1400)
                    #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
                }
            }
        }
        // Changes in the weights leave a valid network; the others must get past the wire format as well as fail in it.
        #expect(kinds.count >= 6, "\(kinds)")
        #expect(valid > 50 && valid < 650, "\(valid) of 700 were read")
    }

    private func checkInvariants(_ network: Network, byteCount: Int) {
        #expect(network.parameterCount <= byteCount)
        #expect(throws: Never.self) { try network.check() }
        for parameter in network.parameters.values { #expect(parameter.values.floats.count == parameter.count) }
        guard network.unsupportedNodes.isEmpty else { return }
        #expect(throws: Never.self) { try network.shapes(batch: 3) }
        _ = network.layers
    }

    @Test func survives500DamagedIDXFiles() throws {
        var generator = SeededGenerator(seed: 50)
        let raw: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 3] + (0..<36).map { UInt8($0) }
        let zipped = try gzip(raw)
        var valid = 0
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("images").path
            for round in 0..<500 {
                let bytes = mutated(round % 2 == 0 ? raw : zipped, inPlace: round % 3 > 0, &generator)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do throws(FormatError) {
                    let tensor = try IDXReader.read(path: path)
                    #expect(tensor.bytes.count <= 1032 * bytes.count)
                    valid += 1
                } catch { #expect(!error.message.isEmpty) }
            }
        }
        #expect(valid > 20 && valid < 450, "\(valid) of 500 were read")
    }

    // Headers are where the structure lies; most changes go there.
    @Test("Damaged files of weights", arguments: ["m.safetensors", "m.npz", "m.gguf"])
    func survives600DamagedFilesOfWeights(name: String) throws {
        let array = WeightsFiles.npy("2, 3", data: WeightsFiles.floats([1, 2, 3, 4, 5, 6]))
        let header =
            #"{"a.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]}}"#
        let settings = [
            WeightsFiles.text("words") + WeightsFiles.number(UInt32(9)) + WeightsFiles.number(UInt32(8)) + WeightsFiles.number(UInt64(1))
                + WeightsFiles.text("x")
        ]
        let originals = [
            "m.safetensors": WeightsFiles.safetensors(header, data: 22),
            "m.npz": WeightsFiles.zip([.init(name: "a.npy", content: array), .init(name: "b.npy", content: array)]),
            "m.gguf": WeightsFiles.gguf(
                [.init(), .init(name: "b", dimensions: [32], type: 8, offset: 256)], size: 320, settings: settings),
        ]
        let original = try #require(originals[name])
        var generator = SeededGenerator(seed: 12)
        var kinds = Set<FormatError.Kind>()
        var valid = 0
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent(name).path
            for round in 0..<600 {
                let bytes = mutated(original, inPlace: round % 3 > 0, &generator)
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do throws(FormatError) {
                    guard let network = try WeightsReader.read(path) else { continue }
                    #expect(network.parameters.values.reduce(0) { $0 + $1.values.bytes.count } <= 1032 * bytes.count)
                    for parameter in network.parameters.values { #expect(parameter.values.floats.count == parameter.count) }
                    _ = network.layers
                    valid += 1
                } catch {
                    kinds.insert(error.kind)
                    #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
                }
            }
        }
        #expect(kinds.count >= 3, "\(kinds)")
        #expect(valid > 0 && valid < 580, "\(valid) of 600 were read")
    }
}

/// A gzip member of stored blocks, made by hand (RFC 1951, 1952).
func gzip(_ content: [UInt8]) throws -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    let chunks = stride(from: 0, to: content.count, by: 0xFFFF).map { content[$0..<min($0 + 0xFFFF, content.count)] }
    for (index, chunk) in chunks.enumerated() {
        let size = UInt16(chunk.count)
        result += [index == chunks.count - 1 ? 1 : 0, UInt8(size & 0xFF), UInt8(size >> 8), UInt8(~size & 0xFF), UInt8(~size >> 8)]
        result += chunk
    }
    var checksum = UInt32.max
    for byte in content {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    for number in [~checksum, UInt32(content.count)] { result += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    return result
}
