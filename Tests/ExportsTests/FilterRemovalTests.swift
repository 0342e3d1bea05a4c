import Compression
import Exports
import Foundation
import Networks
import Testing

@Suite("Files of networks without some filters", .serialized)
struct FilterRemovalTests {
    @Test("Every format holds the smaller network; what is read back has its graph and its values", arguments: ExportFormat.allCases)
    func readBack(format: ExportFormat) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-filters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let opened = try Architecture(name: "lenet-5").network(seed: 4)
        let state = try FilterRemoval(weight: "conv2.weight", count: 30).state(from: nil, of: opened)
        let base = state.base(of: opened)
        let plan = LayerPlan(weights: .linear(LinearQuantization(bits: 8)))
        let layers = try base.layers.map { layer in
            let values = try #require(base.parameters[layer.weight]?.values)
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: layer.bias.flatMap { base.parameters[$0]?.values },
                distribution: try WeightDistribution(values), plan: plan, rule: .none, findsOptimum: false)
            return try #require(made)
        }
        let applied = Applied(layers, of: opened, plan: CompressionPlan(layers: [.init(pattern: "*", plan: plan)]), base: state)
        let path = folder.appendingPathComponent(format == .c ? "net.c" : "net.\(format.rawValue)").path
        _ = try NetworkExport.write(applied, as: format, to: path)
        guard [.onnx, .pare].contains(format) else { return }
        let found = try NetworkFile.read(path).network
        try found.check()
        #expect(found.layers.map(\.shape) == [[20, 1, 5, 5], [20, 20, 5, 5], [500, 320], [10, 500]])
        for layer in applied.layers {
            #expect(found.parameters[layer.layer.weight]?.values.floats == layer.weights.floats, "\(layer.layer.name)")
        }
    }
}
