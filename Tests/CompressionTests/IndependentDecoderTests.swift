import Compression
import Foundation
import Networks
import Tensors
import Testing

/// `Scripts/decode-pare.py`, which was written from Docs/Format.md alone, against Pare's own decoder.
@Suite("The decoder that knows the page alone", .serialized, .enabled(if: IndependentDecoder.isThere))
struct IndependentDecoderTests {
    private static let representations =
        CodingSamples.representations + [
            .linear(LinearQuantization(bits: 3)), .linear(LinearQuantization(bits: 8, isSymmetric: false, isPerChannel: true)),
            .shared(WeightSharing(bits: 1)), .shared(WeightSharing(bits: 6)),
            .shared(WeightSharing(bits: 3, span: .channel)), .shared(WeightSharing(bits: 2, span: .group(32))),
            .lattice(LatticeQuantization(step: 0.05)), .lattice(LatticeQuantization(step: 1, dither: 77)),
        ]

    private static let patterns: [PruningPattern?] = [nil] + ["2:4", "3:8", "1:32", "blocks 4", "blocks 8"].map(PruningPattern.init)

    /// Matrices both ways round, a convolution, a vector.
    private func layers(seed: UInt64) throws -> [LayerCase] {
        var generator = SeededGenerator(seed: seed)
        let shapes: [(Shape, isTransposed: Bool)] = [([9, 64], false), ([64, 7], true), ([6, 4, 3, 3], false), ([64], false)]
        return try shapes.map { shape, isTransposed in
            let weights = (0..<shape.count).map { _ in Float(0.1 * generator.laplace()) }
            return try LayerCase(weights, shape: shape, isTransposed: isTransposed, isConvolution: shape.rank > 2)
        }
    }

    /// Every way of writing that can hold what a plan makes of each layer.
    private func records(_ representation: WeightRepresentation, seed: UInt64) throws -> [ParameterRecord] {
        var records: [ParameterRecord] = []
        for layer in try layers(seed: seed) {
            // A file has the version of its newest record, so that not all have a pattern.
            let patterns = [.linear(LinearQuantization(bits: 3)), .float16].contains(representation) ? Self.patterns : [nil]
            for (level, pattern) in [0, 0.9, 1].flatMap({ level in patterns.map { (level, $0) } }) {
                var plan = LayerPlan(pruning: .level(level), weights: representation)
                plan.pattern = pattern
                let made = try layer.compressed(plan, findsOptimum: false)
                let parameter = Parameter(name: "w", role: .weight, values: made.weights)
                records += WeightCoding.allCases.compactMap { coding in
                    ParameterRecord.record(of: parameter, stored: made.stored, isTransposed: layer.layer.isTransposed, coding: coding)?
                        .record
                }
            }
        }
        let numbers = Tensor(shape: [2, 2], elementType: .int64, storage: TensorStorage(byteCount: 32) { $0[8] = 200 })
        records += [ParameterRecord.record(of: Parameter(name: "n", role: .other, values: numbers))?.record].compactMap { $0 }
        return records
    }

    @Test("Every form of values by every way of writing gives the same bits")
    func everything() throws {
        let folder = try IndependentDecoder.Folder()
        var (versions, codings, forms): (Set<UInt8>, Set<WeightCoding>, Set<String>) = ([], [], [])
        for (index, representation) in Self.representations.enumerated() {
            let records = try records(representation, seed: UInt64(index + 1))
            let names = records.indices.map { "layer\($0).weight" }
            let bytes = PareContainer(graph: IndependentDecoder.graph(names), records: records).bytes()
            versions.insert(bytes[PareContainer.magic.count])
            for record in records {
                guard case .levels(let values, let coding) = record.form else { continue }
                codings.insert(coding)
                forms.insert(String("\(values)".prefix { $0 != "(" }))
            }
            let found = try folder.checksums(of: bytes)
            let read = try PareContainer(ContainerBytes(bytes))
            for (index, record) in read.records.enumerated() {
                let tensor = try record.tensor(index: index)
                let expected = withExtendedLifetime(tensor) { ContainerRepair.checksum(tensor.bytes) }
                #expect(found[names[index]] == expected, "\(representation) \(record.form)")
            }
            #expect(found.count == records.count)
        }
        #expect(versions == Set(1...PareContainer.version) && codings == Set(WeightCoding.allCases))
        #expect(forms == ["codebook", "grid", "scaled", "cells", "dithered", "floats"])
    }

    @Test("The kept files of every version give the values that they had when they were made")
    func fixtures() throws {
        let fixtures = IndependentDecoder.root.appendingPathComponent("Tests/Fixtures/Containers")
        let text = try Data(contentsOf: fixtures.appendingPathComponent("checksums.json"))
        let folder = try IndependentDecoder.Folder()
        for (name, checksums) in try JSONDecoder().decode([String: [String: UInt32]].self, from: text) {
            let found = try folder.checksums(of: Array(try Data(contentsOf: fixtures.appendingPathComponent(name))))
            #expect(checksums.allSatisfy { found[$0.key] == $0.value }, "\(name)")
        }
    }
}

/// Runs the script.
enum IndependentDecoder {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let python = root.appendingPathComponent(".venv-test/bin/python").path
    static let isThere = FileManager.default.isExecutableFile(atPath: python)

    /// A folder that is gone after the test.
    final class Folder {
        private let path = FileManager.default.temporaryDirectory.appendingPathComponent("pare-decoder-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(at: path) }

        /// CRC-32 of every array that the script makes of a file, by zlib.
        func checksums(of bytes: [UInt8]) throws -> [String: UInt32] {
            let (file, arrays) = (path.appendingPathComponent("x.pare"), path.appendingPathComponent("x.npz"))
            try Data(bytes).write(to: file)
            _ = try run([root.appendingPathComponent("Scripts/decode-pare.py").path, file.path, "-o", arrays.path])
            let sums =
                "import json, sys, zlib, numpy; a = numpy.load(sys.argv[1]); print(json.dumps({n: zlib.crc32(a[n].tobytes()) for n in a}))"
            return try JSONDecoder().decode([String: UInt32].self, from: try run(["-c", sums, arrays.path]))
        }
    }

    /// What Python prints; throws with its messages where it fails.
    private static func run(_ arguments: [String]) throws -> Data {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(message: String(decoding: said, as: UTF8.self)) }
        return printed
    }

    struct Failed: Error { var message: String }

    /// A graph that names parameters and has nothing else, in protobuf's wire format.
    static func graph(_ names: [String]) -> [UInt8] {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            var (length, rest): ([UInt8], Int) = ([], content.count)
            while rest > 0x7F {
                length.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            return [number << 3 | 2] + length + [UInt8(rest)] + content
        }
        return [0] + field(7, names.flatMap { field(5, field(8, Array($0.utf8))) })
    }
}
