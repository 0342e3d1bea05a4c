import Formats
import Foundation
import Networks
import Testing

@Suite("Inputs that are the same in every example", .serialized)
struct FurtherInputCommandTests {
    private static let network = Workplace.root.appendingPathComponent("Tests/Fixtures/inputs/rates.onnx").path
    private static let drawn = ["--generate", "normal", "--count", "10"]

    private func layers(_ run: Workplace.Result) throws -> [String] {
        let json = try #require(run.json as? [String: Any], "\(run)")
        return (json["layers"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    }

    @Test func areSaidAndDecideBranches() throws {
        let place = try Workplace()
        let high = try place.run(["report", Self.network, "--input", "sr=16000", "--json"] + Self.drawn)
        #expect(try layers(high) == ["w16", "v"])
        #expect(high.message.contains("the input “sr” (one number, int64) is 16000 in every example"))
        #expect(high.message.contains("not run: a branch of rates with 81 parameters, for the condition 'is16' is true"))
        let json = try #require(high.json as? [String: Any])
        let inputs = try #require(json["inputs"] as? [[String: Any]])
        #expect(inputs.count == 1 && inputs[0]["name"] as? String == "sr" && inputs[0]["value"] as? String == "16000")
        #expect((json["notRun"] as? [[String: Any]])?.first?["parameters"] as? Int == 81)
        let low = try place.run(["report", Self.network, "--json"] + Self.drawn)
        #expect(try layers(low) == ["w8"])
        #expect(low.message.contains("is 0 in every example; --input sr=VALUE, or a file, says otherwise"))
    }

    @Test func areKeptByASession() throws {
        let place = try Workplace()
        let terminal = try place.start(["explore", Self.network, "--input", "sr=16000", "--session", "rates"] + Self.drawn, width: 200)
        try terminal.expect("w16")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        #expect(try layers(place.run(["report", "--session", "rates", "--json"])) == ["w16", "v"])
        let other = try place.run(["report", Self.network, "--session", "rates", "--input", "sr=8000"])
        #expect(other.code == 65 && other.message.contains("sr = 16000") && other.message.contains("sr = 8000"), "\(other)")
    }

    @Test func stayInWrittenFiles() throws {
        let place = try Workplace()
        for format in ["onnx", "onnx-qdq", "pare"] {
            var file = place.path + "/a.\(format == "pare" ? "pare" : "onnx")"
            let run = try place.run(["export", Self.network, "--input", "sr=16000", "--format", format, "-o", file] + Self.drawn)
            #expect(run.code == 0, "\(run)")
            if format == "pare" {
                #expect(try place.run(["decode", file, "-o", place.path + "/b.onnx"]).code == 0)
                file = place.path + "/b.onnx"
            }
            #expect(try NetworkReader.read(file, inputs: ["sr": .number(16000)]).layers.map(\.weight) == ["w16", "v"])
            let back = try NetworkReader.read(file, inputs: ["sr": .number(8000)])
            #expect(back.layers.map(\.weight) == ["w8"] && back.inputs.map(\.name) == ["x", "sr"])
        }
    }

    @Test func areRefusedByName() throws {
        let place = try Workplace()
        let wrong: [(String, Int32, String)] = [
            ("rate=1", 65, "a further input: 'sr'"), ("sr=0.5", 65, "[scalar] of int64"), ("sr=absent.npy", 66, "absent.npy"),
            ("sr=\(Self.network)", 65, "an NPY, NPZ or safetensors file"), ("sr", 64, "--input"),
        ]
        for (option, code, text) in wrong {
            let run = try place.run(["report", Self.network, "--input", option] + Self.drawn)
            #expect(run.code == code && run.message.contains(text), "\(option): \(run)")
        }
        #expect(try place.run(["report", Self.network, "--input", "sr=1", "--input", "sr=2"]).code == 64)
    }
}
