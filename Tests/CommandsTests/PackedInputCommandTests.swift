import Formats
import Foundation
import Networks
import TestSupport
import Testing

@Suite("Inputs that differ by example, by name", .serialized)
struct PackedInputCommandTests {
    private static let folder = Workplace.root.appendingPathComponent("Tests/Fixtures/packed")
    private static func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func json(_ run: Workplace.Result) throws -> [String: Any] { try #require(run.json as? [String: Any], "\(run)") }

    private func accuracy(_ json: [String: Any]) -> Double? {
        ((json["accuracy"] as? [String: Any]) ?? (json["figure"] as? [String: Any]))?["current"] as? Double
    }

    /// Labels are ONNX Runtime's answers, so that all are right where each input has its place, its type and its scale.
    @Test func areFoundInTheData() throws {
        let place = try Workplace()
        let cases: [(String, [String], Double)] = [
            ("towers", [], 1), ("tokens", [], 1), ("states", ["--input", "rate=16000"], 1), ("values", [], 0.9), ("expanded", [], 1),
        ]
        for (name, options, least) in cases {
            let run = try place.run(["report", Self.file(name + ".onnx"), "--data", Self.file(name + ".npz"), "--json"] + options)
            let json = try json(run)
            let figure = try #require(accuracy(json), "\(name): \(run)")
            #expect(figure >= least - 1e-6 && figure <= 1 + 1e-6, "\(name) \(figure)")
            #expect(run.message.contains("inputs differ by example"), "\(run.message)")
            let parts = ((json["data"] as? [String: Any])?["input"] as? [String: Any])?["inputs"] as? [[String: Any]]
            #expect((parts?.count ?? 0) > 1, "\(name)")
        }
    }

    @Test func areGivenByFiles() throws {
        let place = try Workplace()
        let (network, data) = (Self.file("states.onnx"), Self.file("states.npz"))
        let whole = try json(place.run(["report", network, "--data", data, "--input", "rate=16000", "--json"]))
        let given = try place.run(
            ["report", network, "--data", data, "--input", "rate=16000", "--input", "state=\(data)", "--json"])
        #expect(try accuracy(json(given)) == accuracy(whole) && accuracy(whole) == 1)
        // Zeros are another network's answers.
        let zeros = try place.run(["report", network, "--data", data, "--input", "rate=16000", "--input", "state=0", "--json"])
        #expect(try (accuracy(json(zeros)) ?? 1) < 1 && zeros.message.contains("the input “state”"))
        let other = try place.run(
            ["report", network, "--data", data, "--input", "rate=16000", "--input", "state=\(Self.file("towers.npz"))#left_test"])
        #expect(other.code == 65 && other.message.contains("the same for every example"), "\(other)")
    }

    @Test func areDrawnEachByItsType() throws {
        let place = try Workplace()
        let run = try place.run(
            ["report", Self.file("tokens.onnx"), "--generate", "normal", "--count", "40", "--json", "--input-shape", "input_ids=1x12"])
        let json = try json(run)
        let name = (json["data"] as? [String: Any])?["name"] as? String ?? ""
        #expect(
            name
                == "generated inputs (input_ids: whole numbers 0…39, attention_mask: whole numbers 0…1, token_type_ids: whole numbers 0…1, seed 1)",
            "\(run)")
        #expect((json["agreement"] as? [String: Any])?["share"] as? Double == 1)
    }

    @Test func stayInSessionsAndFiles() throws {
        let place = try Workplace()
        let (network, data) = (Self.file("tokens.onnx"), Self.file("tokens.npz"))
        let terminal = try place.start(["explore", network, "--data", data, "--session", "texts"], width: 200)
        try terminal.expect("qw")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(try accuracy(json(place.run(["report", "--session", "texts", "--json"]))) == 1)
        for format in ["onnx", "onnx-qdq", "pare"] {
            var file = place.path + "/a.\(format == "pare" ? "pare" : "onnx")"
            let run = try place.run(["export", "--session", "texts", "--format", format, "-o", file])
            #expect(run.code == 0, "\(run)")
            #expect(try accuracy(json(place.run(["report", file, "--data", data, "--json"]))) == 1, "\(format)")
            if format == "pare" {
                #expect(try place.run(["decode", file, "-o", place.path + "/b.onnx"]).code == 0)
                file = place.path + "/b.onnx"
            }
            let inputs = try NetworkReader.inputs(of: file)
            #expect(
                inputs.map(\.name) == ["input_ids", "attention_mask", "token_type_ids"] && inputs.allSatisfy { $0.elementType == .int64 })
        }
    }

    /// Half of the weights are cut off; epochs on both inputs bring back what that cost.
    @Test func areTrained() throws {
        let place = try Workplace()
        let plan = try place.write("version: 1\nlayers:\n  \"*\": {ratio: 0.5}\n", to: "plan.yaml")
        let (network, data, file) = (Self.file("mixed.onnx"), Self.file("mixed.npz"), place.path + "/trained.onnx")
        let cut = try accuracy(json(place.run(["report", network, "--data", data, "--plan", plan, "--json"])))
        let run = try place.run(
            ["train", network, "--data", data, "--plan", plan, "--epochs", "30", "--batch", "8", "--rate", "0.02", "-o", file])
        #expect(run.code == 0, "\(run)")
        let back = try accuracy(json(place.run(["report", file, "--data", data, "--json"])))
        #expect(try #require(back) > 0.5 * (1 + #require(cut)), "\(String(describing: cut)) → \(String(describing: back))")
        #expect(try NetworkReader.inputs(of: file).map(\.name) == ["picture", "numbers"])
    }

    @Test func containersTakeOtherValues() throws {
        let place = try Workplace()
        let (network, data, file) = (Self.file("states.onnx"), Self.file("states.npz"), place.path + "/a.pare")
        #expect(
            try place.run(["export", network, "--data", data, "--input", "rate=16000", "--format", "pare", "-o", file]).code == 0)
        #expect(try accuracy(json(place.run(["report", file, "--data", data, "--json"]))) == 1)
        // A hyperbolic tangent by a negative factor turns the order of the answers about.
        let other = try place.run(["report", file, "--data", data, "--input", "rate=-16000", "--json"])
        #expect(try (accuracy(json(other)) ?? 1) < 0.5 && other.message.contains("is -16000 in every example"), "\(other)")
        let unknown = try place.run(["report", file, "--data", data, "--input", "pace=1"])
        #expect(unknown.code == 65 && unknown.message.contains("'pace'"), "\(unknown)")
    }
}
