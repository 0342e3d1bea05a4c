import Formats
import Foundation
import Networks
import Tensors
import Testing

@Suite("A network's output chosen by its name", .enabled(if: Workplace.hasData), .serialized)
struct OutputNameTests {
    /// lenet-300-100 with a second head on its second hidden layer, and a value that is no list of classes.
    private static func twoHeads() throws -> Network {
        var network = try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-300-100.onnx").path)
        let last = try #require(network.nodes.last { $0.outputs == [network.output] })
        var generator = SeededGenerator(seed: 4)
        let floats = (0..<1_000).map { _ in Float(0.1 * generator.normal()) }
        network.parameters["head.weight"] = Parameter(name: "head.weight", role: .weight, values: Tensor(shape: [10, 100], floats: floats))
        network.nodes += [
            Node(name: "head", operation: .gemm(Gemm(transposeB: true)), inputs: [last.inputs[0], "head.weight"], outputs: ["h"]),
            Node(name: "probabilities", operation: .softmax(axis: 1), inputs: ["h"], outputs: ["second"]),
            Node(name: "cube", operation: .reshape(dimensions: [0, 2, 5], allowZero: false), inputs: ["h"], outputs: ["cube"]),
        ]
        network.outputs += [NetworkValue(name: "second"), NetworkValue(name: "cube")]
        return network
    }

    private func report(_ place: Workplace, _ arguments: String...) throws -> [String: Any] {
        let run = try place.run(["report"] + arguments + ["--json"])
        #expect(run.code == 0, "\(run.message)")
        return try #require(run.json as? [String: Any])
    }

    @Test("each head's figures are those of a network with that head alone; without the option the first is used; info lists them")
    func heads() throws {
        let place = try Workplace()
        let (both, alone) = (place.path + "/both.onnx", place.path + "/alone.onnx")
        let network = try Self.twoHeads()
        try NetworkWriter.write(network, to: both)
        try NetworkWriter.write(network.applying(.onlyNeeded(for: "second")), to: alone)
        let plan = try place.write("version: 1\nlayers: {\"*\": {level: 0.5}}\n", to: "plan.yaml")
        let pairs = [
            (try report(place, both, "--output-name", "second", "--plan", plan), try report(place, alone, "--plan", plan)),
            (try report(place, both), try report(place, "lenet-300-100")),
        ]
        for (found, expected) in pairs {
            for key in ["current", "original", "crossEntropy", "gains", "losses"] {
                let values = [found, expected].map { ($0["accuracy"] as? [String: Any])?[key] as? Double }
                #expect(values[0] != nil && values[0] == values[1], "\(key)")
            }
        }
        let layers = (pairs[0].0["layers"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
        #expect(layers?.last == "head.weight" && layers?.count == 3)
        // Which one is measured is said, and how another is chosen; not where one was, or there is one alone.
        let note = "“logits”, the first of several outputs, is measured; --output-name NAME chooses another: second, cube"
        #expect(try place.run("report", both).message.contains(note + "; second has as many classes"))
        let fact = try #require(try report(place, both)["output"] as? [String: Any])
        #expect(
            fact["name"] as? String == "logits" && fact["others"] as? [String] == ["second", "cube"]
                && fact["equal"] as? [String] == ["second"])
        #expect(try report(place, alone)["output"] is NSNull)
        for arguments in [[both, "--output-name", "second"], [alone]] {
            #expect(try !place.run(["report"] + arguments).message.contains("--output-name"))
        }
        let terminal = try place.start(["explore", both, "--session", "heads"], width: 200)
        try terminal.expect("--output-name NAME chooses another: second, cube")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        let info = try place.run("info", both)
        #expect(info.output.contains("--output-name second") && info.output.contains("second  10"))
    }

    @Test("where the first output is labels or features, the one that the examples' labels fit is measured, and all are written again")
    func fitting() throws {
        let place = try Workplace()
        var network = try Self.twoHeads()
        network.nodes.append(
            Node(
                name: "label", operation: .extremePlace(ExtremePlace(isMaximum: true, axis: 1, keepsAxis: true)), inputs: ["h"],
                outputs: ["label"]))
        let features = try #require(network.nodes.first { $0.name == "head" }?.inputs[0])
        for (number, others) in [[NetworkValue(name: "label", elementType: .int64)], [NetworkValue(name: features)]].enumerated() {
            network.outputs = others + [NetworkValue(name: "second")]
            let file = place.path + "/others\(number).onnx"
            try NetworkWriter.write(network, to: file)
            let run = try place.run("report", file)
            #expect(run.message.contains("“second”, one of several outputs, is measured"), "\(run)")
            let (found, expected) = (try report(place, file), try report(place, file, "--output-name", "second"))
            for key in ["current", "original", "crossEntropy"] {
                let values = [found, expected].map { ($0["accuracy"] as? [String: Any])?[key] as? Double }
                #expect(values[0] != nil && values[0] == values[1], "\(key)")
            }
            for format in ["onnx", "onnx-qdq", "pare"] {
                let output = file + ".\(format)" + (format == "pare" ? "" : ".onnx")
                let export = try place.run("export", file, "--format", format, "-o", output)
                #expect(export.code == 0, "\(export)")
                if format == "pare" { #expect(try place.run("decode", output, "-o", output + ".onnx").code == 0) }
                let back = try NetworkReader.read(format == "pare" ? output + ".onnx" : output)
                #expect(back.ended.outputs.map(\.name) == network.outputs.map(\.name), "\(format)")
            }
        }
    }

    @Test("a session keeps the choice; a name that is none and another choice are refused, and what is no list of classes has a fidelity")
    func sessions() throws {
        let place = try Workplace()
        let both = place.path + "/both.onnx"
        try NetworkWriter.write(try Self.twoHeads(), to: both)
        let wrong = try place.run("report", both, "--output-name", "third")
        #expect(wrong.code == 65 && wrong.message.contains("second, cube"), "\(wrong.message)")
        let cube = try report(place, both, "--output-name", "cube")
        let fidelity = try #require(cube["fidelity"] as? [String: Any])
        #expect(fidelity["shape"] as? [Int] == [2, 5] && fidelity["cosine"] as? Double == 1 && cube["accuracy"] is NSNull)
        let run = try place.run(
            "grid", both, "--output-name", "second", "--bits", "4", "--temperatures", "1", "--epochs", "1", "--session", "heads")
        #expect(run.code == 0, "\(run.message)")
        let kept = try report(place, "--session", "heads")
        #expect((kept["layers"] as? [[String: Any]])?.last?["name"] as? String == "head.weight")
        let other = try place.run("report", both, "--session", "heads", "--output-name", "logits")
        #expect(other.code == 65, "\(other.message)")
    }
}
