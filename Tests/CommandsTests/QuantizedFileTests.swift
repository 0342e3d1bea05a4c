import Compression
import Exports
import Formats
import Foundation
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// What Pare writes of networks that came quantized, which Scripts/make-quantized-fixtures.py made.
@Suite("Files of networks that came quantized")
struct QuantizedFileTests {
    static let folder = Workplace.root.appendingPathComponent("Tests/Fixtures/quantized")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()

    private func applied(_ network: Network, _ plan: CompressionPlan = CompressionPlan()) throws -> Applied {
        var distributions: [String: WeightDistribution] = [:]
        for layer in network.layers {
            distributions[layer.weight] = try WeightDistribution(try #require(network.parameters[layer.weight]?.values))
        }
        let resolved = try plan.resolved(for: network.layers)
        let rules = resolved.pruningRules(distributions: distributions)
        let layers = try network.layers.map { layer in
            let (parameter, distribution) = (
                try #require(network.parameters[layer.weight]), try #require(distributions[layer.weight])
            )
            var given = GivenStructure.detect(weights: parameter.values, distribution: distribution)
            given.codes = parameter.origin
            let made = try LayerCompressor.compress(
                layer: layer, weights: parameter.values, bias: layer.bias.flatMap { network.parameters[$0]?.values },
                distribution: distribution, plan: resolved[layer.weight], rule: rules[layer.weight] ?? .none, given: given)
            return try #require(made)
        }
        return Applied(base: network, layers: layers, plan: plan)
    }

    private func read(_ path: String) throws -> Network {
        path.hasSuffix(".pare") ? try PareFile.read(path).network : try NetworkReader.read(path)
    }

    private func outputs(_ network: Network, _ x: Tensor) throws -> [Float] {
        let executor = try OneDNNExecutor(network: network, batchSize: x.shape[0])
        executor.withInput { _ = $0.update(fromContentsOf: x.floats) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    private func examples(_ name: String) throws -> Tensor {
        try #require(try Safetensors(path: Self.folder.appendingPathComponent("values.safetensors").path).tensors["\(name)/x"])
    }

    /// Untouched: the same outputs bit for bit, the same integers, and written once more as many bytes.
    @Test(arguments: names) func comesBackAsItLeft(name: String) throws {
        let place = try Workplace()
        let opened = try read(Self.folder.appendingPathComponent(name + ".onnx").path)
        let (x, expected) = (try examples(name), try outputs(opened, try examples(name)))
        for format in [ExportFormat.onnx, .quantizedONNX, .pare] {
            let paths = ["first", "again"].map { place.path + "/\($0)-\(format.rawValue).\(format.fileExtension)" }
            let first = try NetworkExport.write(try applied(opened), as: format, to: paths[0])
            #expect(first.notKept.isEmpty || name == "float8", "\(format): \(first.notKept)")
            let back = try read(paths[0])
            #expect(try outputs(back, x) == expected, "\(format)")
            let again = try NetworkExport.write(try applied(back), as: format, to: paths[1])
            #expect(abs(again.files[0].byteCount - first.files[0].byteCount) <= 24, "\(format)")
            guard format != .onnx else { continue }
            for layer in opened.layers {
                guard layer.count > 100, let origin = opened.parameters[layer.weight]?.origin, !origin.steps.isEmpty else { continue }
                let kept = try #require(back.parameters[layer.weight]?.origin, "\(format) \(layer.name)")
                // A container says how many bits the levels take.
                let bits = format == .pare ? 2...origin.bits : origin.bits...origin.bits
                #expect(kept.scales == origin.steps.count && bits.contains(kept.bits), "\(format) \(layer.name): \(kept)")
            }
        }
    }

    /// A plan on a network of QLinear operators: what is written gives what is measured.
    @Test(arguments: ["cnn-qoperator", "cnn-signed", "cnn-dynamic", "tflite"]) func isPrunedAndShared(name: String) throws {
        let place = try Workplace()
        let opened = try read(Self.folder.appendingPathComponent(name + ".onnx").path)
        var plan = CompressionPlan()
        plan.layers = opened.layers.enumerated().map { index, layer in
            let own = index % 2 == 0 ? LayerPlan(pruning: .level(0.5)) : LayerPlan(weights: .shared(WeightSharing(bits: 3)))
            return CompressionPlan.Entry(pattern: layer.weight, plan: own)
        }
        let applied = try applied(opened, plan)
        let (x, before) = (try examples(name), try outputs(opened, try examples(name)))
        let expected = try outputs(applied.network, x)
        #expect(expected != before && applied.layers[0].summary.sparsity >= 0.5)
        for format in [ExportFormat.onnx, .quantizedONNX, .pare] {
            let path = place.path + "/\(format.rawValue).\(format.fileExtension)"
            _ = try NetworkExport.write(applied, as: format, to: path)
            #expect(try outputs(try read(path), x) == expected, "\(format)")
        }
    }

    /// Weights of 8 bits and biases of 32 stay such: a network of usual size takes as many bytes again.
    @Test func takesAsManyBytes() throws {
        let place = try Workplace()
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) } }
        func number(_ name: String, _ value: Float) -> Wire { Onnx.floats(name, []) { _ in value } }
        let (width, depth) = (256, 3)
        var (nodes, values) = ([Onnx.node("QuantizeLinear", ["x", "s0", "z"], "q0")], [Onnx.tensor("z", [], type: 3, raw: [0])])
        for index in 0..<depth {
            values += [
                Onnx.tensor("w\(index)", [width, width], type: 3, raw: bytes(width * width)),
                Onnx.floats("ws\(index)", [width]) { 0.001 + Float($0) / 100_000 },
                Onnx.tensor("wz\(index)", [width], type: 3, raw: [UInt8](repeating: 0, count: width)),
                Onnx.tensor("b\(index)", [width], type: 6, raw: (0..<width).flatMap { [UInt8($0), 1, 0, 0] }), number("s\(index)", 0.05),
            ]
            nodes.append(
                Onnx.node(
                    "QGemm",
                    ["q\(index)", "s\(index)", "z", "w\(index)", "ws\(index)", "wz\(index)", "b\(index)", "s\(index + 1)", "z"],
                    "q\(index + 1)", [Onnx.int("transB", 1)], domain: "com.microsoft"))
        }
        values.append(number("s\(depth)", 0.05))
        nodes.append(Onnx.node("DequantizeLinear", ["q\(depth)", "s\(depth)", "z"], "y"))
        let source = place.path + "/source.onnx"
        let model = Onnx.model(Onnx.graph(nodes, values, input: [nil, width]))
        try Data(model).write(to: URL(fileURLWithPath: source))
        let opened = try read(source)
        #expect(opened.unsupportedNodes.isEmpty && opened.layers.count == depth)
        let report = try NetworkExport.write(try applied(opened), as: .quantizedONNX, to: place.path + "/again.onnx")
        let ratio = Double(report.files[0].byteCount) / Double(model.count)
        #expect((0.99...1.01).contains(ratio), "\(ratio)")
        let text = try #require(try String(data: Data(contentsOf: URL(fileURLWithPath: place.path + "/again.onnx")), encoding: .isoLatin1))
        #expect(text.contains("b1_scale") || text.contains("b1_float_scale"))
    }

    /// Small networks of QuantizeLinear and DequantizeLinear too: names do not grow from file to file.
    @Test(arguments: ["cnn-qdq", "block-qdq", "dense-qdq", "int4", "uint4"]) func takesNoMoreBytes(name: String) throws {
        let place = try Workplace()
        let source = Self.folder.appendingPathComponent(name + ".onnx").path
        let report = try NetworkExport.write(try applied(try read(source)), as: .quantizedONNX, to: place.path + "/again.onnx")
        let came = try #require(try FileManager.default.attributesOfItem(atPath: source)[.size] as? Int)
        #expect(Double(report.files[0].byteCount) <= 1.01 * Double(came), "\(report.files[0].byteCount) \(came)")
    }

    @Test func saysThatRangesAreOfOneExample() throws {
        let run = try Workplace().run("report", Self.folder.appendingPathComponent("cnn-dynamic.onnx").path)
        #expect(run.code == 0 && run.message.contains("3 ranges of values") && run.message.contains("as at batch 1"), "\(run)")
        let other = try Workplace().run("report", Self.folder.appendingPathComponent("cnn-qoperator.onnx").path)
        #expect(other.code == 0 && !other.message.contains("as at batch 1"))
    }
}
