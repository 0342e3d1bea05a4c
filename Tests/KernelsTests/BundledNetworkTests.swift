import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// The bundled networks on real data against ONNX Runtime, whose logits `Scripts/make-logits-fixture.py` has written.
@Suite struct BundledNetworkTests {
    /// Largest difference allowed between two float32 evaluations of logits of magnitude up to 30: a few rounding errors of 2e-6 a layer.
    static let logitTolerance: Float = 1e-4

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: DatasetLoader.debianDirectory), "the data set is not installed"),
        arguments: ["lenet-5", "lenet-300-100"], [250, 64])
    func logitsAgreeWithONNXRuntime(name: String, batch: Int) throws {
        let network = try NetworkReader.read(Self.root.appendingPathComponent("Models/\(name).onnx").path)
        let expected = try NPY.read(Self.root.appendingPathComponent("Tests/Fixtures/logits-\(name).npy").path).floats
        let validation = try DatasetLoader(environment: [:]).load(.validation)
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        var found: [Float] = []
        for start in stride(from: 0, to: 1_000, by: batch) {
            let indices = Array(start..<min(1_000, start + batch))
            executor.withInput { try? validation.fill($0, with: indices[...]) }
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            try executor.withLogits { found += $0.prefix(indices.count * executor.classCount) }
        }
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= Self.logitTolerance })
    }
}
