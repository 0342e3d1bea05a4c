import Foundation
import TestSupport
import Testing

/// The examples of README.md and Docs/Data.md that stand below the mark `<!-- run -->`, run as they are written on small files of those names.
@Suite("Examples of the documentation", .serialized)
struct DocExampleTests {
    /// A line of a marked block, and where it stands.
    struct Example: CustomTestStringConvertible, Sendable {
        var page: String
        var words: [String]

        var testDescription: String { "\(page): \(words.joined(separator: " "))" }
    }

    static let examples = ["README.md", "Docs/Data.md"].flatMap { page in
        let text = (try? String(contentsOf: Workplace.root.appendingPathComponent(page), encoding: .utf8)) ?? ""
        return marked(text).map { Example(page: page, words: $0) }
    }

    /// The lines of marked blocks as words, without comments.
    private static func marked(_ text: String) -> [[String]] {
        var (found, isMarked, isInside): ([[String]], Bool, Bool) = ([], false, false)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "<!-- run -->" { isMarked = true }
            guard line.hasPrefix("```") else {
                let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
                if isInside, !words.isEmpty { found.append(words) }
                continue
            }
            (isInside, isMarked) = (isMarked && !isInside, isMarked && !isInside)
        }
        return found
    }

    @Test("There are examples of every form of data, and of weights without a graph")
    func extent() {
        let text = Self.examples.map(\.testDescription).joined(separator: "\n")
        for word in ["safetensors", ".npz", ".npy", "cifar", "pictures", "idx", "--generate", "--mean", "--layout", ".gguf", "pare export"]
        {
            #expect(text.contains(word), "\(word)")
        }
        #expect(Self.examples.allSatisfy { $0.words.first == "pare" } && Self.examples.count >= 16)
    }

    @Test("An example does what it says", arguments: examples)
    func runs(example: Example) throws {
        let place = try Workplace()
        try DocFiles.write(to: place.path)
        let arguments = Array(example.words.dropFirst())
        guard arguments.first == "explore" else {
            let result = try place.run(arguments)
            #expect(result.code == 0 && !result.output.isEmpty, "\(result.message)")
            if arguments.contains("--data") {
                #expect(result.output.contains("accuracy   ") || result.output.contains("agreement  "), "\(result.output)")
                #expect(!result.output.contains("not measured"))
            }
            if let place = arguments.firstIndex(of: "-o").map({ arguments[$0 + 1] }) { #expect(result.output.contains(place)) }
            return
        }
        let terminal = try place.start(arguments)
        try terminal.expect("1 Layers")
        if arguments.contains("--data") { try terminal.expect("exact on") }
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }
}

/// A small network for pictures of 32×32 in colour, weights without a graph, and the same few examples in every form.
enum DocFiles {
    static func write(to folder: String) throws {
        func write(_ bytes: [UInt8], _ name: String) throws {
            let url = URL(fileURLWithPath: folder + "/" + name)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        try write(network, "my.onnx")
        try write(safetensors(["model.0.fc.weight": [64, 96], "model.1.fc.weight": [10, 64]]), "my.safetensors")
        try write(WeightsFiles.gguf(), "my.gguf")
        try write(Array("version: 1\nlayers:\n  '*': {level: 0.5, linear: {bits: 4}}\n".utf8), "plan.yaml")
        try write(WeightsFiles.npy("48, 3, 32, 32", "|u1", data: pixels(48)), "my-data/x.npy")
        try write(WeightsFiles.npy("48,", "|u1", data: labels(48)), "my-data/y.npy")
        try write(WeightsFiles.npy("48, 32, 32, 3", "|u1", data: pixels(48)), "images.npy")
        try write(archive, "set.npz")
        try write(examples, "set.safetensors")
        for (file, count) in [("data_batch_1.bin", 40), ("test_batch.bin", 20)] {
            try write(records(count), "cifar-10-batches-bin/" + file)
        }
        for (file, count) in [("train", 60), ("t10k", 20)] {
            try write(idx([UInt32(count), 3, 32, 32], pixels(count)), "idx/\(file)-images-idx4-ubyte")
            try write(idx([UInt32(count)], labels(count)), "idx/\(file)-labels-idx1-ubyte")
        }
        try copyPictures(to: folder + "/pictures")
    }

    private static var network: [UInt8] {
        let nodes = [
            Onnx.node("Conv", ["x", "w1", "b1"], "a", [Onnx.ints("kernel_shape", [3, 3]), Onnx.ints("strides", [2, 2])], name: "conv"),
            Onnx.node("Relu", ["a"], "b"), Onnx.node("GlobalAveragePool", ["b"], "c"), Onnx.node("Flatten", ["c"], "d"),
            Onnx.node("Gemm", ["d", "w2", "b2"], "y", [Onnx.int("transB", 1)], name: "fc"),
        ]
        func values(_ index: Int) -> Float { Float((index * 2_654_435_761) % 2_001 - 1_000) / 2_000 }
        let weights = [
            Onnx.floats("w1", [8, 3, 3, 3], values), Onnx.floats("b1", [8], values), Onnx.floats("w2", [10, 8], values),
            Onnx.floats("b2", [10], values),
        ]
        return Onnx.model(Onnx.graph(nodes, weights, input: [nil, 3, 32, 32]))
    }

    private static func pixels(_ count: Int) -> [UInt8] {
        (0..<count * 3_072).map { UInt8(truncatingIfNeeded: $0 / 3_072 * 37 + $0 % 3_072 * $0 % 251) }
    }

    private static func labels(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 10) } }

    private static func records(_ count: Int) -> [UInt8] {
        let pixels = pixels(count)
        return zip(labels(count), 0..<count).flatMap { [$0] + pixels[3_072 * $1..<3_072 * ($1 + 1)] }
    }

    private static var archive: [UInt8] {
        let arrays = [("train", 60), ("test", 20)].flatMap { split, count in
            [
                ("x_\(split)", WeightsFiles.npy("\(count), 32, 32, 3", "|u1", data: pixels(count))),
                ("y_\(split)", WeightsFiles.npy("\(count),", "|u1", data: labels(count))),
            ]
        }
        return WeightsFiles.zip(arrays.map { .init(name: $0.0 + ".npy", content: $0.1) })
    }

    private static var examples: [UInt8] {
        let header =
            #"{"inputs":{"dtype":"U8","shape":[48,3,32,32],"data_offsets":[0,147456]},"labels":{"dtype":"U8","shape":[48],"data_offsets":[147456,147504]}}"#
        return WeightsFiles.safetensors(header, data: 0) + pixels(48) + labels(48)
    }

    private static func safetensors(_ shapes: KeyValuePairs<String, [Int]>) -> [UInt8] {
        var (entries, end): ([String], Int) = ([], 0)
        for (name, shape) in shapes {
            let size = 4 * shape.reduce(1, *)
            entries.append("\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(end),\(end + size)]}")
            end += size
        }
        let values = (0..<end / 4).map { Float(($0 * 40_503) % 1_999 - 999) / 5_000 }
        return WeightsFiles.safetensors("{\(entries.joined(separator: ","))}", data: 0) + WeightsFiles.floats(values)
    }

    private static func idx(_ axes: [UInt32], _ content: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(axes.count)] + axes.flatMap { axis in (0..<4).map { UInt8(truncatingIfNeeded: axis >> (24 - 8 * $0)) } } + content
    }

    /// Ten classes with the fixtures' pictures.
    private static func copyPictures(to folder: String) throws {
        let fixtures = Workplace.root.appendingPathComponent("Tests/Fixtures/pictures")
        for index in 0..<10 {
            try FileManager.default.createDirectory(atPath: "\(folder)/class \(index)", withIntermediateDirectories: true)
            for name in ["colour.png", "grey.png", "colour.jpg", "palette.png"] {
                try FileManager.default.copyItem(
                    atPath: fixtures.appendingPathComponent(name).path, toPath: "\(folder)/class \(index)/\(name)")
            }
        }
    }
}
