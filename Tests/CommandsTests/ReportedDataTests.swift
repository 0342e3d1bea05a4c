import Formats
import Foundation
import Networks
import Testing

/// Files of examples that people came with, made by Scripts/make-case-fixtures.py: labels of every form, and data that can't be used.
@Suite("Reported data")
struct ReportedDataTests {
    struct Example: Decodable, CustomTestStringConvertible, Sendable {
        var name: String
        var code: Int32
        /// What is said of them.
        var words: [String]
        var accuracy: Double?
        /// Whether values are no numbers.
        var nan: Bool?

        var testDescription: String { name }
        static let folder = ReportedCaseTests.Case.folder
        var path: String { Self.folder.appendingPathComponent("data-\(name).npz").path }
        static let network = folder.appendingPathComponent("forms.onnx").path
    }

    static let files =
        (try? JSONDecoder().decode([Example].self, from: Data(contentsOf: Example.folder.appendingPathComponent("data.json")))) ?? []

    @Test func areThere() { #expect(Self.files.count == 16) }

    @Test(arguments: files) func isToldOf(example: Example) throws {
        let place = try Workplace()
        let run = try place.run("report", Example.network, "--data", example.path, "--json")
        #expect(run.code == example.code && example.words.allSatisfy(run.message.contains), "\(run)")
        guard example.code == 0 else { return }
        let json = try #require(run.json as? [String: Any])
        let accuracy = try #require(json["accuracy"] as? [String: Any])
        if let expected = example.accuracy { #expect(accuracy["current"] as? Double == expected) }
        guard example.nan == true else { return }
        // Every fourth of 40 examples holds a NaN, in both halves together; no kernel makes a number of it.
        let test = try #require(
            try place.run("report", Example.network, "--data", example.path, "--split", "test", "--json").json as? [String: Any])
        let counts = [json, test].map { report -> [Int?] in
            let input = (report["data"] as? [String: Any])?["input"] as? [String: Any]
            return [input?["notFinite"] as? Int, (report["accuracy"] as? [String: Any])?["notANumber"] as? Int]
        }
        #expect(counts.allSatisfy { $0[0] != nil && $0[0] == $0[1] } && counts.compactMap { $0[0] }.reduce(0, +) == 10, "\(counts)")
        let (wrong, count) = (counts[0][0] ?? 0, accuracy["evaluated"] as? Int ?? 0)
        #expect(count == 20 && accuracy["current"] as? Double == 1 - Double(wrong) / 20)
    }

    /// Every command that examples are named to: 65 for those that can't be used, 66 only for a file that is not there; and nothing is written.
    @Test(arguments: files.filter { $0.code != 0 && $0.name != "all-nan" }) func isRefusedEverywhere(example: Example) throws {
        let place = try Workplace()
        let commands = [
            ["train", "--epochs", "1", "-o", "out.onnx"], ["export", "-o", "out.pare"],
            ["budget", "--budget", "macs:50%", "-o", "out.yaml"],
            ["thin", "--filters", "w1:25%", "-o", "out.onnx"], ["picture", "-o", "out.svg"],
        ]
        for command in commands {
            let arguments = [command[0], Example.network] + command.dropFirst() + ["--data", example.path]
            let run = try place.run(Array(arguments))
            #expect(run.code == example.code && run.message.contains("data-\(example.name).npz"), "\(command[0]): \(run)")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasPrefix("out") }
        #expect(left.isEmpty, "\(left)")
    }

    /// A card that lists the classes gives text its order, and makes a set with some of them usable.
    @Test func takesTheOrderOfTheCard() throws {
        let file = try #require(Self.files.first { $0.name == "few-names" })
        let card = try JSONDecoder().decode(
            ModelCard.self,
            from: Data(
                #"{"name":"n","file":"n.onnx","classes":["elk","dog","cat","bee","ant"],"input":{"shape":[16],"scale":1,"mean":[0],"standardDeviation":[1]}}"#
                    .utf8))
        func loaded(_ card: ModelCard?, classes: Int) throws -> (labels: [[Float]: Int32], sets: [Dataset]) {
            var loader = DatasetLoader(directory: file.path, environment: [:], card: card)
            loader.classCount = classes
            let sets = try [DatasetSplit.validation, .test].map(loader.load)
            let pairs = try sets.flatMap { set in try set.labels.indices.map { (try set.pixels(of: $0).floats, set.labels[$0]) } }
            return (Dictionary(uniqueKeysWithValues: pairs), sets)
        }
        let (byCard, byAlphabet) = (try loaded(card, classes: 5), try loaded(nil, classes: 4))
        #expect(byCard.labels.count == 32 && byCard.labels == byAlphabet.labels.mapValues { 4 - $0 })
        #expect(byCard.sets[0].classNames.first == "elk" && byAlphabet.sets[0].classNames == ["ant", "bee", "cat", "dog"])
        #expect(byCard.sets[0].remark?.contains("in the model card's order") == true)
    }

    /// A convolution of one axis is pruned and retrained, and measures as the training said.
    @Test func trainsConvolutionsOfOneAxis() throws {
        let place = try Workplace()
        let example = try #require(ReportedCaseTests.cases.first { $0.name == "conv1d" })
        let plan = try place.write("version: 1\nlayers: {w: {level: 0.5}}\n", to: "plan.yaml")
        let output = place.path + "/out.onnx"
        let run = try place.run(
            "train", example.network, "--data", example.examples, "--plan", plan, "--epochs", "3", "--rate", "0.01", "-o", output, "--json")
        #expect(run.code == 0, "\(run.message)")
        let lines = try run.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let told = try #require((lines.last?["validation"] as? [String: Any])?["current"] as? Double)
        let report = try #require(try place.run("report", output, "--data", example.examples, "--json").json as? [String: Any])
        #expect((report["accuracy"] as? [String: Any])?["current"] as? Double == told)
        let layers = try #require(report["layers"] as? [[String: Any]])
        #expect(layers.first?["sparsity"] as? Double == 0.5)
    }
}
