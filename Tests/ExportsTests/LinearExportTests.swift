import Compression
import Exports
import Foundation
import Networks
import Tensors
import Testing

/// The cost of writing a network grows with its layers, and not with their square.
@Suite("Exports linear in layers")
struct LinearExportTests {
    /// x → (MatMul → Add → Relu) · count.
    private func chain(_ count: Int, name: String) -> Network {
        var network = Network(name: name, input: "x", inputShape: [4], output: "r\(count - 1)", nodes: [], parameters: [:])
        for index in 0..<count {
            let (weight, bias, value) = ("l\(index).weight", "l\(index).bias", index == 0 ? "x" : "r\(index - 1)")
            network.parameters[weight] = Parameter(
                name: weight, role: .weight, values: Tensor(shape: [4, 4], floats: (0..<16).map { Float($0 + index) / 8 - 1 }))
            network.parameters[bias] = Parameter(name: bias, role: .bias, values: Tensor(shape: [4], floats: [0.1, 0, -0.1, 0.2]))
            network.nodes += [
                Node(name: "m\(index)", operation: .matrixMultiplication, inputs: [value, weight], outputs: ["m\(index)"]),
                Node(name: "a\(index)", operation: .add, inputs: ["m\(index)", bias], outputs: ["a\(index)"]),
                Node(name: "n\(index)", operation: .relu, inputs: ["a\(index)"], outputs: ["r\(index)"]),
            ]
        }
        return network
    }

    @Test("Every format looks at each node a constant number of times", arguments: ExportFormat.allCases)
    func steps(format: ExportFormat) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-linear-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let counts = try [20, 40, 80].map { count in
            let network = chain(count, name: "\(format.rawValue) of \(count)")
            return try WorkCount.steps(of: network.name) {
                let planned = Applied(base: network, layers: [], plan: CompressionPlan())
                _ = try NetworkExport.write(planned, as: format, to: folder.appendingPathComponent("net.c").path)
            }
        }
        let lists = counts.map { $0.lists }
        let visits = counts.map { $0.visits }
        #expect(lists[2] - lists[1] == 2 * (lists[1] - lists[0]) && lists[2] <= 12 * 80, "\(lists)")
        #expect(visits[2] - visits[1] == 2 * (visits[1] - visits[0]), "\(visits)")
    }
}
