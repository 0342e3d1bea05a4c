import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Elements taken from and put at places, and products by equations, against ONNX Runtime (`Scripts/make-placement-fixtures.py`).
@Suite struct PlacementTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/placements")

    @Test(arguments: ["sums", "taken", "put"]) func outputs(name: String) throws {
        let values = try Safetensors(path: Self.folder.appendingPathComponent("values.safetensors").path)
        let (x, y) = (try #require(values.tensors["\(name)/x"]), try #require(values.tensors["\(name)/y"]))
        let network = try NetworkReader.read(Self.folder.appendingPathComponent(name + ".onnx").path)
        #expect(network.unsupportedNodes.isEmpty, "\(network.unsupportedNodes.map(\.operation))")
        let written = try NetworkReader.read(NetworkWriter.data(of: network), path: "again.onnx")
        #expect(written.nodes.map(\.operation) == network.nodes.map(\.operation))
        for batch in [8, 3] {
            let part = x.floats.prefix(batch * x.shape.rowCount)
            for executor in [
                try ReferenceExecutor(network: network, batchSize: batch) as any NetworkExecutor,
                try OneDNNExecutor(network: network, batchSize: batch), try OneDNNExecutor(network: written, batchSize: batch),
            ] {
                let found = try logits(executor, Array(part))
                #expect(relativeDifference(found, Array(y.floats.prefix(found.count))) < 1e-5, "\(name) at batch \(batch)")
            }
        }
    }

    /// Products by an equation are layers, and gradients go through all that has one.
    @Test func trains() throws {
        let network = try NetworkReader.read(Self.folder.appendingPathComponent("sums.onnx").path)
        #expect(network.layers.count == 3 && network.trainingRefusal == nil)
        let taken = try NetworkReader.read(Self.folder.appendingPathComponent("taken.onnx").path)
        #expect(taken.trainingRefusal == nil)
        let put = try NetworkReader.read(Self.folder.appendingPathComponent("put.onnx").path)
        guard case .unsupported("t", "ScatterElements", _)? = put.trainingRefusal else {
            Issue.record("\(String(describing: put.trainingRefusal))")
            return
        }
    }
}
