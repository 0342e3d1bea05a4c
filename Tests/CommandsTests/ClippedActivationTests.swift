import Compression
import Exports
import Formats
import Foundation
import Kernels
import Networks
import Testing

@Suite("Clipped activations in files")
struct ClippedActivationTests {
    private func network() throws -> Network {
        try NetworkReader.read(Workplace.root.appendingPathComponent("Models/lenet-5.onnx").path)
    }

    private func images(_ network: Network) -> [Float] {
        (0..<500 * network.inputShape.count).map { Float(($0 * 7_919) % 997) / 996 }
    }

    private func logits(_ executor: any NetworkExecutor, _ images: [Float]) throws -> [Float] {
        executor.withInput { _ = $0.update(from: images) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    @Test("ONNX's operators give the quantizer's logits bit for bit, before and after a file", arguments: [1, 4, 8])
    func sameLogits(bits: Int) throws {
        let network = try network()
        let setting = ActivationQuantization.clipped(bits: bits, clip: .learned)
        let settings = Dictionary(uniqueKeysWithValues: network.layers.map { ($0.weight, setting) })
        let clips: [String: Float] = ["conv1.weight": 1.37, "conv2.weight": 3.1, "fc1.weight": 2.9]
        let quantized = network.applying(.quantizeActivations(settings, clips: clips))
        let images = Array(images(network)[..<(8 * network.inputShape.count)])
        let expected = try logits(ReferenceExecutor(network: quantized, batchSize: 8), images)
        #expect(try logits(ReferenceExecutor(network: network, batchSize: 8), images) != expected)
        #expect(try logits(ReferenceExecutor(network: quantized.applying(.standardOperators), batchSize: 8), images) == expected)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pare-\(UUID().uuidString).onnx").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try NetworkWriter.write(quantized.applying(.standardOperators), to: path)
        #expect(try logits(ReferenceExecutor(network: NetworkReader.read(path), batchSize: 8), images) == expected)
    }

    @Test("A plan whose clips nobody knows is refused, and written with those of a training")
    func export() throws {
        let network = try network()
        let entry = CompressionPlan.Entry(pattern: "fc1.weight", plan: LayerPlan(activations: .clipped(bits: 4, clip: .calibrated)))
        let plan = CompressionPlan(layers: [entry])
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for format in [ExportFormat.onnx, .pare] {
            let path = folder.appendingPathComponent("n.\(format == .pare ? "pare" : "onnx")").path
            #expect(throws: ExportError.unknownClip(layer: "fc1")) {
                try NetworkExport.write(Applied(base: network, layers: [], plan: plan), as: format, to: path)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            let planned = Applied(
                base: network, layers: [], plan: plan, edits: GraphEdits(plan, of: network, clips: ["fc1.weight": 2.5]))
            _ = try NetworkExport.write(planned, as: format, to: path)
            let images = images(network)
            let quantized = network.applying(
                .quantizeActivations(["fc1.weight": .clipped(bits: 4, clip: .learned)], clips: ["fc1.weight": 2.5]))
            // oneDNN may add the sums of either graph in another order, and a sum then falls on the other side of a rounding now and then.
            let found = try ExportSamples.logits(NetworkFile.read(path).network, images)
            let expected = try ExportSamples.logits(quantized, images)
            #expect(zip(found, expected).count { abs($0 - $1) > 1e-4 } <= found.count / 100)
        }
    }
}
