import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Networks without an axis for examples, or that mix them along it, made by Scripts/make-whole-fixtures.py: one example is the whole input, as at batch 1.
@Suite("Whole inputs") struct WholeInputTests {
    static let names = ["flat", "means", "steps", "step", "squeezed"]
    static let whole = ["flat": [8, 8], "means": [5, 6], "steps": [7, 6], "step": [1, 6], "squeezed": [1, 2, 6, 6]]

    private func file(_ name: String) -> String { Workplace.root.appendingPathComponent("Tests/Fixtures/whole/" + name).path }

    private func read(_ name: String, _ path: String) throws -> Network {
        let sizes = try #require(Self.whole[name])
        return try NetworkReader.read(path, example: Shape(sizes[0] == 1 ? Array(sizes.dropFirst()) : sizes))
    }

    /// What it gives for the fixture's examples, one after another, as a part of the largest of ONNX Runtime's off.
    private func difference(_ network: Network, _ name: String) throws -> Float {
        let expected = try NPY.read(file("\(name)-outputs.npy"))
        let inputs = try NPY.read(file("\(name)-inputs.npy")).floats
        let executor = try OneDNNExecutor(network: network.ended, batchSize: 1)
        let size = network.inputShape.count
        var found: [Float] = []
        for start in stride(from: 0, to: inputs.count, by: size) {
            executor.withInput { _ = $0.update(fromContentsOf: inputs[start..<start + size]) }
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            found += try executor.withLogits { Array($0) }
        }
        #expect(found.count == expected.count)
        let scale = expected.floats.map(abs).max() ?? 1
        return zip(found, expected.floats).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
    }

    @Test(arguments: names) func isReadAsItStands(name: String) throws {
        let network = try read(name, file("\(name).onnx"))
        #expect(network.unsupportedNodes.isEmpty && network.whole?.input.dimensions == Self.whole[name])
        #expect(try difference(network, name) < 1e-5)
        #expect(throws: (any Error).self) { try OneDNNExecutor(network: network, batchSize: 2) }
    }

    /// Figures of a plan are those of one example after another, and say so.
    @Test(arguments: names) func isReported(name: String) throws {
        let place = try Workplace()
        let plan = place.path + "/plan.yaml"
        try Data("version: 1\nlayers:\n  \"*\": {level: 0.5}\n".utf8).write(to: URL(fileURLWithPath: plan))
        let arguments = [file("\(name).onnx"), "--data", file("\(name).npz"), "--measure", "fidelity", "--plan", plan, "--json"]
        let run = try place.run(["report"] + arguments)
        let json = try #require(run.json as? [String: Any], "\(run)")
        let fact = try #require(json["batchOne"] as? [String: Any])
        #expect(fact["wholeInput"] as? [Int] == Self.whole[name] && run.message.contains("as at batch 1"), "\(run.message)")
        let decibels = try #require((json["fidelity"] as? [String: Any])?["decibels"] as? Double)
        #expect(decibels.isFinite && decibels < 3)
    }

    /// What is written has the file's input and outputs again, and the same answers.
    @Test(arguments: names) func isWrittenAsItWasOpened(name: String) throws {
        let place = try Workplace()
        let target = place.path + "/again.onnx"
        let run = try place.run(["export", file("\(name).onnx"), "--data", file("\(name).npz"), "--format", "onnx", "-o", target])
        #expect(run.code == 0, "\(run)")
        let (before, after) = (try read(name, file("\(name).onnx")), try read(name, target))
        #expect(after.whole?.input == before.whole?.input && after.ended.outputs.map(\.name) == before.ended.outputs.map(\.name))
        #expect(after.input == "x" && after.nodes.count == before.nodes.count)
        #expect(try difference(after, name) < 1e-5)
        let packed = place.path + "/again.pare"
        #expect(try place.run(["export", file("\(name).onnx"), "--data", file("\(name).npz"), "--format", "pare", "-o", packed]).code == 0)
        let back = try place.run(["report", packed, "--data", file("\(name).npz"), "--measure", "fidelity", "--json"])
        #expect((back.json as? [String: Any])?["batchOne"] is [String: Any], "\(back)")
    }

    /// A size that is asked for is the whole one.
    @Test func takesStepsThatAreAskedFor() throws {
        let run = try Workplace().run([
            "report", file("steps.onnx"), "--input-shape", "3x6", "--generate", "normal", "--measure", "fidelity", "--json",
        ])
        let fact = try #require((run.json as? [String: Any])?["batchOne"] as? [String: Any], "\(run)")
        #expect(fact["wholeInput"] as? [Int] == [3, 6])
    }

    /// Where examples lie along the first axis, they still do, whatever first extent is named.
    @Test func leavesOthersAlone() throws {
        let path = Workplace.root.appendingPathComponent("Tests/Fixtures/cases/map.onnx").path
        #expect(try NetworkReader.read(path).whole == nil)
        #expect(try NetworkReader.read(path, example: [4, 3, 10, 10]).whole == nil)
    }
}
