import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Several inputs that have no axis for examples in common, against what ONNX Runtime gives of them; Scripts/make-packed-fixtures.py makes both.
@Suite("Several inputs that are one example") struct OneExampleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Names in the order of the file, and all sizes of an example of each.
        var inputs: [(name: String, shape: Shape)]
        /// Sizes of the output of an example.
        var output: Shape

        var testDescription: String { name }
        var path: String { OneExampleTests.file(name + ".onnx") }
        var data: String { OneExampleTests.file(name + ".npz") }
        /// One example as the network reads it.
        var one: [String] { inputs.flatMap { ["--input", "\($0.name)=\(OneExampleTests.file(name + "-one.npz"))#\($0.name)"] } }

        func network(_ path: String? = nil) throws -> Network {
            let asked = inputs.map { ($0.name, GivenInput.examples($0.shape)) }
            return try NetworkReader.read(path ?? self.path, inputs: Dictionary(asked) { first, _ in first })
        }
    }

    static let all = [
        Case(
            name: "graph", inputs: [("element", [7]), ("position", [7, 3]), ("edges", [2, 12]), ("distance", [12]), ("chosen", [4])],
            output: [4, 3]),
        Case(name: "members", inputs: [("member", [5, 6]), ("present", [5])], output: [5, 3]),
        Case(name: "aligned", inputs: [("tokens", [1, 5]), ("near", [1, 5, 5])], output: [5, 5]),
    ]

    static func file(_ name: String) -> String { Workplace.root.appendingPathComponent("Tests/Fixtures/packed/" + name).path }

    /// What a network gives for all test examples, one after another.
    private func outputs(_ network: Network, _ example: Case, isFast: Bool) throws -> [Float] {
        var loader = DatasetLoader(directory: example.data, environment: [:])
        (loader.packed, loader.inputShape, loader.inputNames) = (network.packed, network.inputShape, example.inputs.map(\.name))
        let data = try loader.load(.test)
        let executor: any NetworkExecutor =
            isFast ? try OneDNNExecutor(network: network, batchSize: 1) : try ReferenceExecutor(network: network, batchSize: 1)
        return try (0..<data.count).flatMap { place -> [Float] in
            var failure: (any Error)?
            executor.withInput { input in do { try data.fill(input, with: [place]) } catch { failure = error } }
            if let failure { throw failure }
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            return try executor.withLogits { Array($0) }
        }
    }

    private func expectRight(_ network: Network, _ example: Case, isFast: Bool = false) throws {
        let right = try NPZ(path: example.data).tensor("runtime").floats
        let found = try outputs(network, example, isFast: isFast)
        let scale = right.reduce(0) { max($0, abs($1)) }
        #expect(found.count == right.count && zip(found, right).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
    }

    @Test(arguments: all) func isRight(example: Case) throws {
        let network = try example.network().ended
        try network.check()
        #expect(network.blockingNodes.isEmpty && network.packed?.parts.map(\.wholeShape) == example.inputs.map(\.shape))
        #expect(network.whole != nil && network.batch(64) == 1)
        try expectRight(network, example)
        try expectRight(network, example, isFast: true)
    }

    /// Files have the inputs and outputs as they were, at these sizes, and give the same.
    @Test(arguments: all) func isWritten(example: Case) throws {
        let place = try Workplace()
        let (target, packed) = (place.path + "/again.onnx", place.path + "/again.pare")
        #expect(try place.run(["export", example.path, "--data", example.data, "-o", target]).code == 0)
        let stated = try NetworkReader.inputs(of: target)
        #expect(stated.map(\.name) == example.inputs.map(\.name))
        #expect(
            stated.map { Shape(($0.axes ?? []).map { if case .fixed(let size) = $0 { size } else { 0 } }) } == example.inputs.map(\.shape))
        try expectRight(try example.network(target).ended, example)
        #expect(try place.run(["export", example.path, "--data", example.data, "-o", packed]).code == 0)
        let (kept, plan) = (try place.run(["report", packed, "--data", example.data, "--json"]), place.path + "/plan.yaml")
        #expect(Self.whole(kept.json).map(\.shape) == example.inputs.map(\.shape), "\(kept)")
        try Data("version: 1\nlayers:\n  \"*\": {level: 0.5}\n".utf8).write(to: URL(fileURLWithPath: plan))
        let figures = try [example.path, packed, target].map { file in
            let run = try place.run(["report", file, "--data", example.data, "--measure", "fidelity", "--plan", plan, "--json"])
            return try #require(((run.json as? [String: Any])?["fidelity"] as? [String: Any])?["decibels"] as? Double, "\(run)")
        }
        #expect(figures.allSatisfy { abs($0 - figures[0]) < 1e-3 } && figures[0] > -60, "\(figures)")
    }

    private static func whole(_ json: Any?) -> [(name: String, shape: Shape)] {
        let fact = (json as? [String: Any])?["batchOne"] as? [String: Any]
        return (fact?["wholeInputs"] as? [[String: Any]] ?? []).map { input in
            (input["name"] as? String ?? "", Shape(input["shape"] as? [Int] ?? []))
        }
    }

    /// Arrays as the file states its inputs are one example, of files of their own and of one archive.
    @Test(arguments: all) func arraysAreOneExample(example: Case) throws {
        let place = try Workplace()
        for way in [example.one, ["--data", Self.file(example.name + "-one.npz")]] {
            let run = try place.run(["report", example.path, "--json", "--measure", "fidelity"] + way)
            #expect(run.code == 0 && Self.whole(run.json).map(\.shape) == example.inputs.map(\.shape), "\(run)")
            let fidelity = (run.json as? [String: Any])?["fidelity"] as? [String: Any]
            #expect(fidelity?["examples"] as? Int == 1, "\(run)")
        }
    }

    @Test func sizesAreAskedFor() throws {
        let place = try Workplace()
        let file = Self.file("members.onnx")
        let both = ["--input-shape", "member=4x6", "--input-shape", "present=4", "--generate", "normal", "--count", "3", "--json"]
        let run = try place.run(["report", file] + both)
        #expect(run.code == 0 && Self.whole(run.json).map(\.shape) == [[4, 6], [4]], "\(run)")
        let other = try place.run(["report", file, "--input-shape", "member=4x6", "--input-shape", "present=5"])
        #expect(other.message.contains("'present'") && other.message.contains("'member' has 4 for D") && other.code == 65, "\(other)")
        let none = try place.run(["report", file, "--input-shape", "present="])
        #expect(none.message.contains("sizes above 0") && none.code == 64, "\(none)")
        let open = try place.run(["report", Self.file("graph.onnx"), "--input-shape", "edges=2x12", "--input-shape", "element=7"])
        #expect(!open.message.contains("[2×1]"), "\(open)")
    }

    /// The number of examples may be said with a shape, as it may where no input is named.
    @Test func numbersOfExamplesAreNoSizes() throws {
        let run = try Workplace().run([
            "report", Self.file("towers.onnx"), "--data", Self.file("towers.npz"), "--input-shape", "left=8x1x8x8", "--json",
        ])
        #expect(run.code == 0 && (run.json as? [String: Any])?["batchOne"] is NSNull, "\(run)")
    }

    @Test func whatDoesNotFitIsSaid() throws {
        let place = try Workplace()
        let edges = Self.file("graph-one.npz") + "#edges"
        let run = try place.run(["report", Self.file("members.onnx"), "--input", "present=\(edges)"])
        #expect(run.message.contains("[D]") && run.message.contains("x[None]") && run.code != 0, "\(run)")
    }
}
