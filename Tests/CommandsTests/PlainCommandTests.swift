import Compression
import Exports
import Foundation
import Reports
import Sessions
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The commands that need no terminal.
@Suite("Commands without a screen", .serialized)
struct PlainCommandTests {
    @Test("Help with examples, version, paths, themes, completions")
    func information() throws {
        let place = try Workplace()
        let help = try place.run("--help")
        #expect(help.code == 0 && help.output.contains("EXAMPLES:") && help.output.contains("EXIT CODES:") && help.message.isEmpty)
        for name in ["explore", "report", "sessions", "themes", "picture"] {
            #expect(help.output.contains(name))
            let own = try place.run(name, "--help")
            #expect(own.code == 0 && own.output.contains("USAGE: pare \(name)"))
        }
        #expect(try place.run("--version").output == "pare \(PareVersion.current)\n")
        let paths = try place.run("--paths")
        #expect(paths.code == 0 && paths.output.contains(place.path + "/sessions"))
        #expect(paths.output.contains(Workplace.root.appendingPathComponent("Models").path))
        let themes = try place.run("themes")
        for theme in ["dark", "light", "high-contrast", "deuteranopia", "tritanopia", "mono", "terminal-16"] {
            #expect(themes.output.contains("\n\(theme) "))
        }
        for shell in ["bash", "zsh", "fish"] {
            let script = try place.run("--generate-completion-script", shell)
            #expect(script.code == 0 && script.output.contains("pare") && script.output.contains("picture"))
        }
    }

    @Test("A completion script that bash can read")
    func completions() throws {
        let place = try Workplace()
        let script = try place.write(try place.run("--generate-completion-script", "bash").output, to: "pare.bash")
        let shell = try PseudoTerminal(
            "/bin/bash", ["-c", ". \(script) && complete -p pare && echo read"], environment: place.environment, width: 200)
        #expect(shell.waitForEnd() == .exited(0))
        #expect(shell.screen.text.contains("read") && shell.screen.text.contains("-F "), "\(shell.screen.text)")
    }

    /// The keys that users' scripts rely on, and what is beside them.
    @Test("The report in JSON has the documented keys", .enabled(if: Workplace.hasData, "the data set is not installed"))
    func reportKeys() throws {
        let place = try Workplace()
        let plan = try place.write(
            "version: 1\nlayers:\n  conv2.weight: {ratio: 1.0, shared: {bits: 5}}\n  '*': {level: 0.5}\n", to: "p.yaml")
        let result = try place.run("report", "--plan", plan, "--json", "--may-fall", "50")
        let json = try #require(result.json as? [String: Any])
        func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
        #expect(
            keys(json) == [
                "network", "against", "data", "accuracy", "agreement", "bytes", "sparsity", "layers", "temperature", "environment",
                "latency", "sums", "fidelity", "figure", "warnings", "inputs", "notRun", "batchOne", "output",
                "verdict",
            ])
        let verdict = try #require(json["verdict"] as? [String: Any])
        #expect(keys(verdict) == ["difference", "low", "high", "scope", "word", "budget", "standing", "needed"])
        #expect(
            verdict["standing"] as? String == "within" && verdict["budget"] as? Double == 0.5 && verdict["scope"] as? String == "others")
        #expect(keys(json["network"]) == ["name", "parameters", "sha256", "fileBytes"])
        #expect(keys(json["data"]) == ["name", "split", "count", "sha256", "kind", "input"])
        #expect(keys(json["accuracy"]).isSuperset(of: ["original", "current", "low", "high", "evaluated", "exact", "gains", "losses"]))
        #expect(
            keys(json["bytes"]) == [
                "original", "compressed", "layers", "others", "ratio", "accounting", "estimated", "file", "fileOthers", "came",
                "ratioOfCame", "stored",
            ])
        let layers = try #require(json["layers"] as? [[String: Any]])
        let wanted: Set = [
            "name", "shape", "weights", "standardDeviation", "ratio", "threshold", "kept", "sparsity", "representation", "bits",
            "centroids",
            "signalToNoise", "bytes", "stored", "ladder",
        ]
        for layer in layers { #expect(keys(layer).isSuperset(of: wanted)) }
        #expect(layers.map { $0["name"] as? String } == ["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight"])
        let centroids = try #require(layers[1]["centroids"] as? [[String: Any]])
        #expect((2...32).contains(centroids.count) && centroids.allSatisfy { keys($0).isSuperset(of: ["value", "count"]) })
        #expect(layers[1]["ratio"] as? Double == 1 && layers[0]["ratio"] is NSNull && layers[0]["level"] as? Double == 0.5)
        let text = try place.run("report", "--plan", plan)
        #expect(text.code == 0 && text.output.contains("conv2") && text.output.contains("exact on 10,000"))
    }

    @Test("The test split is measured on request and counted", .enabled(if: Workplace.hasData, "the data set is not installed"))
    func testSplit() throws {
        let place = try Workplace()
        let terminal = try place.start(["explore", "--session", "work"])
        try terminal.expect("[ratio 0.00]")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        let result = try place.run("report", "--session", "work", "--split", "test", "--json")
        let accuracy = (result.json as? [String: Any])?["accuracy"] as? [String: Any]
        // 9,227 of 10,000, as in the model card and Tests/Fixtures/accuracy.json.
        #expect(accuracy?["current"] as? Double == 0.9261)
        #expect(try place.read("work").testMeasurements == 1)
        #expect(try place.run("sessions", "show", "work").output.contains("test split measured once"))
    }

    @Test("A picture is well-formed SVG with the layers in it")
    func picture() throws {
        let place = try Workplace()
        for size in ["120x40", "60x15"] {
            let file = place.path + "/\(size).svg"
            let result = try place.run("picture", "--size", size, "-o", file)
            #expect(result.code == 0, "\(result.message)")
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            let parser = XMLParser(data: data)
            #expect(parser.parse(), "\(String(describing: parser.parserError))")
            let text = String(decoding: data, as: UTF8.self)
            for name in ["conv1", "conv2", "fc1", "fc2"] { #expect(text.contains(name)) }
        }
        #expect(try place.run("picture", "-o", place.path + "/none/a.svg").code == 73)
        #expect(try place.run("picture", "--size", "7", "-o", place.path + "/a.svg").code == 64)
    }

    @Test("A picture of a session shows the state that training left, with the report's accuracy", .enabled(if: Workplace.hasData))
    func trainedPicture() throws {
        let place = try Workplace()
        let session = "deep-compression-lenet-300-100"
        let file = place.path + "/trained.svg"
        let drawn = try place.run("picture", "--session", session, "-o", file)
        #expect(drawn.code == 0, "\(drawn.message)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let report = try #require(try place.run("report", "--session", session, "--json").json as? [String: Any])
        let accuracy = try #require((report["accuracy"] as? [String: Any])?["current"] as? Double)
        let path = Workplace.root.appendingPathComponent("Sessions/Examples/\(session).sqlite").path
        let contents = try SessionFolder.read(path: path)
        let state = try #require(contents.states.first { $0.id == contents.state })
        #expect(text.contains("trained \(state.epochs) epochs") && text.contains(String(format: "%.2f", 100 * accuracy)))
    }

    @Test("A name that ends as something else is refused with the endings that are written, and nothing is made")
    func endings() throws {
        let place = try Workplace()
        for (command, name, ending) in [
            (["picture"], "a.png", ".svg"), (["export", "lenet-300-100", "--format", "pare"], "a.onnx", "--format onnx"),
            (["train", "lenet-300-100", "--epochs", "1"], "a.h5", ".onnx"),
        ] {
            let result = try place.run(command + ["-o", place.path + "/" + name])
            #expect(result.code == 64 && result.message.contains(ending), "\(command): \(result.message)")
            #expect(!FileManager.default.fileExists(atPath: place.path + "/" + name))
        }
    }

    @Test("Sessions: list, show, compare, export, delete")
    func sessions() throws {
        let place = try Workplace()
        #expect(try place.run("sessions", "list").code == 0)
        let terminal = try place.start(["explore", "--session", "work"])
        try terminal.expect("[ratio 0.00]")
        for step in 1...2 {
            try terminal.type("L", "[ratio 0.\(step * 25)")
            try terminal.type("s", "snapshot name:")
            try terminal.type("\r", "note for snapshot \(step):")
            terminal.send("\r")
            try terminal.expect("snapshot \(step) saved")
        }
        #expect(try place.run("sessions", "delete", "work", "--yes").code == 73)
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        let list = try place.run("sessions", "list")
        #expect(list.output.contains("work") && list.output.contains("snapshot 1") && list.output.contains("snapshot 2"))
        #expect(
            (try place.run("sessions", "list", "--json").json as? [[String: Any]])?.contains { $0["name"] as? String == "work" } == true)
        let show = try place.run("sessions", "show", "work")
        #expect(show.output.contains("conv1 ratio 0.00 → ") && show.output.contains("ratio: 0.5"))
        #expect(try place.run("sessions", "show", "work@snapshot 1").output.contains("0.25 σ"))
        let compare = try place.run("sessions", "compare", "work@snapshot 1", "work@snapshot 2")
        #expect(compare.code == 0 && compare.output.contains("work@snapshot 1 and work@snapshot 2") && compare.output.contains("conv1"))
        #expect(compare.output.split(separator: "\n").count { $0.hasSuffix("*") } == 1)
        #expect(try place.run("sessions", "compare", "work", "work@snapshot 2").code == 64)
        try export(place)
        #expect(try place.run("sessions", "delete", "work", answer: "y\n").message.contains("Nothing was deleted"))
        #expect(try place.run("sessions", "delete", "work", "--yes").code == 0)
        #expect(try place.run("sessions", "show", "work").code == 66)
        let left = try FileManager.default.contentsOfDirectory(atPath: place.path + "/sessions")
        #expect(left.isEmpty, "\(left)")
    }

    private func export(_ place: Workplace) throws {
        let contents = try place.read("work")
        for ending in ["yaml", "json", "sqlite"] {
            let file = place.path + "/out." + ending
            let result = try place.run("sessions", "export", "work@snapshot 1", "-o", file)
            #expect(result.code == 0, "\(result.message)")
            #expect(try place.run("sessions", "export", "work", "-o", file).code == 73)
        }
        #expect(try PlanFile.read(place.path + "/out.yaml") == contents.snapshots[0].plan)
        #expect(try SessionFolder.read(path: place.path + "/out.sqlite").snapshots == contents.snapshots)
        let report = try Data(contentsOf: URL(fileURLWithPath: place.path + "/out.json"))
        #expect(report == (try ReportDocument(contents.snapshots[0].report).json()))
        #expect(try place.run("sessions", "export", "work", "-o", place.path + "/out.txt").code == 64)
        // What was exported is a plan that the report reads.
        place.environment["PARE_DATA"] = place.path + "/none"
        #expect(try place.run("report", "--plan", place.path + "/out.yaml", "--json").code == 0)
        place.environment["PARE_DATA"] = nil
    }
}
