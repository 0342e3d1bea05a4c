import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Open sizes of sequences, pictures with channels last, steps before examples and three spatial axes: Scripts/make-size-fixtures.py makes the networks
/// and what ONNX Runtime finds.
@Suite("Open sizes of any form", .serialized) struct OpenSequenceTests {
    struct Figure: Decodable {
        var right: Int
        var crossEntropy: Double
    }

    /// The shape that a written file's input has; nil for the number of examples.
    static let written: [(name: String, input: [Int?])] = [
        ("rows", [nil, 20, 6]), ("named", [nil, 20, 6]), ("unnamed", [nil, 20, 6]), ("shapeless", [nil, 20, 6]), ("single", [nil, 20, 6]),
        ("signal", [nil, 6, 20]), ("signal-last", [nil, 20, 6]), ("sequence", [nil, 9, 5]), ("steps-first", [9, 1, 5]),
        ("three-steps", [3, 1, 5]), ("fixed-steps", [9, 1, 5]), ("picture-last", [nil, 10, 12, 3]), ("bytes-last", [nil, 10, 12, 3]),
        ("volume", [nil, 2, 4, 5, 6]), ("tokens", [nil, 20]), ("words", [nil, 37]), ("halved", [nil, 3, 6, 8]),
    ]

    private func file(_ name: String) -> String { Workplace.root.appendingPathComponent("Tests/Fixtures/sizes/" + name).path }

    private func figures() throws -> [String: Figure] {
        try JSONDecoder().decode([String: Figure].self, from: Data(contentsOf: URL(fileURLWithPath: file("figures.json"))))
    }

    private func check(_ run: Workplace.Result, _ expected: Figure) throws {
        let json = try #require(run.json as? [String: Any], "\(run)")
        let accuracy = try #require(json["accuracy"] as? [String: Any], "\(run)")
        let (current, entropy) = (accuracy["current"] as? Double ?? -1, accuracy["crossEntropy"] as? Double ?? -1)
        #expect(abs(current * 24 - Double(expected.right)) < 1e-6 && abs(entropy - expected.crossEntropy) < 1e-4, "\(current) \(entropy)")
    }

    @Test(arguments: written.map(\.name)) func areGivenByTheExamples(name: String) throws {
        let expected = try #require(figures()[name])
        let run = try Workplace().run("report", file(name + ".onnx"), "--data", file(name + ".npz"), "--json")
        try check(run, expected)
        #expect(run.message.contains("is taken from the examples") == (name != "volume"), "\(run.message)")
    }

    @Test(arguments: written) func areWritten(name: String, input: [Int?]) throws {
        let place = try Workplace()
        let (data, target, packed) = (file(name + ".npz"), place.path + "/again.onnx", place.path + "/again.pare")
        let run = try place.run("export", file(name + ".onnx"), "--data", data, "--format", "onnx", "-o", target)
        #expect(run.code == 0, "\(run)")
        let axes = try NetworkReader.inputs(of: target).first?.axes?.map { axis -> Int? in
            if case .fixed(let extent) = axis { extent } else { nil }
        }
        #expect(axes == input)
        let expected = try #require(figures()[name])
        try check(place.run("report", target, "--data", data, "--json"), expected)
        #expect(try place.run("export", file(name + ".onnx"), "--data", data, "--format", "pare", "-o", packed).code == 0)
        try check(place.run("report", packed, "--data", data, "--json"), expected)
    }

    @Test("without examples a size that the graph takes is assumed, steps where they lie, and nothing is written as 0")
    func assumes() throws {
        let place = try Workplace()
        for (name, form) in [
            ("tokens", "1x32"), ("rows", "1x128x6"), ("fixed-steps", "9x1x5"), ("steps-first", "128x1x5"), ("bytes-last", "1x224x224x3"),
        ] {
            let target = place.path + "/\(name).onnx"
            let run = try place.run("report", file(name + ".onnx"), "--generate", "normal", "--count", "2", "--json")
            #expect(run.code == 0 && run.message.contains("--input-shape \(form) or --data"), "\(run)")
            #expect(try place.run("export", file(name + ".onnx"), "--format", "onnx", "-o", target).code == 0)
            let sizes = try NetworkReader.inputs(of: target).first?.axes ?? []
            #expect(!sizes.contains(.fixed(0)) && !sizes.dropFirst().contains { if case .open = $0 { true } else { false } })
        }
    }

    private func write(_ text: String, _ shape: String, _ values: [UInt8], _ name: String, _ place: Workplace) throws -> String {
        let path = place.path + "/" + name
        try Data(WeightsFiles.npy(shape, text, data: values)).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("examples of other sizes are told what the file states and which option says the rest, never a size that was assumed")
    func refuses() throws {
        let place = try Workplace()
        func floats(_ count: Int) -> [UInt8] { WeightsFiles.floats((0..<count).map { Float($0 % 7) / 7 }) }
        let narrow = try write("<f4", "4, 20, 7", floats(560), "x.npy", place)
        let one = try write("<f4", "20, 6", floats(120), "one.npy", place)
        let steps = try write("<f4", "4, 7, 5", floats(140), "steps.npy", place)
        for (name, data, words) in [
            ("rows", narrow, ["[20×7]", "[N×T×6]", "--input-shape", "1xTx6"]), ("rows", one, ["[20×6]", "one example", "x[None]"]),
            ("fixed-steps", steps, ["[7×5]", "[9×N×5]", "--input-shape", "9xNx5"]),
        ] {
            let run = try place.run("report", file(name + ".onnx"), "--data", data)
            #expect(run.code == 65 && words.allSatisfy(run.message.contains), "\(run)")
            #expect(!run.message.contains("128") && !run.message.contains("[0×"), "\(run.message)")
        }
        let said = try place.run("report", file("rows.onnx"), "--data", narrow, "--input-shape", "1x9x6")
        #expect(said.code == 65 && said.message.contains("[9×6]") && said.message.contains("--input-shape"), "\(said)")
        let unknown = try place.run("report", file("named.onnx"), "--input", "foo=3")
        #expect(unknown.code == 65 && unknown.message.contains("'feat'"), "\(unknown)")
    }

    @Test("a size that nothing tells is said to be open, not to be none")
    func saysWhatIsOpen() throws {
        let run = try Workplace().run("report", file("words.onnx"))
        #expect(run.message.contains("reads [N×T], which the file leaves open") && !run.message.contains("takes 0"), "\(run.message)")
    }

    @Test("signals are not set into pictures: neither where their size was assumed, nor where it is said and values lie below 0")
    func signalsAreNoPictures() throws {
        let place = try Workplace()
        let values = (0..<4 * 8 * 51).map { Float($0 % 9 - 4) }
        let signals = try write("<f4", "4, 8, 51", WeightsFiles.floats(values), "x.npy", place)
        let open = try place.run("report", file("halved.onnx"), "--data", signals)
        #expect(open.code == 65 && ["[8×51]", "[N×3×h×w]", "1x3xhxw"].allSatisfy(open.message.contains), "\(open)")
        #expect(!open.message.contains("224"), "\(open)")
        let said = try place.run("report", file("halved.onnx"), "--data", signals, "--input-shape", "1x3x64x64")
        #expect(said.code == 65 && ["[3×64×64]", "8×51", "below 0", "--data"].allSatisfy(said.message.contains), "\(said)")
        let pictures = try write("<f4", "4, 28, 28", WeightsFiles.floats((0..<4 * 784).map { Float($0 % 9) / 9 }), "p.npy", place)
        #expect(try place.run("report", file("halved.onnx"), "--data", pictures, "--input-shape", "1x3x64x64").code == 0)
    }

    @Test("text in place of arrays is told how it becomes some")
    func advises() throws {
        let place = try Workplace()
        let table = try place.write("a,b,label\n1,2,0\n", to: "table.csv")
        let run = try place.run("report", file("rows.onnx"), "--data", table)
        #expect(run.code == 65 && run.message.contains("numpy.savez") && run.message.contains("delimiter=','"), "\(run)")
        let text = try write("<U2", "4, 6", [UInt8](repeating: 0, count: 192), "text.npy", place)
        let refused = try place.run("report", file("rows.onnx"), "--data", text)
        #expect(refused.code == 65 && refused.message.contains(".astype('float32')") && !refused.message.contains("unique"), "\(refused)")
    }
}
