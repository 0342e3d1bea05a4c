import Formats
import Foundation
import Networks
import TestSupport
import Testing

/// Classifiers that end in other ways than one Softmax that nothing else reads: Scripts/make-ending-fixtures.py makes them and what ONNX Runtime finds.
@Suite("Ends of classifiers", .serialized) struct EndingTests {
    struct Figure: Decodable {
        var right: Int
        var crossEntropy: Double
    }

    /// The outputs of the file, in its order.
    static let outputs = [
        "written-out": ["p"], "written-out-and-label": ["label", "p"], "label-of-probabilities": ["label", "p"],
        "table-of-classes": ["label", "table"], "empty-part": ["p"],
        "exponential": ["p"], "exponential-written-out": ["label", "p"], "two-classes": ["p"], "logistic-regression": ["label", "p"],
        "one-against-rest": ["label", "p"], "linear-of-two": ["label", "s"], "scaled-and-regressed": ["p"],
    ]

    private func file(_ name: String) -> String { Workplace.root.appendingPathComponent("Tests/Fixtures/endings/" + name).path }

    private func check(_ run: Workplace.Result, _ expected: Figure) throws {
        let json = try #require(run.json as? [String: Any], "\(run)")
        let accuracy = try #require(json["accuracy"] as? [String: Any], "\(run)")
        let (current, entropy) = (accuracy["current"] as? Double ?? -1, accuracy["crossEntropy"] as? Double ?? -1)
        #expect(abs(current * 24 - Double(expected.right)) < 1e-6 && abs(entropy - expected.crossEntropy) < 1e-5, "\(current) \(entropy)")
    }

    @Test("figures are those of the probabilities, of the opened file and of the written ones", arguments: outputs.keys.sorted())
    func figures(name: String) throws {
        let all = try JSONDecoder().decode([String: Figure].self, from: Data(contentsOf: URL(fileURLWithPath: file("figures.json"))))
        let (expected, place) = (try #require(all[name]), try Workplace())
        let (source, data) = (file(name + ".onnx"), file(name + ".npz"))
        try check(place.run("report", source, "--data", data, "--json"), expected)
        for format in ["onnx", "pare"] {
            let target = place.path + "/again." + format
            let run = try place.run("export", source, "--data", data, "--format", format, "-o", target)
            #expect(run.code == 0, "\(run)")
            try check(place.run("report", target, "--data", data, "--json"), expected)
            if format == "onnx" { #expect(try NetworkReader.read(target).ended.statedOrder == Self.outputs[name]) }
        }
    }

    @Test("Where nearness to the original is asked for, what the Softmax reads is compared, and that is said")
    func saysWhatIsCompared() throws {
        let arguments = ["report", file("written-out.onnx"), "--data", file("written-out.npz"), "--measure", "fidelity"]
        let json = try #require(try Workplace().run(arguments + ["--json"]).json as? [String: Any])
        #expect((json["fidelity"] as? [String: Any])?["before"] as? String == "Softmax")
        let text = try Workplace().run(arguments).output
        #expect(text.contains("what the Softmax reads that ends “p”, [4], is compared, not what it gives"), "\(text)")
    }
}

extension Network {
    /// Names of the outputs in the order of the file.
    fileprivate var statedOrder: [String] { statedOutputs.isEmpty ? outputs.map(\.name) : statedOutputs }
}
