import Formats
import Foundation
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Networks of several inputs that differ by example, against what ONNX Runtime gives of them; Scripts/make-packed-fixtures.py makes both.
@Suite("Several inputs that differ by example")
struct PackedInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Names in the order of the file, and the shape of one example where the file leaves it open.
        var inputs: [String]
        var shape: Shape?
        var given: [String: GivenInput] = [:]

        var testDescription: String { name }
        var path: String { PackedInputTests.folder.appendingPathComponent(name + ".onnx").path }
        var data: String { PackedInputTests.folder.appendingPathComponent(name + ".npz").path }
        var choice: [String: GivenInput] {
            given.merging(inputs.map { ($0, .examples(shape)) }) { first, _ in first }
        }

        func network() throws -> Network { try NetworkReader.read(path, inputs: choice) }

        /// The test examples in their order, with what ONNX Runtime gives of them.
        func examples(_ network: Network) throws -> (Dataset, [Float]) {
            var loader = DatasetLoader(directory: data, environment: [:])
            (loader.packed, loader.inputShape, loader.inputNames) = (network.packed, network.inputShape, inputs)
            (loader.classCount, loader.readsIntegers) = (network.classCount, false)
            return (try loader.load(.test), try NPZ(path: data).tensor("runtime").floats)
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/packed")
    static let all = [
        Case(name: "towers", inputs: ["left", "right"]),
        Case(name: "tokens", inputs: ["input_ids", "attention_mask", "token_type_ids"], shape: [12]),
        Case(name: "states", inputs: ["sound", "state"], given: ["rate": .number(16000)]),
        Case(name: "mixed", inputs: ["picture", "numbers"]),
        Case(name: "values", inputs: ["picture", "category", "numbers", "truths"]),
        Case(name: "expanded", inputs: ["numbers", "rater"]),
    ]

    private func outputs(_ network: Network, _ data: Dataset, isFast: Bool = false) throws -> [Float] {
        let executor: any NetworkExecutor =
            isFast
            ? try OneDNNExecutor(network: network, batchSize: data.count) : try ReferenceExecutor(network: network, batchSize: data.count)
        var failure: (any Error)?
        executor.withInput { input in do { try data.fill(input, with: Array(0..<data.count)[...]) } catch { failure = error } }
        if let failure { throw failure }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    private func expectNear(_ values: [Float], _ right: [Float], _ note: String) {
        let scale = right.reduce(0) { max($0, abs($1)) }
        #expect(values.count == right.count && zip(values, right).allSatisfy { abs($0 - $1) <= 1e-5 * scale }, "\(note)")
    }

    @Test(arguments: all) func isRight(example: Case) throws {
        let network = try example.network().ended
        try network.check()
        #expect(network.packed?.parts.map(\.name) == example.inputs && network.blockingNodes.isEmpty)
        let (data, right) = try example.examples(network)
        #expect(data.count == 24 && data.facts?.parts?.count == example.inputs.count && data.sha256 != nil)
        expectNear(try outputs(network, data), right, "reference")
        expectNear(try outputs(network, data, isFast: true), right, "oneDNN")
    }

    /// Inputs have their names, types and order in files again, and what is read back is the same network.
    @Test(arguments: all) func isWritten(example: Case) throws {
        let network = try example.network()
        let (data, right) = try example.examples(network)
        let file = try NetworkWriter.data(of: network.ended)
        let path = NSTemporaryDirectory() + "packed-\(example.name)-\(UUID().uuidString).onnx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.write(to: URL(fileURLWithPath: path))
        let (stated, before) = (try NetworkReader.inputs(of: path), try NetworkReader.inputs(of: example.path))
        #expect(stated.map(\.name) == before.map(\.name) && stated.map(\.elementType) == before.map(\.elementType))
        #expect(stated.map { $0.axes?.count } == before.map { $0.axes?.count })
        let back = try NetworkReader.read(path, inputs: example.choice)
        #expect(back.nodes == network.nodes && back.inputs.first == network.inputs.first)
        expectNear(try outputs(back.ended, data), right, "file")
        let skeleton = try NetworkWriter.skeleton(of: network.ended, file: "a.pare")
        let (kept, names) = try NetworkReader.read(
            skeleton: skeleton, parameters: network.parameters.values.map(\.values), file: "a.pare")
        #expect(names == Array(network.parameters.keys) && kept.packed?.parts.map(\.range) == network.packed?.parts.map(\.range))
        expectNear(try outputs(kept.ended, data), right, "container")
    }

    /// What a container keeps of an input gives way to what is said now.
    @Test func containersTakeOtherValues() throws {
        let example = Self.all[2]
        let network = try example.network()
        let (data, right) = try example.examples(network)
        let skeleton = try NetworkWriter.skeleton(of: network, file: "a.pare")
        let values = network.parameters.values.map(\.values)
        let (other, _) = try NetworkReader.read(skeleton: skeleton, parameters: values, file: "a.pare", inputs: ["rate": .number(8000)])
        #expect(other.packed != nil && other.fixedInputs.map(\.name) == ["rate"])
        let half = try outputs(other, data)
        #expect(half.count == right.count && zip(half, right).contains { abs($0 - $1) > 1e-3 })
        let direct = try NetworkReader.read(example.path, inputs: example.choice.merging(["rate": .number(8000)]) { $1 })
        expectNear(half, try outputs(direct, data), "the file with that rate")
        let (still, _) = try NetworkReader.read(skeleton: skeleton, parameters: values, file: "a.pare", inputs: ["state": .number(0)])
        #expect(still.packed == nil && still.input == "sound" && still.fixedInputs.map(\.name) == ["rate", "state"])
    }

    @Test func areDrawnByTheirTypes() throws {
        let ranges: [String: [ClosedRange<Float>?]] = [
            "tokens": [0...39, 0...1, 0...1], "values": [nil, 0...6, nil, 0...1], "towers": [nil, nil], "mixed": [nil, nil],
            "states": [nil, nil], "expanded": [nil, nil],
        ]
        for example in Self.all {
            let network = try example.network()
            let data = GeneratedInputs.dataset(for: network, card: nil, count: 30)
            let parts = try #require(network.packed?.parts)
            for (part, range) in zip(parts, try #require(ranges[example.name])) {
                let values = try (0..<30).flatMap { Array(try data.pixels(of: $0).floats[part.range]) }
                guard let range else {
                    #expect(Set(values).count > values.count / 2, "\(example.name) \(part.name)")
                    continue
                }
                #expect(values.allSatisfy { $0 == $0.rounded() && range.contains($0) } && Set(values).count > 1, "\(part.name)")
            }
            #expect(data.kind == .generated && data.count == 30)
        }
    }

    @Test func saysWhatIsMissing() throws {
        let network = try Self.all[0].network()
        var loader = DatasetLoader(directory: Self.all[1].data, environment: [:])
        (loader.packed, loader.inputShape, loader.inputNames) = (network.packed, network.inputShape, ["left", "right"])
        do throws(FormatError) {
            _ = try loader.load(.test)
            Issue.record("it was loaded")
        } catch { #expect(error.message.contains("input_ids_train") || error.message.contains("'left'"), "\(error.message)") }
    }

    @Test func namesOfArraysAreThoseOfInputs() throws {
        let network = try Self.all[1].network()
        let found = DatasetLoader(directory: Self.all[1].data, environment: [:]).inputsFound(among: Self.all[1].inputs + ["absent"])
        #expect(
            found.named == ["input_ids": [24, 12], "attention_mask": [24, 12], "token_type_ids": [24, 12]] && !found.hasOthers
                && network.exampleWords == "input_ids [12], attention_mask [12], token_type_ids [12]")
    }
}
