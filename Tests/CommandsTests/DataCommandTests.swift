import Formats
import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// The examples of "Your own network and data" in the README, and what is refused, as users see both.
@Suite("Your own data", .serialized)
struct DataCommandTests {
    private func npy(_ descr: String, _ shape: String, _ content: [UInt8]) -> Data {
        let header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }\n"
        return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + content)
    }

    private func write(_ data: Data, _ name: String, _ place: Workplace) throws -> String {
        let url = URL(fileURLWithPath: place.path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
        return url.path
    }

    /// A folder with the same 60 examples for each split.
    private func writeSplits(_ inputs: Data, _ place: Workplace) throws -> String {
        for split in ["train", "val", "test"] {
            _ = try write(inputs, "set/x_\(split).npy", place)
            _ = try write(npy("|u1", "(60,)", (0..<60).map { UInt8($0 % 10) }), "set/y_\(split).npy", place)
        }
        return place.path + "/set"
    }

    /// 60 images of 28×28 whose pixels depend on image and place.
    private var pixels: [UInt8] { (0..<60 * 784).map { UInt8(truncatingIfNeeded: $0 / 784 * 37 + $0 % 784 * $0 % 251) } }

    @Test("Arrays with labels and options are measured, and what is in force is shown")
    func arrays() throws {
        let place = try Workplace()
        _ = try write(npy("|u1", "(60, 28, 28, 1)", pixels), "set/x_test.npy", place)
        let folder = (try write(npy("|u1", "(60,)", (0..<60).map { UInt8($0 % 10) }), "set/y_test.npy", place) as NSString)
            .deletingLastPathComponent
        let result = try place.run("report", "lenet-5", "--data", folder, "--layout", "nhwc", "--scale", "1/255", "--mean", "0.5", "--json")
        let json = try #require(result.json as? [String: Any])
        let data = try #require(json["data"] as? [String: Any])
        let input = try #require(data["input"] as? [String: Any])
        #expect(result.code == 0 && data["count"] as? Int == 30 && data["kind"] as? String == "labelled")
        #expect(
            input["layout"] as? String == "nhwc" && input["mean"] as? [Double] == [0.5] && input["normalizationFrom"] as? String == "flags")
        #expect((json["accuracy"] as? [String: Any])?["evaluated"] as? Int == 30 && json["agreement"] is NSNull)
        let text = try place.run("report", "lenet-5", "--data", folder)
        #expect(text.output.contains("input      1×28×28 from 28×28×1 uint8, NHWC, 0…"), "\(text.output)")
        #expect(text.message.contains("halved by class and at random"))
    }

    @Test("Fitted layers have a third of the only set, other examples that are named, or generated inputs by name; each is said")
    func calibration() throws {
        let place = try Workplace()
        _ = try write(npy("|u1", "(60, 28, 28)", pixels), "set/x_test.npy", place)
        let folder = (try write(npy("|u1", "(60,)", (0..<60).map { UInt8($0 % 10) }), "set/y_test.npy", place) as NSString)
            .deletingLastPathComponent
        let others = try write(npy("|u1", "(30, 28, 28)", Array(pixels[..<(30 * 784)])), "others.npy", place)
        let plan = try place.write("version: 1\nlayers:\n  fc3: {linear: {bits: 3}, fit: compensated}\n", to: "plan.yaml")
        func fit(_ arguments: String...) throws -> (evaluated: Int?, examples: Int?, message: String) {
            let result = try place.run(["report", "lenet-300-100", "--plan", plan, "--json"] + arguments)
            #expect(result.code == 0, "\(result.message)")
            let json = try #require(result.json as? [String: Any])
            let layer = (json["layers"] as? [[String: Any]])?.last?["fit"] as? [String: Any]
            let counts = (json["accuracy"] as? [String: Any]) ?? (json["agreement"] as? [String: Any])
            return (counts?["evaluated"] as? Int, layer?["examples"] as? Int, result.message)
        }
        let third = try fit("--data", folder)
        #expect(third.evaluated == 20 && third.examples == 20 && third.message.contains("what layers are fitted to"))
        let named = try fit("--data", folder, "--calibrate", others)
        #expect(named.evaluated == 30 && named.examples == 30 && !named.message.contains("what layers are fitted to"))
        let drawn = try fit("--generate", "normal", "--count", "100", "--calibrate", "generated", "--calibration-examples", "50")
        #expect(drawn.evaluated == 100 && drawn.examples == 50 && drawn.message.contains("fitted to generated inputs"))
        let refused = try place.run("report", "lenet-300-100", "--plan", plan, "--generate", "normal")
        #expect(refused.code != 0 && refused.message.contains("training examples"), "\(refused.message)")
        #expect(try place.run("report", "lenet-300-100", "--plan", plan, "--data", folder, "--calibrate", folder).code == 64)
    }

    @Test("Without labels and without data it is agreement everywhere, never accuracy")
    func agreement() throws {
        let place = try Workplace()
        let images = try write(npy("|u1", "(60, 28, 28)", pixels), "images.npy", place)
        let plan = try place.write("version: 1\nlayers:\n  '*': {level: 0.6}\n", to: "plan.yaml")
        for (arguments, name, count) in [
            (["--data", images], "unlabelled examples", 30), (["--generate", "normal"], "generated inputs", 1000),
        ] {
            let result = try place.run("report", "lenet-300-100", "--plan", plan, "--json", arguments[0], arguments[1])
            let json = try #require(result.json as? [String: Any])
            let agreement = try #require(json["agreement"] as? [String: Any])
            #expect(result.code == 0 && json["accuracy"] is NSNull && agreement["on"] as? String == name)
            #expect(agreement["evaluated"] as? Int == count && agreement["exact"] as? Bool == true)
            // Inputs that are drawn are nothing that the network was trained on.
            #expect(result.message.contains("no model card") == false)
            let share = try #require(agreement["share"] as? Double)
            #expect(share > 0 && share <= 1 && agreement["changed"] as? Int == Int(((1 - share) * Double(count)).rounded()))
            let text = try place.run("report", "lenet-300-100", "--plan", plan, arguments[0], arguments[1])
            #expect(text.output.contains("agreement  ") && text.output.contains(name) && text.output.contains("not accuracy"))
            #expect(!text.output.contains("accuracy   "))
        }
    }

    /// Images of 3×64×64, one convolution as PyTorch's first exporter names it, ten logits.
    private func writeColoured(_ place: Workplace) throws -> String {
        func parameter(_ name: String, _ shape: Shape, _ role: Parameter.Role = .weight) -> (String, Parameter) {
            let values = (0..<shape.count).map { Float(sin(Double($0 * $0 % 977))) }
            return (name, Parameter(name: name, role: role, values: Tensor(shape: shape, floats: values)))
        }
        let nodes = [
            Node(
                name: "/layer1/layer1.0/conv1/Conv", operation: .convolution(Convolution(kernel: [8, 8], strides: [8, 8])),
                inputs: ["input", "onnx::Conv_1"], outputs: ["a"]),
            Node(name: "relu", operation: .relu, inputs: ["a"], outputs: ["b"]),
            Node(name: "flatten", operation: .flatten(axis: 1), inputs: ["b"], outputs: ["c"]),
            Node(name: "/fc/Gemm", operation: .gemm(Gemm(transposeB: true)), inputs: ["c", "fc.weight"], outputs: ["logits"]),
        ]
        let network = Network(
            name: "coloured", input: "input", inputShape: [3, 64, 64], output: "logits", nodes: nodes,
            parameters: OrderedDictionary(
                uniqueKeysWithValues: [parameter("onnx::Conv_1", [4, 3, 8, 8]), parameter("fc.weight", [10, 256])]))
        let path = place.path + "/coloured.onnx"
        try NetworkWriter.write(network, to: path)
        return path
    }

    @Test("A network that reads no image of the installed data is measured on generated inputs, and its layers go by their modules")
    func undirected() throws {
        let place = try Workplace()
        let network = try writeColoured(place)
        for name in ["layer1.0.conv1", "'onnx::Conv_1'", "layer1*"] {
            let plan = try place.write("version: 1\nlayers:\n  \(name): {level: 0.5}\n", to: "plan.yaml")
            let text = try place.run("report", network, "--plan", plan)
            #expect(text.code == 0 && text.output.contains("layer1.0.conv1") && text.output.contains("not accuracy"), "\(text)")
            #expect(text.message.contains("takes 3×64×64, no example of the installed data"), "\(text.message)")
        }
        let terminal = try place.start(["explore", network, "--session", "work"], width: 160)
        try terminal.expect("1,000 generated inputs")
        try terminal.expect("layer1.0.conv1")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        if Workplace.hasData {
            let named = try place.run("report", network, "--data", DatasetLoader.debianDirectory)
            #expect(named.code == 0 && named.output.contains("fitted to the network"), "\(named)")
        }
        #expect(try place.run("train", network, "--epochs", "1").message.contains("name training examples with --data"))
    }

    @Test("The screen and its snapshots say agreement")
    func screen() throws {
        let place = try Workplace()
        let terminal = try place.start(["explore", "lenet-300-100", "--generate", "normal", "--session", "work"], width: 160)
        try terminal.expect("agreement 100.00")
        try terminal.expect("1,000 generated inputs")
        try terminal.type("s", "snapshot name:")
        try terminal.type("\r", "note for snapshot 1:")
        terminal.send("\r")
        try terminal.expect("snapshot 1 saved")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
        let snapshot = try #require(try place.read("work").snapshots.first)
        #expect(snapshot.report.accuracy?.kind == .generated && snapshot.report.data?.kind == .generated)
        #expect(try place.run("sessions", "list").output.contains("agreement 100.00%"))
    }

    @Test("Wrong data end the explorer before it opens, with a message and a code")
    func refusals() throws {
        let place = try Workplace()
        let other = try write(npy("|u1", "(6, 3, 32, 32)", [UInt8](repeating: 1, count: 6 * 3072)), "other/x.npy", place)
        let beyond = try write(npy("|u1", "(60, 28, 28)", pixels), "beyond/x.npy", place)
        _ = try write(npy("|u1", "(60,)", (0..<60).map { UInt8($0 % 12) }), "beyond/y.npy", place)
        let cut = try write(npy("|u1", "(60, 28, 28)", Array(pixels.dropLast())), "cut/x.npy", place)
        let lying = try write(npy("|u1", "(1152921504606846976, 28, 28)", [1]), "lying/x.npy", place)
        let cifar = try write(Data([UInt8](repeating: 0, count: 3000)), "cifar/test_batch.bin", place)
        try FileManager.default.createDirectory(atPath: place.path + "/empty", withIntermediateDirectories: true)
        let escape = try write(Data("x".utf8), "a\u{1b}[31m.txt", place)
        let cases: [(String, Int32, String)] = [
            (other, 65, "examples [3×32×32] but lenet-5 reads [1×28×28]"),
            ((beyond as NSString).deletingLastPathComponent, 65, "labels up to 11 but lenet-5 has 10 classes"),
            ((cut as NSString).deletingLastPathComponent, 65, "expected the bytes of [60×28×28] of uint8"),
            ((lying as NSString).deletingLastPathComponent, 65, "expected the bytes of [1152921504606846976×28×28]"),
            ((cifar as NSString).deletingLastPathComponent, 65, "whole records of 3073 bytes"),
            (place.path + "/empty", 65, "none among 0 files"), (place.path + "/nowhere", 66, "expected a folder that can be read"),
            (escape, 65, "a\\u{1b}[31m.txt"),
        ]
        for (path, code, text) in cases {
            let terminal = try place.start(["explore", "lenet-5", "--data", path], width: 400)
            #expect(terminal.waitForEnd() == .exited(code), "\(text)")
            #expect(terminal.screen.text.contains(text), "\(terminal.screen.text)")
            #expect(!terminal.screen.isAlternate)
            let report = try place.run("report", "lenet-5", "--data", path)
            #expect(report.code == code && report.message.contains(text) && report.output.isEmpty, "\(report)")
            let training = try place.run("train", "lenet-5", "--data", path, "--epochs", "1")
            #expect(training.code == code && training.message.contains(text), "\(training)")
        }
        #expect(!FileManager.default.fileExists(atPath: place.path + "/sessions"))
        #expect(try place.run("report", "--mean", "a").code == 64)
        #expect(try place.run("report", "--std", "0").code == 64)
        #expect(try place.run("report", "--layout", "chw").code == 64)
        #expect(try place.run("report", "--count", "5", "--data", "small.npz").code == 64)
        #expect(try place.run("report", "--generate", "normal", "--count", "0").code == 64)
    }

    @Test("A damaged picture of a class folder is named by every command")
    func damagedPictures() throws {
        let place = try Workplace()
        func picture(_ path: String) throws { _ = try write(Data((0..<300).map { UInt8(truncatingIfNeeded: $0 * $0) }), path, place) }
        for name in ["a", "b", "c"] { for number in 1...2 { try picture("q/\(name)/\(number).png") } }
        let whole = try place.run("report", "lenet-5", "--data", place.path + "/q")
        #expect(whole.code == 65 && whole.message.contains("/q/") && whole.message.contains(".png"), "\(whole)")
        for part in ["train", "val", "test"] { for name in ["a", "b"] { try picture("split/\(part)/\(name)/1.png") } }
        for arguments in [["report", "lenet-5"], ["train", "lenet-5", "--epochs", "1"]] {
            let split = try place.run(arguments + ["--data", place.path + "/split"])
            #expect(split.code == 65 && split.message.contains("/split/") && split.message.contains(".png"), "\(split)")
            #expect(split.output.isEmpty)
        }
    }

    @Test("Arrays in column-major order give the figures of row-major ones; text as examples is refused with the cure")
    func columnMajor() throws {
        let place = try Workplace()
        let rows = pixels
        let columns = (0..<60 * 784).map { (place: Int) -> UInt8 in
            let (row, column) = (place % 60, place / 60)
            return rows[784 * row + column]
        }
        let labels = npy("|u1", "(60,)", (0..<60).map { UInt8($0 % 10) })
        _ = try write(npy("|u1", "(60, 784)", rows), "rows/x.npy", place)
        let turned = npy("|u1", "(60, 784)", columns)
        let header = String(decoding: turned.prefix(80), as: UTF8.self)
        #expect(header.contains("False"))
        var text = turned
        text.replaceSubrange(try #require(text.range(of: Data("False".utf8))), with: Data("True ".utf8))
        _ = try write(text, "columns/x.npy", place)
        for folder in ["rows", "columns"] { _ = try write(labels, folder + "/y.npy", place) }
        let figures = try ["rows", "columns"].map { folder in
            let result = try place.run("report", "lenet-300-100", "--data", place.path + "/" + folder, "--json")
            #expect(result.code == 0, "\(result)")
            return try #require((result.json as? [String: Any])?["accuracy"] as? [String: Any])["crossEntropy"] as? Double
        }
        #expect(figures[0] != nil && figures[0] == figures[1])
        _ = try write(npy("<U2", "(60, 784)", [UInt8](repeating: 65, count: 60 * 784 * 8)), "text/x.npy", place)
        _ = try write(labels, "text/y.npy", place)
        let result = try place.run("report", "lenet-300-100", "--data", place.path + "/text")
        #expect(
            result.code == 65 && result.message.contains("text, descr '<U2'") && result.message.contains(".astype('float32')"), "\(result)")
    }

    @Test("A range that is taken for pixels is said, however few examples there are")
    func guessedRange() throws {
        let place = try Workplace()
        let values = (0..<20 * 784).map { Float($0 % 73) / 10 + 0.2 }
        let file = try write(npy("<f4", "(20, 784)", values.flatMap { withUnsafeBytes(of: $0) { Array($0) } }), "sensors.npy", place)
        let guessed = try place.run("report", "lenet-300-100", "--data", file)
        #expect(
            guessed.code == 0 && guessed.message.contains("0.2…7.4, are not like those of pixels")
                && guessed.message.contains("were taken for them") && guessed.message.contains("--scale 1"),
            "\(guessed)")
        for scale in ["1", "1/255"] {
            #expect(try !place.run("report", "lenet-300-100", "--data", file, "--scale", scale).message.contains("pixels"))
        }
        let terminal = try place.start(["explore", "lenet-300-100", "--data", file, "--session", "work"], width: 200)
        try terminal.expect("are not like those of pixels")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    @Test("The card of a trained network has the normalization in force, and measures by it", arguments: [nil, "1/1000"])
    func trainedNormalization(scale: String?) throws {
        let place = try Workplace()
        let network = try place.copyNetwork("lenet-300-100", as: "bare.onnx")
        let (factor, shift): (Float, Float) = scale == nil ? (0.005, 1) : (5, 0)
        let values: [Float] = (0..<60 * 784).map { place in
            let label = place / 784 % 10
            return Float(place % 97 * (label + 1)) * factor - shift
        }
        let folder = try writeSplits(npy("<f4", "(60, 784)", values.flatMap { withUnsafeBytes(of: $0) { Array($0) } }), place)
        let output = place.path + "/trained.onnx"
        let run = try place.run(
            ["train", network, "--data", folder, "--epochs", "1", "-o", output, "--json"]
                + (scale.map { ["--scale", $0] } ?? []))
        #expect(run.code == 0, "\(run)")
        let input = try #require(try ModelCardReader.card(besides: output)?.input)
        #expect(input.scale == (scale == nil ? 1 : 0.001) && input.mean == [0] && input.standardDeviation == [1])
        let line = try #require(run.output.split(separator: "\n").last)
        let result = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let told = try #require((result["validation"] as? [String: Any])?["current"] as? Double)
        let report = try place.run("report", output, "--data", folder, "--json")
        let json = try #require(report.json as? [String: Any])
        #expect((json["accuracy"] as? [String: Any])?["current"] as? Double == told, "\(report)")
    }

    @Test("A NaN in the data is named by a training, not taken for a rate that is too high, and counts as wrong in a report")
    func notANumber() throws {
        let place = try Workplace()
        var values = (0..<60 * 784).map { Float($0 % 73) / 73 }
        values[7 * 784 + 5] = .nan
        let folder = try writeSplits(npy("<f4", "(60, 784)", values.flatMap { withUnsafeBytes(of: $0) { Array($0) } }), place)
        let run = try place.run("train", "lenet-300-100", "--data", folder, "--scale", "1", "--epochs", "1")
        #expect(run.code == 80 && run.message.contains("training example 7 of set") && run.message.contains("NaN"), "\(run)")
        #expect(!run.message.contains("rate"))
        let report = try place.run("report", "lenet-300-100", "--data", folder, "--scale", "1", "--json")
        let accuracy = try #require((report.json as? [String: Any])?["accuracy"] as? [String: Any])
        #expect(accuracy["notANumber"] as? Int == 1)
    }

    @Test("So many generated inputs as were asked for, whose first ones are the same")
    func generatedCount() throws {
        let place = try Workplace()
        let result = try place.run("report", "lenet-300-100", "--generate", "uniform", "--count", "37", "--json")
        let json = try #require(result.json as? [String: Any])
        #expect((json["agreement"] as? [String: Any])?["evaluated"] as? Int == 37)
        #expect((json["data"] as? [String: Any])?["count"] as? Int == 37)
    }
}
