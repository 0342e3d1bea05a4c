import Exports
import Formats
import Foundation
import Networks
import Testing

@Suite("A network against the one that it was made of", .enabled(if: Workplace.hasData), .serialized)
struct AgainstTests {
    private func report(_ place: Workplace, _ arguments: String...) throws -> [String: Any] {
        let run = try place.run(["report"] + arguments + ["--json"])
        #expect(run.code == 0, "\(run.message)")
        return try #require(run.json as? [String: Any])
    }

    @Test("A container held against its network has the figures of the plan, pair by pair")
    func container() throws {
        let place = try Workplace()
        let plan = try place.write(ExportSamples.pruneAndShare["lenet-300-100"] ?? "", to: "plan.yaml")
        let file = place.path + "/small.pare"
        #expect(try place.run("export", "lenet-300-100", "--plan", plan, "--format", "pare", "-o", file).code == 0)
        let expected = try report(place, "lenet-300-100", "--plan", plan)
        let found = try report(place, file, "--against", "lenet-300-100")
        let accuracies = try [expected, found].map { try #require($0["accuracy"] as? [String: Any]) }
        for key in [
            "original", "current", "gains", "losses", "mcNemarLog10", "agreement", "crossEntropy", "originalCrossEntropy", "divergence",
        ] {
            let values = accuracies.map { $0[key] as? Double }
            #expect(values[0] != nil && values[0] == values[1], "\(key)")
        }
        #expect((accuracies[1]["losses"] as? Int ?? 0) > 0)
        #expect((found["against"] as? [String: Any])?["name"] as? String == "lenet-300-100")
        #expect((found["bytes"] as? [String: Any])?["original"] as? Int == 4 * 266_610)
        #expect(expected["against"] is NSNull)
    }

    @Test("Another graph of the same task is held against it too; unlike classes and inputs are refused with both")
    func others() throws {
        let place = try Workplace()
        let found = try report(place, "lenet-300-100", "--against", "lenet-5")
        let alone = try report(place, "lenet-5")
        let original = (found["accuracy"] as? [String: Any])?["original"] as? Double
        #expect(original != nil && original == (alone["accuracy"] as? [String: Any])?["original"] as? Double)
        for (name, classes, message) in [("mlp-8", 7, "it has 10 classes, the other 7"), ("resnet-20", 10, "the other 1×32×32")] {
            let path = place.path + "/\(name).onnx"
            try NetworkWriter.write(try Architecture(name: name, classes: classes).network(seed: 1), to: path)
            let run = try place.run("report", "lenet-5", "--against", path)
            #expect(run.code == 65 && run.message.contains(message), "\(run.message)")
        }
    }

    @Test("A container alone is compared with itself: it is said, and what compares it with its network; not of a network, a plan, a pair")
    func hint() throws {
        let place = try Workplace()
        let plan = try place.write(ExportSamples.pruneAndShare["lenet-300-100"] ?? "", to: "plan.yaml")
        let file = place.path + "/small.pare"
        #expect(try place.run("export", "lenet-300-100", "--plan", plan, "--format", "pare", "-o", file).code == 0)
        let words = "is compared with itself; --against NETWORK"
        #expect(try place.run("report", file, "--generate", "normal").message.contains(words))
        for arguments in [[file, "--against", "lenet-300-100"], [file, "--plan", plan], ["lenet-300-100"]] {
            let run = try place.run(["report"] + arguments + ["--generate", "normal"])
            #expect(run.code == 0 && !run.message.contains(words), "\(run.message)")
        }
    }

    @Test("The rows of a report sum to the sizes below them")
    func sums() throws {
        let place = try Workplace()
        let plan = try place.write(ExportSamples.pruneAndShare["lenet-300-100"] ?? "", to: "plan.yaml")
        let report = try place.run("report", "lenet-300-100", "--plan", plan, "--generate", "normal")
        let lines = report.output.split(separator: "\n")
        func numbers(_ line: Substring) -> [Int] {
            line.matches(of: #/\d[\d,]*/#).compactMap { Int($0.output.replacing(",", with: "")) }
        }
        let rows = try ["fc1", "fc2", "fc3", "biases, graph"].map { name in
            numbers(try #require(lines.first { $0.hasPrefix(name) })).suffix(2)
        }
        let size = numbers(try #require(lines.first { $0.hasPrefix("size") }))[1]
        let file = numbers(try #require(lines.first { $0.hasPrefix("file") }))[0]
        #expect(rows.reduce(0) { $0 + ($1.first ?? 0) } == size && rows.reduce(0) { $0 + ($1.last ?? 0) } == file)
    }
}
