import Formats
import Foundation
import Networks
import Testing

/// `pare sensitivity`: which layer next, and how far.
@Suite("Sensitivity on the command line")
struct SensitivityCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func options(_ document: [String: Any]) throws -> [[String: Any]] {
        try #require((document["tables"] as? [[String: Any]])?.first?["options"] as? [[String: Any]])
    }

    @Test("Figures are those that the report has of a plan with the option; a picture and a file come with them; a session has them again")
    func figures() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let (svg, file) = (place.path + "/curves.svg", place.path + "/curves.json")
        let arguments = [
            "sensitivity", "lenet-300-100", "--generate", "normal", "--count", "500", "--family", "bits", "--whole", "--session", "kept",
        ]
        let run = try place.run(arguments + ["--svg", svg, "-o", file, "--json"])
        #expect(run.code == 0)
        let document = try object(run.output)
        let found = try options(document)
        #expect(found.count == 3 * 9 && found.allSatisfy { $0["exact"] as? Bool == true })
        #expect(try object(String(contentsOfFile: file, encoding: .utf8)) as NSDictionary == document as NSDictionary)
        let picture = try String(contentsOfFile: svg, encoding: .utf8)
        #expect(picture.contains("fc1") && picture.hasSuffix("</svg>\n") && picture.components(separatedBy: "<g ").count == 4)
        let own = try #require(found.first { $0["label"] as? String == "2 bits" && $0["layer"] as? String == "fc2.weight" })
        let plan = place.path + "/plan.yaml"
        try Data("version: 1\nlayers:\n  fc2.weight: {linear: {bits: 2}}\n".utf8).write(to: URL(fileURLWithPath: plan))
        let report = try object(
            place.run("report", "lenet-300-100", "--generate", "normal", "--count", "500", "--plan", plan, "--json").output)
        let agreement = try #require(report["agreement"] as? [String: Any])
        #expect(agreement["divergence"] as? Double == own["divergence"] as? Double)
        let again = try place.run(arguments + ["--json"])
        #expect(try object(again.output) as NSDictionary == document as NSDictionary)
        let text = try place.run(arguments)
        #expect(text.output.contains("Best next steps") && text.output.contains("bytes won"))
    }

    @Test("A plan is gone on from; without one nothing can be left out of it; wrong words are refused")
    func kinds() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let plan = place.path + "/plan.yaml"
        try Data("version: 1\nlayers:\n  fc1.weight: {level: 0.5}\n".utf8).write(to: URL(fileURLWithPath: plan))
        let arguments = [
            "sensitivity", "lenet-300-100", "--generate", "normal", "--count", "250", "--examples", "250", "--family", "pattern",
        ]
        let run = try place.run(arguments + ["--plan", plan, "--kind", "marginal", "--kind", "leave-one-out", "--json"])
        let tables = try #require(try object(run.output)["tables"] as? [[String: Any]])
        #expect(tables.map { $0["kind"] as? String } == ["marginal", "leave-one-out"])
        let bypass = try #require(tables.last?["options"] as? [[String: Any]])
        #expect(bypass.count == 1 && bypass.first?["layer"] as? String == "fc1.weight")
        #expect((bypass.first?["bytes"] as? Int ?? 0) > (bypass.first?["referenceBytes"] as? Int ?? 0))
        #expect(try place.run(arguments + ["--kind", "leave-one-out"]).code == 64)
        #expect(try place.run("sensitivity", "lenet-300-100", "--family", "luck").code == 64)
        #expect(try place.run("sensitivity", "lenet-300-100", "--svg", place.path + "/a.json").code == 64)
    }
}
