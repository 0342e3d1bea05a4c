import Formats
import Foundation
import Networks
import Testing

/// `pare budget`: ranks of all layers, and the plan that has them.
@Suite("One budget on the command line")
struct BudgetCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("The plan that it writes has the ranks that it says, and costs no more than was asked for")
    func ranks() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let path = place.path + "/half.yaml"
        let run = try place.run(
            "budget", "lenet-300-100", "--budget", "parameters:30%", "--weighting", "plain", "--pin", "fc3", "-o", path, "--json")
        let found = try object(run.output)
        #expect(found["unit"] as? String == "parameters" && found["dense"] as? Double == 266_610)
        let cost = try #require(found["cost"] as? Double)
        #expect(cost <= 0.3 * 266_610)
        let layers = try #require(found["layers"] as? [[String: Any]])
        #expect(layers.map { $0["hasChoice"] as? Bool } == [true, true, false])
        let report = try object(place.run("report", "lenet-300-100", "--plan", path, "--json").output)
        let rows = try #require(report["layers"] as? [[String: Any]])
        #expect(rows.map { $0["rank"] as? Int } == layers.map { $0["rank"] as? Int })
        for (row, layer) in zip(rows, layers) where layer["rank"] is Int {
            let (made, said) = (try #require(row["keptEnergy"] as? Double), try #require(layer["keptEnergy"] as? Double))
            #expect(abs(made - said) < 1e-12 && row["keptEnergyOf"] as? String == "weights")
        }
        let text = try place.run("budget", "lenet-300-100", "--budget", "macs:60000").output
        #expect(text.contains("macs at most 60,000 of 266,200") && text.contains("fc1") && text.contains("next step"))
    }

    @Test("Milliseconds of another device carry its name, and only ranks that it timed are a choice")
    func otherDevice() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        var lines = ["# device: a phone", "# batch: 2"]
        for (inputs, outputs, ending, time) in [
            (784, 300, " then=Relu", 2.0), (300, 100, " then=Relu", 0.5), (100, 10, "", 0.1), (784, 32, "", 0.3),
            (32, 300, " then=Relu", 0.2),
        ] { lines.append("float32 dense in=\(inputs) out=\(outputs) rows=1\(ending), \(time)") }
        let path = place.path + "/phone.csv"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        let arguments = ["budget", "lenet-300-100", "--budget", "ms:50%", "--weighting", "plain", "--latency", path]
        let found = try object(place.run(arguments + ["--json"]).output)
        let layers = try #require(found["layers"] as? [[String: Any]])
        #expect(layers.map { $0["rank"] as? Int } == [32, nil, nil] && found["unit"] as? String == "ms")
        #expect(abs((found["cost"] as? Double ?? 0) - 1.1) < 1e-9 && found["estimated"] as? Bool == false)
        let text = try place.run(arguments).output
        #expect(text.contains("ms at most 1.30 of 2.60: 1.10") && text.contains("float32 kernels on a phone, batch 2"))
        #expect(try place.run("budget", "lenet-300-100", "--budget", "macs:50%", "--latency", path).code == 64)
    }

    @Test("The network is written as factors, repaired; levels of a plan are never given up for that")
    func network() throws {
        let place = try Workplace()
        let (path, plan) = (place.path + "/small.onnx", place.path + "/plan.yaml")
        let run = try place.run("budget", "lenet-300-100", "--budget", "macs:40%", "--accuracy", "-o", path, "--json")
        #expect(run.code == 0, "\(run.message)")
        let found = try #require(run.json as? [String: Any])
        let (bare, repaired) = (try #require(found["accuracy"] as? Double), try #require(found["repairedAccuracy"] as? Double))
        #expect(repaired >= bare - 0.005)
        let network = try NetworkReader.read(path)
        #expect(network.layer(of: "fc1.left") != nil && network.layer(of: "fc1.weight") == nil)
        let report = try place.run("report", path, "--json").json as? [String: Any]
        #expect((report?["accuracy"] as? [String: Any])?["current"] as? Double == repaired)

        try "version: 1\nlayers:\n  fc3: {linear: {bits: 4}}\n".write(toFile: plan, atomically: true, encoding: .utf8)
        let words = ["budget", "lenet-300-100", "--budget", "macs:40%", "--plan", plan, "--pin", "fc3", "-o", place.path + "/kept.onnx"]
        let refused = try place.run(words)
        #expect(
            refused.code == 64 && refused.message.contains("fc3 has levels") && !FileManager.default.fileExists(atPath: words.last ?? ""))
        #expect(try place.run(words + ["--no-repair"]).code == 0)
        let values = Set(try #require(try NetworkReader.read(place.path + "/kept.onnx").parameters["fc3.weight"]).values.floats)
        #expect(values.count <= 15)
    }

    @Test("What can't be a budget is refused with what can")
    func refusals() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        for wrong in ["50%", "weights:50%", "macs:", "macs:-3", "bytes:x%"] {
            #expect(try place.run("budget", "lenet-300-100", "--budget", wrong).code == 64, "\(wrong)")
        }
        #expect(try place.run("budget", "lenet-300-100", "--budget", "macs:10%", "--pin", "conv9").code == 64)
        let low = try place.run("budget", "lenet-300-100", "--budget", "parameters:1%", "--weighting", "plain").output
        #expect(low.contains("no choice is cheaper than"))
        let file = place.path + "/low.onnx"
        let refused = try place.run("budget", "lenet-300-100", "--budget", "parameters:1%", "--weighting", "plain", "-o", file)
        #expect(refused.code == 65 && refused.message.contains("no choice of ranks costs less than"))
        #expect(!FileManager.default.fileExists(atPath: file))
        let typo = try place.run("budget", "lenet-300-100", "--budget", "parameters:50%", "-o", place.path + "/low.onx")
        #expect(typo.code == 64 && typo.message.contains("unknown ending"))
    }
}
