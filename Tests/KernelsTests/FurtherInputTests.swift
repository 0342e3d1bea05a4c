import Formats
import Foundation
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Networks with further inputs, branches and functions, against what ONNX Runtime gives of them; Scripts/make-input-fixtures.py makes both.
@Suite("Further inputs, branches and functions")
struct FurtherInputTests {
    struct Run: Decodable, Sendable {
        var inputs: [String: Double]
        var values: [Float]

        var given: [String: GivenInput] { inputs.mapValues { .number($0) } }
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var about: String
        var shape: [Int]
        var x: [Float]
        var runs: [Run]
        var refused: String?

        var testDescription: String { about }
        var path: String { FurtherInputTests.folder.appendingPathComponent(name + ".onnx").path }
        var example: Shape { Shape(Array(shape.dropFirst())) }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/inputs")
    static let all =
        (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appendingPathComponent("inputs.json")))) ?? []
    static let running = all.filter { $0.refused == nil }

    @Test func areThere() { #expect(Self.all.count == 10 && Self.running.count == 9) }

    private func outputs(_ network: Network, _ example: Case, isFast: Bool = false) throws -> [Float] {
        let count = example.shape[0]
        let executor: any NetworkExecutor =
            isFast ? try OneDNNExecutor(network: network, batchSize: count) : try ReferenceExecutor(network: network, batchSize: count)
        executor.withInput { _ = $0.update(fromContentsOf: example.x) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    private func expectNear(_ values: [Float], _ right: [Float], _ note: String) {
        let scale = right.reduce(0) { max($0, abs($1)) }
        #expect(values.count == right.count && zip(values, right).allSatisfy { abs($0 - $1) <= 1e-5 * scale }, "\(note)")
    }

    @Test(arguments: running) func isRight(example: Case) throws {
        for run in example.runs {
            let network = try NetworkReader.read(example.path, example: example.example, inputs: run.given)
            try network.check()
            #expect(network.blockingNodes.isEmpty)
            expectNear(try outputs(network, example), run.values, "\(run.inputs)")
            expectNear(try outputs(network, example, isFast: true), run.values, "\(run.inputs), oneDNN")
        }
    }

    /// What is written of one choice has the outputs of all others too, and the same inputs; so has what a container keeps.
    @Test(arguments: running) func isWrittenWhole(example: Case) throws {
        for run in example.runs {
            let network = try NetworkReader.read(example.path, example: example.example, inputs: run.given)
            let data = try NetworkWriter.data(of: network)
            for other in example.runs {
                let back = try NetworkReader.read(data, path: "back.onnx", inputs: other.given)
                #expect(back.inputs.dropFirst().elementsEqual(network.inputs.dropFirst()))
                #expect(back.outputs.map(\.name) == network.outputs.map(\.name))
                #expect(back.parameterCount == network.parameterCount)
                expectNear(try outputs(back, example), other.values, "\(run.inputs) → \(other.inputs)")
            }
            let skeleton = try NetworkWriter.skeleton(of: network, file: "a.pare")
            let contained = network.containedParameters
            let values = contained.map(\.values)
            let (kept, names) = try NetworkReader.read(skeleton: skeleton, parameters: values, file: "a.pare")
            #expect(names == contained.map(\.name))
            expectNear(try outputs(kept, example), run.values, "container of \(run.inputs)")
            let decoded = try NetworkWriter.data(of: kept)
            for other in example.runs {
                let back = try NetworkReader.read(decoded, path: "back.onnx", inputs: other.given)
                expectNear(try outputs(back, example), other.values, "container of \(run.inputs) → \(other.inputs)")
            }
        }
    }

    @Test func countsABranchThatDoesNotRun() throws {
        let example = try #require(Self.all.first { $0.name == "rates" })
        let high = try NetworkReader.read(example.path, inputs: ["sr": .number(16000)])
        let low = try NetworkReader.read(example.path, inputs: ["sr": .number(8000)])
        #expect(high.layers.map(\.weight) == ["w16", "v"] && low.layers.map(\.weight) == ["w8"])
        #expect(high.kept.unused.map(\.parameters) == [["w8", "k"]] && low.kept.unused.map { Set($0.parameters) } == [["w16", "b", "v"]])
        #expect(high.parameterCount == low.parameterCount)
        #expect(high.kept.unused.first?.reason == "the condition 'is16' is true")
    }

    @Test func namesWhatDecidesAnOpenIf() throws {
        for example in Self.all where example.refused != nil {
            let network = try NetworkReader.read(example.path)
            let reason = network.blockingNodes.compactMap { node -> String? in
                if case .unsupported(let operation) = node.operation { operation.reason } else { nil }
            }
            #expect(reason.last == "\(example.refused ?? ""): it depends on the values of 'x', which differ by example")
            #expect(network.layers.map(\.weight) == ["w"] && network.parameters.keys.contains("v"))
            #expect(try NetworkReader.read(NetworkWriter.data(of: network), path: "back.onnx").nodes == network.nodes)
        }
    }

    @Test func keepsNodesThatCanNotRun() throws {
        let example = try #require(Self.all.first { $0.name == "kept" })
        let network = try NetworkReader.read(example.path)
        #expect(network.unsupportedNodes.map(\.name) == ["loop", "top"] && network.blockingNodes.isEmpty)
        #expect(network.parameterCount == 16 * 5 + 5 * 5)
        let back = try NetworkReader.read(NetworkWriter.data(of: network), path: "back.onnx")
        #expect(back.nodes == network.nodes && back.outputs.map(\.name) == ["y", "best", "places"])
    }

    @Test func refusesWhatIsNoValueOfAnInput() throws {
        let example = try #require(Self.all.first { $0.name == "rates" })
        let wrong: [([String: GivenInput], String)] = [
            (["sr": .number(0.5)], "[scalar] of int64, the same for every example"), (["rate": .number(1)], "a further input: 'sr'"),
            (["sr": .tensor(Tensor(shape: [2], floats: [1, 2]))], "[scalar] of int64"),
        ]
        for (inputs, expected) in wrong { #expect(refusal(of: example.path, inputs).contains(expected), "\(expected)") }
    }

    private func refusal(of path: String, _ inputs: [String: GivenInput]) -> String {
        do throws(FormatError) {
            _ = try NetworkReader.read(path, inputs: inputs)
            return "read"
        } catch { return error.message }
    }

    @Test func drawsTokens() throws {
        let example = try #require(Self.all.first { $0.name == "tokens" })
        let network = try NetworkReader.read(example.path, example: example.example)
        #expect(network.wholeInputs == 0...29)
        let drawn = GeneratedInputs.dataset(for: network, card: nil, count: 20)
        #expect(drawn.name == "generated inputs (whole numbers 0…29, seed 1)")
        var seen: Set<Float> = []
        for place in 0..<20 { seen.formUnion(try drawn.pixels(of: place).floats) }
        #expect(seen.allSatisfy { $0 == $0.rounded() && (0...29).contains($0) } && seen.count > 20)
        // A number that names no row is no number, and is not taken for another.
        let executor = try OneDNNExecutor(network: network, batchSize: 1)
        executor.withInput { $0.update(repeating: 30) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        #expect(try executor.withLogits { $0.allSatisfy(\.isNaN) })
    }

    @Test func refusesWhatNestsTooDeep() throws {
        func nested(_ depth: Int) -> Wire {
            let branch = depth == 0 ? Wire() : Wire().message(1, nested(depth - 1))
            return Wire().text(4, "If").message(5, Wire().text(1, "then_branch").number(20, 5).message(6, branch))
        }
        func message(_ depth: Int) -> String {
            do throws(FormatError) {
                _ = try NetworkReader.read(Data(Onnx.model(Onnx.graph([nested(depth)]))), path: "nested.onnx")
                return "read"
            } catch { return error.message }
        }
        #expect(message(40).contains("expected at most 96 messages in each other, found more"))
        #expect(!message(20).contains("messages in each other"))
    }

    @Test func refusesFunctionsThatCallEachOther() throws {
        let call = Onnx.node("F", ["a"], "b", domain: "d")
        let function = Wire().text(1, "F").text(4, "a").text(5, "b").message(7, call).text(10, "d")
        let graph = Onnx.graph([Onnx.node("F", ["x"], "y", name: "f", domain: "d")])
        let model = Wire().number(1, 8).message(7, graph).message(8, Wire().text(1, "").number(2, 18)).message(25, function)
        do throws(FormatError) {
            _ = try NetworkReader.read(Data(model.bytes), path: "loop.onnx")
            Issue.record("it was read")
        } catch {
            #expect(error.kind == .limit && error.message.contains("48 deep"))
        }
    }
}
