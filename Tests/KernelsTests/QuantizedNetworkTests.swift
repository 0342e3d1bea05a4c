import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Networks that came quantized or fused, made by Scripts/make-quantized-fixtures.py with what ONNX Runtime gives of them, one example at a time.
@Suite("Networks that came quantized")
struct QuantizedNetworkTests {
    struct Case: CustomTestStringConvertible, Sendable {
        struct About: Decodable, Sendable {
            var operators: [String]
            /// Of the grid of the result.
            var step: Float?
            var bits: Int?
            var block: Int?
        }

        var name: String
        var about: About
        var x: Tensor
        var y: Tensor

        var testDescription: String { name }
        var path: String { QuantizedNetworkTests.folder.appendingPathComponent(name + ".onnx").path }

        /// The share of values that are as ONNX Runtime's, up to a step of the last grid or to the rounding of float32.
        func agreement(_ values: [Float]) -> Double {
            let expected = y.floats
            guard values.count == expected.count else { return 0 }
            let largest = expected.reduce(1) { max($0, abs($1)) }
            let room = (about.step ?? 0) * 1.001 + largest * 1e-5
            return Double(zip(values, expected).count { abs($0 - $1) <= room }) / Double(values.count)
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/quantized")

    static let cases: [Case] = {
        guard let file = try? Safetensors(path: folder.appendingPathComponent("values.safetensors").path) else { return [] }
        return file.metadata.sorted { $0.key < $1.key }.compactMap { name, text in
            guard let about = try? JSONDecoder().decode(Case.About.self, from: Data(text.utf8)), let x = file.tensors["\(name)/x"],
                let y = file.tensors["\(name)/y"]
            else { return nil }
            return Case(name: name, about: about, x: x, y: y)
        }
    }()

    @Test func areThere() { #expect(Self.cases.count == 30) }

    /// Of a whole batch and of one example at a time, which is the same.
    @Test(arguments: cases) func runs(example: Case) throws {
        let network = try NetworkReader.read(example.path)
        #expect(network.unsupportedNodes.isEmpty, "\(network.unsupportedNodes.map(\.operation))")
        let count = example.x.shape[0]
        let whole: [any NetworkExecutor] = [
            try ReferenceExecutor(network: network, batchSize: count), try OneDNNExecutor(network: network, batchSize: count),
        ]
        for executor in whole {
            let agreement = example.agreement(try logits(executor, example.x.floats))
            #expect(agreement >= 0.99, "\(type(of: executor)): \(agreement)")
        }
        let single = try OneDNNExecutor(network: network, batchSize: 1)
        let size = example.x.count / count
        var values: [Float] = []
        for first in 0..<count { values += try logits(single, Array(example.x.floats[(first * size)..<((first + 1) * size)])) }
        #expect(example.agreement(values) >= 0.99)
    }

    /// Every integer weight of the file is a layer of so many bits.
    @Test(arguments: cases) func hasLayersOfFewBits(example: Case) throws {
        let network = try NetworkReader.read(example.path)
        guard !["fused", "gelus", "float8", "block-values", "qsoftmax", "values4", "values8"].contains(example.name) else { return }
        #expect(!network.layers.isEmpty)
        for layer in network.layers {
            let origin = try #require(network.parameters[layer.weight]?.origin, "\(layer.name)")
            #expect(origin.bits == example.about.bits ?? 8 && !origin.steps.isEmpty, "\(layer.name) \(origin)")
            if let block = example.about.block { #expect(layer.count % origin.scales == 0 || layer.shape[1] % block != 0) }
        }
    }

    /// Written and read again it is the same graph with the same values.
    @Test(arguments: cases) func isWritten(example: Case) throws {
        let network = try NetworkReader.read(example.path)
        let data = try NetworkWriter.data(of: network)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pare-quantized-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: file) }
        try data.write(to: file)
        let back = try NetworkReader.read(file.path)
        #expect(back.nodes == network.nodes)
        let executor = try OneDNNExecutor(network: back, batchSize: example.x.shape[0])
        #expect(example.agreement(try logits(executor, example.x.floats)) >= 0.99)
    }
}
