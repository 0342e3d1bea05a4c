import Formats
import Foundation
import Networks
import Testing

/// Situations that people reported of such tools, made again by Scripts/make-case-fixtures.py with what ONNX Runtime says of them.
@Suite("Reported situations")
struct ReportedCaseTests {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        var name: String
        var about: String
        /// The file of examples, where it is another's.
        var data: String?
        var accuracy: Double?
        /// Mean cross-entropy on them.
        var entropy: Double?
        /// What every layer's weights are, beginning.
        var stored: String?
        var zeros: Double?
        /// What the measured output holds where that is no list of classes.
        var output: [Int]?
        /// Names of all outputs.
        var outputs: [String]?
        /// Numbers of the file that are computed with.
        var parameters: Int?
        /// The operator that the network ends in.
        var ending: String?

        var testDescription: String { about }
        static let folder = Workplace.root.appendingPathComponent("Tests/Fixtures/cases")
        var network: String { Self.folder.appendingPathComponent(name + ".onnx").path }
        var examples: String { Self.folder.appendingPathComponent((data ?? name) + ".npz").path }
    }

    static let cases =
        (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: Case.folder.appendingPathComponent("cases.json")))) ?? []

    @Test func areThere() { #expect(Self.cases.count == 39) }

    @Test(arguments: cases) func isRight(example: Case) throws {
        let place = try Workplace()
        let data = example.accuracy == nil ? [] : ["--data", example.examples]
        let run = try place.run(["report", example.network] + data + ["--json"])
        let json = try #require(run.json as? [String: Any], "\(run)")
        let accuracy = json["accuracy"] as? [String: Any] ?? json["figure"] as? [String: Any]
        #expect(accuracy?["current"] as? Double == example.accuracy, "\(run.message)")
        let fidelity = json["fidelity"] as? [String: Any]
        #expect(fidelity?["shape"] as? [Int] == example.output && json["agreement"] is NSNull)
        let layers = try #require(json["layers"] as? [[String: Any]])
        #expect(!layers.isEmpty)
        if let entropy = example.entropy {
            // Where a sum of integers lies on the edge of two levels, one of some thousand values may be a step off.
            #expect(abs((accuracy?["crossEntropy"] as? Double ?? 99) - entropy) < (example.stored == nil ? 1e-6 : 1e-3))
        }
        // Nothing was changed, so nothing was lost, and it is as large as it came.
        let bytes = try #require(json["bytes"] as? [String: Any])
        #expect(bytes["ratioOfCame"] as? Double == 1 && bytes["came"] as? Int == bytes["compressed"] as? Int)
        if example.stored == nil, example.zeros == nil { #expect(bytes["came"] as? Int == bytes["stored"] as? Int) }
        for layer in layers { #expect((layer["signalToNoise"] as? [String: Any])?.values.allSatisfy { $0 is NSNull } == true) }
        if let stored = example.stored {
            for layer in layers {
                let found = layer["stored"] as? String ?? ""
                #expect(layer["bits"] as? Int ?? 32 <= 8 && (found == "grid" || found.hasPrefix(stored)), "\(found)")
            }
        }
        if let parameters = example.parameters { #expect((json["network"] as? [String: Any])?["parameters"] as? Int == parameters) }
        if let zeros = example.zeros { #expect(abs((json["sparsity"] as? Double ?? -1) - zeros) < 1e-9) }
    }

    /// The opened and the written file have the same outputs, and end alike.
    @Test(arguments: cases) func isWrittenWhole(example: Case) throws {
        let place = try Workplace()
        let opened = try NetworkReader.read(example.network)
        for format in ["onnx", "onnx-qdq"] {
            let file = place.path + "/\(format).onnx"
            let arguments = example.accuracy == nil ? [] : ["--data", example.examples]
            let run = try place.run(["export", example.network, "--format", format, "-o", file] + arguments)
            #expect(run.code == 0, "\(run)")
            let back = try NetworkReader.read(file)
            #expect(back.ended.outputs.map(\.name) == example.outputs ?? [opened.ended.output])
            #expect(back.finalSoftmax == example.ending || example.outputs != nil)
            if let parameters = example.parameters { #expect(back.parameterCount == parameters) }
        }
    }

    /// What a graph computes from constants is in no container, and read from one it is what it was.
    @Test(arguments: cases.filter { $0.parameters != nil }) func isContainedWithoutComputed(example: Case) throws {
        let place = try Workplace()
        let (file, back) = (place.path + "/n.pare", place.path + "/n.onnx")
        for (from, to) in [(example.network, file), (file, back)] {
            let run = try place.run(["export", from, "-o", to, "--data", example.examples])
            #expect(run.code == 0, "\(run)")
        }
        let (opened, again) = (try NetworkReader.read(example.network), try NetworkReader.read(back))
        #expect(again.parameterCount == opened.parameterCount && again.kept.expanded == opened.kept.expanded)
        #expect(!opened.kept.expanded.isEmpty && Set(opened.layers.map(\.weight)).isDisjoint(with: opened.kept.expanded.keys))
        for name in opened.kept.expanded.keys { #expect(again.parameters[name]?.values.floats == opened.parameters[name]?.values.floats) }
        let run = try place.run(["report", file, "--data", example.examples, "--json"])
        let json = try #require(run.json as? [String: Any], "\(run)")
        #expect((json["accuracy"] as? [String: Any])?["current"] as? Double == example.accuracy)
    }
}
