import Compression
import Exports
import Formats
import Foundation
import Networks
import Testing

/// `pare export`, `decode` and `info` by the built program.
@Suite("Exports", .enabled(if: Workplace.hasData), .serialized)
struct ExportCommandTests {
    static let python = Workplace.root.appendingPathComponent(".venv-test/bin/python").path
    static let hasRuntime = FileManager.default.isExecutableFile(atPath: python)

    /// Every plan of the samples, by network.
    private static let plans =
        ["lenet-300-100", "lenet-5"].flatMap { name in
            [
                ExportSamples.pruneAndShare[name] ?? "", ExportSamples.linear8, ExportSamples.linear4, ExportSamples.asymmetric,
                ExportSamples.binary, ExportSamples.entropy, ExportSamples.universal,
            ]
            .map { (name, $0) }
        } + [("lenet-5", ExportSamples.spatial), ("lenet-5", ExportSamples.tucker)]

    @Test("A container gives the weights back bit for bit, decodes to them, and its table adds up to its size")
    func container() throws {
        let place = try Workplace()
        for (index, (name, text)) in Self.plans.enumerated() {
            let plan = try place.write(text, to: "plan.yaml")
            let file = place.path + "/\(name)-\(index).pare"
            let run = try place.run("export", name, "--plan", plan, "--format", "pare", "-o", file)
            #expect(run.code == 0, "\(run.message)")
            let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
            let decoded = place.path + "/decoded.onnx"
            #expect(try place.run("decode", file, "-o", decoded).code == 0)
            let inside = try PareFile.read(file)
            let outside = try NetworkReader.read(decoded)
            #expect(inside.network.nodes == outside.nodes)
            for (key, parameter) in inside.network.parameters {
                #expect(parameter.values.floats.map(\.bitPattern) == outside.parameters[key]?.values.floats.map(\.bitPattern))
            }
            let info = try #require(try place.run("info", file, "--json").json as? [String: Any])
            #expect(info["bytes"] as? Int == size && inside.table.total == size)
            let before = try #require(try place.run("report", name, "--plan", plan, "--json").json as? [String: Any])
            let after = try #require(try place.run("report", file, "--json").json as? [String: Any])
            let accuracy = { (report: [String: Any]) in (report["accuracy"] as? [String: Any])?["current"] as? Double }
            #expect(accuracy(before) != nil && accuracy(before) == accuracy(after))
        }
    }

    @Test("info describes a network: values, operators, layers, and what can't be run with its reason")
    func description() throws {
        let place = try Workplace()
        let info = try #require(try place.run("info", "lenet-5", "--json").json as? [String: Any])
        #expect(info["parameters"] as? Int == 431_080 && info["float32Bytes"] as? Int == 1_724_320)
        #expect((info["input"] as? [String: Any])?["shape"] as? [Int] == [1, 28, 28])
        #expect((info["output"] as? [String: Any])?["shape"] as? [Int] == [10])
        let operators = (info["operators"] as? [[String: Any]] ?? []).map { "\($0["name"] ?? "") \($0["count"] ?? 0)" }
        #expect(Set(operators).isSuperset(of: ["Conv 2", "Gemm 2", "MaxPool 2"]), "\(operators)")
        // By hand: 20·24² · 25 + 50·8² · 500 + 500 · 800 + 10 · 500.
        #expect(info["multiplyAdds"] as? Int == 288_000 + 1_600_000 + 400_000 + 5_000)
        let layers = info["layers"] as? [[String: Any]] ?? []
        #expect(layers.map { $0["name"] as? String } == ["conv1", "conv2", "fc1", "fc2"])
        #expect(layers.map { $0["multiplyAdds"] as? Int } == [288_000, 1_600_000, 400_000, 5_000])
        #expect((info["obstacles"] as? [Any])?.isEmpty == true && info["parametersOutsideLayers"] as? Int == 0)
        let text = try place.run("info", "lenet-5").output
        #expect(text.contains("runs        yes: 2,293,000 multiply-adds an example") && text.contains("500×800"))

        let tensors = place.path + "/weights.safetensors"
        #expect(try place.run("export", "lenet-5", "--format", "safetensors", "-o", tensors).code == 0)
        let weights = try place.run("info", tensors)
        #expect(weights.code == 0 && weights.output.contains("weights without a graph") && weights.output.contains("conv2"))
        #expect(try place.run("info", place.path + "/none.onnx").code == 66)
        #expect(try place.run("info", try place.write("no network", to: "x.onnx")).code == 65)
    }

    @Test("info names the nodes that can't be run and why")
    func obstacles() throws {
        let place = try Workplace()
        // An operator that nobody has, as long as the name of another one.
        var bytes = try Data(contentsOf: Workplace.root.appendingPathComponent("Models/lenet-5.onnx"))
        let range = try #require(bytes.range(of: Data("Relu".utf8)))
        bytes.replaceSubrange(range, with: Data("Nope".utf8))
        let file = place.path + "/novel.onnx"
        try bytes.write(to: URL(fileURLWithPath: file))
        let info = try #require(try place.run("info", file, "--json").json as? [String: Any])
        let obstacles = info["obstacles"] as? [[String: Any]] ?? []
        #expect(obstacles.count == 1 && obstacles.first?["operator"] as? String == "Nope")
        #expect((obstacles.first?["reason"] as? String)?.isEmpty == false && info["multiplyAdds"] == nil)
        #expect((info["layers"] as? [Any])?.count == 4)
        #expect(try place.run("info", file).output.contains("can't be run"))
    }

    @Test("ONNX Runtime predicts the same on 10,000 images for every exported ONNX", .enabled(if: hasRuntime))
    func runtime() throws {
        let place = try Workplace()
        let network = try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-5.onnx").path)
        let (images, _) = try ExportSamples.examples(10_000, of: network)
        try ExportSamples.write(images, to: place.path + "/images")
        var arguments = [Workplace.root.appendingPathComponent("Scripts/check-exports.py").path, place.path + "/images", "1x28x28"]
        for (index, (name, text)) in Self.plans.enumerated() {
            let plan = try place.write(text, to: "plan.yaml")
            let reference = place.path + "/\(index).pare"
            #expect(try place.run("export", name, "--plan", plan, "--format", "pare", "-o", reference).code == 0)
            let logits = place.path + "/\(index).logits"
            try ExportSamples.write(try ExportSamples.logits(try PareFile.read(reference).network, images), to: logits)
            for format in ["onnx", "onnx-qdq"] {
                let file = place.path + "/\(index)-\(format).onnx"
                let run = try place.run("export", name, "--plan", plan, "--format", format, "-o", file)
                #expect(run.code == 0, "\(run.message)")
                arguments += [file, logits]
            }
        }
        let (code, output) = try ExportSamples.run(Self.python, arguments)
        #expect(code == 0, "\(output)")
        let lines = output.split(separator: "\n").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(lines.count == 2 * Self.plans.count)
        for line in lines {
            #expect(line["examples"] as? Int == 10_000)
            #expect(line["different"] as? Int == 0, "\(line)")
            #expect(try #require(line["largest"] as? Double) < 1e-5, "\(line)")
        }
    }

    @Test("Quantized ONNX is smaller by what its integers say, and opens again with the same accuracy")
    func quantized() throws {
        let place = try Workplace()
        for (text, ratio) in [(ExportSamples.linear8, 3.9), (ExportSamples.linear4, 7.4)] {
            let plan = try place.write(text, to: "plan.yaml")
            let file = place.path + "/q.onnx"
            #expect(try place.run("export", "lenet-5", "--plan", plan, "--format", "onnx-qdq", "-o", file).code == 0)
            let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
            #expect(Double(1_724_320) / Double(size) > ratio)
            let before = try #require(try place.run("report", "lenet-5", "--plan", plan, "--json").json as? [String: Any])
            let after = try #require(try place.run("report", file, "--json").json as? [String: Any])
            let accuracy = { (report: [String: Any]) in (report["accuracy"] as? [String: Any])?["current"] as? Double }
            #expect(accuracy(before) == accuracy(after))
        }
    }

    @Test("C source compiles without a warning and gives the same predictions on 1,000 images")
    func cSource() throws {
        let place = try Workplace()
        for (name, text) in Self.plans where text != ExportSamples.binary && text != ExportSamples.asymmetric {
            let plan = try place.write(text, to: "plan.yaml")
            let (file, reference) = (place.path + "/net.c", place.path + "/net.pare")
            let run = try place.run("export", name, "--plan", plan, "--format", "c", "-o", file)
            #expect(run.code == 0, "\(run.message)")
            #expect(try place.run("export", name, "--plan", plan, "--format", "pare", "-o", reference).code == 0)
            let network = try PareFile.read(reference).network
            let (images, _) = try ExportSamples.examples(1_000, of: network)
            try ExportSamples.write(images, to: place.path + "/images")
            let main = try place.write(Self.driver, to: "main.c")
            let built = try ExportSamples.run(
                "/usr/bin/gcc",
                ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror", file, main, "-o", place.path + "/net", "-lm"])
            #expect(built.code == 0, "\(built.output)")
            let ran = try ExportSamples.run(place.path + "/net", [place.path + "/images", place.path + "/out"])
            #expect(ran.code == 0, "\(ran.output)")
            let (expected, found) = (try ExportSamples.logits(network, images), try ExportSamples.read(place.path + "/out"))
            #expect(found.count == expected.count)
            #expect(ExportSamples.classes(found, of: 10) == ExportSamples.classes(expected, of: 10))
            let largest = expected.map(\.magnitude).max() ?? 1
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
        }
    }

    @Test("safetensors carry the plan; messages say what was written, and refusals what helps")
    func messages() throws {
        let place = try Workplace()
        let plan = try place.write(ExportSamples.pruneAndShare["lenet-5"] ?? "", to: "plan.yaml")
        let file = place.path + "/net.safetensors"
        let run = try place.run("export", "lenet-5", "--plan", plan, "--format", "safetensors", "-o", file)
        #expect(run.code == 0)
        #expect(run.output.contains("read back, 431,080 values the same bit for bit"))
        #expect(run.output.contains("gzip makes") && run.output.contains("onnx-qdq"))
        #expect(try Safetensors(path: file).metadata["plan"]?.contains("conv2.weight") == true)
        #expect(try place.run("export", "lenet-5", "--format", "pare", "-o", place.path + "/none/x.pare").code == 73)
        #expect(try place.run("export", "lenet-5", "--format", "zip", "-o", "x").code == 64)
        let container = place.path + "/net.pare"
        #expect(try place.run("export", "lenet-300-100", "--format", "pare", "-o", container).code == 0)
        #expect(try place.run("decode", container, "-o", place.path + "/x.safetensors").code == 64)
        #expect(try place.run("export", "lenet-5", "--format", "c", "-o", place.path + "/net.txt").code == 65)
        #expect(try place.run("decode", place.path + "/missing.pare", "-o", place.path + "/x.onnx").code == 66)
    }

    @Test("A container that declares too many weights, or is damaged, is refused with the figure or the byte, and stays as it was")
    func refusals() throws {
        let place = try Workplace()
        let file = place.path + "/net.pare"
        #expect(try place.run("export", "lenet-300-100", "--format", "pare", "-o", file).code == 0)
        let many = try place.run("info", file, "--max-weights", "1000")
        #expect(
            many.code == 65 && many.message.contains("--max-weights") && many.message.contains("at most 1000 weights"), "\(many.message)")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        bytes[bytes.count / 2] ^= 0x10
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let damaged = try place.run("decode", file, "-o", place.path + "/out.onnx")
        #expect(damaged.code == 65 && damaged.message.contains("checksum") && damaged.message.contains("byte"), "\(damaged.message)")
        #expect(!FileManager.default.fileExists(atPath: place.path + "/out.onnx"))
        #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))) == bytes)
    }

    /// Reads images of 784 floats, writes logits of 10.
    private static let driver = """
        #include <stdio.h>
        #include "net.h"
        int main(int argc, char **argv) {
            static float image[NET_INPUT_COUNT], logits[NET_OUTPUT_COUNT];
            FILE *from = fopen(argv[argc - 2], "rb"), *to = fopen(argv[argc - 1], "wb");
            if (!from || !to) return 1;
            while (fread(image, sizeof image, 1, from) == 1) {
                net_run(image, logits);
                if (fwrite(logits, sizeof logits, 1, to) != 1) return 2;
            }
            return fclose(to);
        }
        """
}
