import Compression
import Exports
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// C of integers against its reference in Swift, bit for bit, and that against the float graph with its quantizers.
@Suite("C of integers", .enabled(if: CPrograms.isAvailable))
struct IntegerSourceTests {
    private struct Case {
        var name: String
        var applied: Applied
        var integers: IntegerNetwork
        var examples: [Int8]

        init(_ example: (name: String, network: Network), examples count: Int, seed: UInt64) throws {
            try example.network.check()
            name = example.name
            applied = Applied(unchanged: example.network)
            integers = try IntegerNetwork(applied)
            var generator = SeededGenerator(seed: seed)
            let size = integers.values[integers.input].count
            // The last example has the extremes only.
            examples = (0..<count * size).map { place in
                place < (count - 1) * size ? Int8.random(in: -128...127, using: &generator) : Bool.random(using: &generator) ? 127 : -128
            }
        }

        /// Of the reference.
        var expected: [Int] {
            let size = integers.values[integers.input].count
            return stride(from: 0, to: examples.count, by: size).flatMap {
                IntegerRun(integers, input: Array(examples[$0..<$0 + size])).output
            }
        }
    }

    @Test("Every operator is bit-equal to the reference")
    func operators() throws {
        try expectEqual(try QuantizedExamples.all.enumerated().map { try Case($1, examples: 3, seed: UInt64($0)) }, isOptimized: false)
    }

    @Test("Chains of layers, sums and pools are bit-equal to the reference")
    func chains() throws {
        try expectEqual(try (0..<6).map { try Case(QuantizedExamples.chain(seed: $0), examples: 2, seed: $0) }, isOptimized: true)
    }

    private func expectEqual(_ cases: [Case], isOptimized: Bool) throws {
        let found = try CPrograms.codes(cases.map { ($0.applied, $0.integers, $0.examples) }, isOptimized: isOptimized)
        for (example, found) in zip(cases, found) {
            #expect(found == example.expected, "\(example.name)")
            // Not all the same, which anything would be equal to.
            #expect(Set(found).count > 3, "\(example.name)")
        }
    }

    @Test("Each operator differs from the float graph by a step at most, in a thousandth of its values")
    func steps() throws {
        var (different, all) = (0, 0)
        for (index, example) in QuantizedExamples.all.enumerated() where !example.name.hasPrefix("wide") {
            let made = try Case(example, examples: 12, seed: 100 + UInt64(index))
            let found = made.expected
            let (input, output) = (made.integers.values[made.integers.input], made.integers.values[made.integers.output])
            let numbers = made.examples.map { Float(Int($0) - input.zeroPoint) * input.scale }
            let exact = try NetworkRun(example.network, input: numbers, batch: 12).output
            let codes = exact.map { Int(($0 / output.scale).rounded()) + output.zeroPoint }
            #expect(codes.count == found.count && zip(codes, found).allSatisfy { abs($0 - $1) <= 1 }, "\(example.name)")
            let count = zip(codes, found).count { $0 != $1 }
            #expect(Double(count) <= 0.004 * Double(codes.count) + 1, "\(example.name): \(count) of \(codes.count)")
            different += count
            all += codes.count
        }
        #expect(all > 30_000 && Double(different) <= 0.001 * Double(all), "\(different) of \(all)")
    }

    @Test("Sums at the end come out with 32 bits in one unit")
    func wide() throws {
        for channels in [nil, 7] {
            let example = QuantizedExamples.wide(channels: channels)
            let made = try Case(example, examples: 5, seed: 9)
            let (input, output) = (made.integers.values[made.integers.input], made.integers.values[made.integers.output])
            let numbers = made.examples.map { Float(Int($0) - input.zeroPoint) * input.scale }
            let exact = try NetworkRun(example.network, input: numbers, batch: 5).output
            #expect(made.integers.isWide && zip(made.expected, exact).allSatisfy { abs(Float($0) * output.scale - $1) <= output.scale })
        }
    }

    @Test("A plan's levels up to a clip, with examples as the card has them, come to the same classes as in floats")
    func planned() throws {
        let network = QuantizedExamples.planned
        let input = ModelCard.Input(shape: [1, 8, 8], scale: 1 / 255, mean: [0.25], standardDeviation: [0.5])
        let card = ModelCard(name: "planned", file: "planned.onnx", input: input)
        let applied = Applied(unchanged: network)
        let integers = try IntegerNetwork(applied, card: card)
        let place = integers.values[integers.input]
        #expect(place.zeroPoint == 64 - 128 && integers.isWide && isRefused { try IntegerNetwork(applied) })
        var generator = SeededGenerator(seed: 5)
        let pixels = (0..<50 * 64).map { _ in Int.random(in: 0...255, using: &generator) }
        let found = try CPrograms.codes([(applied, integers, pixels.map { Int8($0 - 128) })], card: card)[0]
        let expected = stride(from: 0, to: pixels.count, by: 64).flatMap { start in
            IntegerRun(integers, input: pixels[start..<start + 64].map { Int8($0 - 128) }).output
        }
        #expect(found == expected)
        let numbers = pixels.map { (Float($0) / 255 - 0.25) / 0.5 }
        let exact = try NetworkRun(network, input: numbers, batch: 50).output
        let scale = integers.values[integers.output].scale
        // Codes stand 0.25 of a step of 1/255 beside the pixels.
        #expect(NetworkRun.difference(found.map { Float($0) * scale }, exact) < 0.03)
    }

    private func isRefused(_ body: () throws -> IntegerNetwork) -> Bool { (try? body()) == nil }

    @Test("A factor is a multiplier in [2³⁰, 2³¹) and a shift, and rounds to the nearest", arguments: UInt64(0)..<4)
    func rescaling(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let factor = exp2(Double.random(in: -31...20, using: &generator))
            let rescaling = try #require(Rescaling(factor))
            #expect(rescaling.multiplier >= 1 << 30 && (1...62).contains(rescaling.shift))
            let sum = Int.random(in: -1_000_000...1_000_000, using: &generator)
            #expect(abs(Double(rescaling(sum)) - Double(sum) * factor) <= 0.5 + abs(Double(sum)) * factor * 0x1p-30)
        }
        #expect(Rescaling(0.5).map { [$0(1), $0(-1), $0(3), $0(-3)] } == [1, 0, 2, -1])
        #expect(Rescaling(0) == nil && Rescaling(-1) == nil && Rescaling(.nan) == nil && Rescaling(0x1p30) == nil)
        #expect(Rescaling(1.0.nextDown)?.multiplier == 1 << 30 && Rescaling(0x1p-50).map { $0(Int(Int32.max)) } == 0)
    }

    @Test("A network that is not of integers is computed in floats, and it is said which node is why")
    func fallback() throws {
        var example = QuantizedExamples("float weights", [8], seed: 3)
        let x = example.coarse("x", scale: 0.03, zero: 0)
        let output = example.add(.gemm(Gemm(transposeB: true)), [x, example.bias(8)])
        var network = example.ended(output)
        let weight = network.nodes[2].inputs[1]
        network.parameters[weight] = Parameter(
            name: weight, role: .weight, values: Tensor(shape: [4, 8], floats: (0..<32).map { Float($0).squareRoot() }))
        let applied = Applied(unchanged: network)
        let path = NSTemporaryDirectory() + "pare-integers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let report = try NetworkExport.write(applied, as: .c, to: path + "/n.c")
        let note = try #require(report.arithmetic)
        #expect(note.hasPrefix("Computed in floats: integers have no Gemm with weights '\(weight)' on no grid of 8 bits"), "\(note)")
        #expect("\(report)".contains(note))
        let input = NetworkRun.input(of: network, batch: 2, seed: 8)
        let expected = try NetworkRun(network, input: input, batch: 2).output
        #expect(NetworkRun.difference(try CPrograms.outputs([(applied, input)])[0], expected) <= 1e-5)
        let whole = Applied(unchanged: QuantizedExamples.chain(seed: 1).network)
        #expect(
            try NetworkExport.write(whole, as: .c, to: path + "/n.c").arithmetic
                == "Computed in integers: int8 × int8 → int32, without floats.")
        let text = try String(contentsOfFile: path + "/n.c", encoding: .utf8)
        #expect(!text.contains("float") && !text.contains("double") && !text.contains("memcpy"))
    }
}
