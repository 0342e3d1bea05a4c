import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Networks whose file leaves sizes of an example open.
@Suite("Open sizes", .serialized)
struct OpenSizeTests {
    /// A convolution of 3 channels and the maximum over what is left: any picture will do. Without `input` no shape is stated.
    private func network(_ input: [Int?]?, _ place: Workplace) throws -> String {
        let nodes = [
            Onnx.node("Conv", ["x", "w"], "c", name: "conv"), Onnx.node("GlobalMaxPool", ["c"], "g"), Onnx.node("Flatten", ["g"], "y"),
        ]
        var generator = SeededGenerator(seed: 3)
        let weights = (0..<189).map { _ in Float(generator.normal()) }
        let path = place.path + "/open.onnx"
        var graph = Onnx.graph(nodes, [Onnx.floats("w", [7, 3, 3, 3]) { weights[$0] }], input: input ?? [])
        if input == nil {
            let value = Wire().text(1, "x").message(2, Wire().message(1, Wire().number(1, 1)))
            graph = Wire().messages(1, nodes).text(2, "g").message(5, Onnx.floats("w", [7, 3, 3, 3]) { weights[$0] }).message(11, value)
                .message(12, Wire().text(1, "y"))
        }
        try Data(Onnx.model(graph)).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// 40 pictures of 3×16×12, and the classes that the convolution gives them.
    private func data(_ place: Workplace, isLast: Bool = false) throws -> String {
        var generator = SeededGenerator(seed: 5)
        let pixels = (0..<40 * 576).map { _ in Float(generator.normal()) }
        let folder = place.path + (isLast ? "/last" : "/set")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let stored = isLast ? (0..<40 * 576).map { pixels[$0 / 576 * 576 + $0 % 3 * 192 + $0 % 576 / 3] } : pixels
        let files = [
            ("x", WeightsFiles.npy(isLast ? "40, 16, 12, 3" : "40, 3, 16, 12", data: WeightsFiles.floats(stored))),
            ("y", WeightsFiles.npy("40,", "|u1", data: (0..<40).map { UInt8($0 % 7) })),
        ]
        for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name).npy")) }
        return folder
    }

    private func figures(_ place: Workplace, _ arguments: String...) throws -> (accuracy: Double?, layers: Int, message: String) {
        let run = try place.run(["report"] + arguments + ["--json"])
        #expect(run.code == 0, "\(run)")
        let json = run.json as? [String: Any]
        let accuracy = json?["accuracy"] as? [String: Any]
        return (accuracy?["crossEntropy"] as? Double, (json?["layers"] as? [Any])?.count ?? 0, run.message)
    }

    @Test("the examples, an option or a size that the graph takes close them, and it is said; the figures are those of the closed network")
    func closes() throws {
        let place = try Workplace()
        let (first, last) = (try data(place), try data(place, isLast: true))
        let expected = try figures(place, try network([nil, 3, 16, 12], place), "--data", first, "--scale", "1")
        #expect(expected.accuracy != nil && !expected.message.contains("leaves sizes open"))
        for input in [[nil, nil, nil, nil], [nil, 3, nil, nil], nil] as [[Int?]?] {
            let path = try network(input, place)
            for folder in [first, last] {
                let bound = try figures(place, path, "--data", folder, "--scale", "1")
                #expect(
                    bound.accuracy == expected.accuracy && bound.layers == 1 && bound.message.contains("3×16×12 is taken from the examples")
                )
            }
            let said = try figures(place, path, "--data", first, "--scale", "1", "--input-shape", "1x3x16x12")
            #expect(said.accuracy == expected.accuracy && !said.message.contains("leaves sizes open"))
            let alone = try figures(place, path, "--generate", "normal", "--count", "8")
            #expect(
                alone.layers == 1 && alone.message.contains("3×224×224 is assumed") && alone.message.contains("--input-shape 1x3x224x224"))
        }
    }

    @Test("sizes that the file fixes can't be given otherwise, and a shape that is none is refused")
    func refuses() throws {
        let place = try Workplace()
        let path = try network([nil, 3, nil, nil], place)
        let wrong = try place.run("report", path, "--input-shape", "1x1x16x12")
        #expect(wrong.code == 65 && wrong.message.contains("3×N×N") && wrong.message.contains("1×16×12"), "\(wrong)")
        for text in ["3", "1x0x4", "1xax4", ""] { #expect(try place.run("report", path, "--input-shape", text).code == 64) }
    }

    @Test("a session keeps the sizes that were given")
    func session() throws {
        let place = try Workplace()
        let path = try network([nil, nil, nil, nil], place)
        let terminal = try place.start(["explore", path, "--input-shape", "1x3x20x24", "--session", "sized"], width: 160)
        try terminal.expect("7×3×3×3")
        try terminal.expect("takes 3×20×24")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        let kept = try place.run("report", "--session", "sized", "--json")
        #expect(kept.code == 0 && kept.output.contains("-input:3x20x24"), "\(kept)")
    }
}

@Suite("Outputs that are no list of classes", .serialized)
struct FidelityCommandTests {
    /// A convolution that gives a map of 7 channels.
    private func network(_ place: Workplace) throws -> String {
        var generator = SeededGenerator(seed: 3)
        let weights = (0..<189).map { _ in Float(generator.normal()) }
        let graph = Onnx.graph(
            [Onnx.node("Conv", ["x", "w"], "y")], [Onnx.floats("w", [7, 3, 3, 3]) { weights[$0] }], input: [nil, 3, 16, 16])
        let path = place.path + "/map.onnx"
        try Data(Onnx.model(graph)).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("a map has no agreement, but a cosine and an error, in text, JSON and on the screen; it is not trained")
    func map() throws {
        let place = try Workplace()
        let path = try network(place)
        let plan = try place.write("version: 1\nlayers: {'*': {level: 0.9}}\n", to: "plan.yaml")
        let run = try place.run("report", path, "--plan", plan, "--json")
        let json = try #require(run.json as? [String: Any])
        let fidelity = try #require(json["fidelity"] as? [String: Any])
        #expect(json["agreement"] is NSNull && json["accuracy"] is NSNull && fidelity["shape"] as? [Int] == [7, 14, 14])
        let cosine = try #require(fidelity["cosine"] as? Double)
        #expect(cosine > 0.3 && cosine < 0.99 && fidelity["exact"] as? Bool == true && fidelity["evaluated"] as? Int == 1_000)
        let text = try place.run("report", path, "--plan", plan).output
        #expect(text.contains("“y” [7×14×14] is no list of classes") && !text.contains("agreement  "), "\(text)")
        let few = try place.run("report", path, "--plan", plan, "--memory", "1").output
        #expect(few.contains("of 1,000: --memory holds the outputs of no more"), "\(few)")
        let train = try place.run("train", path, "--epochs", "1", "-o", place.path + "/t.onnx")
        #expect(train.code != 0 && !train.message.contains("Fatal"), "\(train)")
        let terminal = try place.start(["explore", path, "--session", "map"], width: 140)
        try terminal.expect("fidelity")
        try terminal.expect("cosine to the original")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }
}
