import Compression
import Exports
import Formats
import Foundation
import Networks
import Tensors
import Testing

@Suite("Files of networks with −0", .serialized)
struct NegativeZeroTests {
    /// 784-30-10, nine tenths of whose weights and some biases are 0, as PyTorch's masks leave them or not.
    private func network(isSigned: Bool) throws -> Network {
        var network = try Architecture(name: "mlp-30").network(seed: 5)
        for (name, parameter) in network.parameters {
            let values = parameter.values.floats.enumerated().map { index, value in
                let weight = parameter.role == .bias ? Float(index % 4) - 2 : value
                if index % 10 == 3 || (parameter.role == .bias && index % 4 == 3) { return weight }
                return isSigned ? weight * 0 : 0
            }
            network.parameters[name]?.values = Tensor(shape: parameter.shape, floats: values)
        }
        return network
    }

    private func planned(_ network: Network, _ plan: LayerPlan) throws -> Applied {
        let layers = try network.layers.map { layer in
            let values = try #require(network.parameters[layer.weight]?.values)
            let distribution = try WeightDistribution(values)
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: layer.bias.flatMap { network.parameters[$0]?.values }, distribution: distribution,
                plan: plan, rule: PruningRule(plan, distribution), findsOptimum: false)
            return try #require(made)
        }
        return Applied(base: network, layers: layers, plan: CompressionPlan(layers: [.init(pattern: "*", plan: plan)]))
    }

    @Test("Every format is as small as with +0, holds no −0, and says how many there were", arguments: ExportFormat.allCases)
    func sizes(format: ExportFormat) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-zeros-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (signed, plain) = (try network(isSigned: true), try network(isSigned: false))
        let negatives = signed.parameters.values.reduce(0) { $0 + $1.values.floats.count { $0 == 0 && $0.sign == .minus } }
        #expect(negatives > 5_000)
        for plan in [LayerPlan(), LayerPlan(weights: .shared(WeightSharing(bits: 4))), LayerPlan(weights: .ternary, biases: .int8)] {
            let path = folder.appendingPathComponent(format == .c ? "net.c" : "net.\(format.rawValue)").path
            let reports = try [signed, plain].map { try NetworkExport.write(planned($0, plan), as: format, to: path) }
            #expect(reports[0].byteCount == reports[1].byteCount && reports[0].memory == reports[1].memory)
            #expect(reports[0].negativeZeroCount == negatives && reports[1].negativeZeroCount == 0)
            #expect(reports[0].description.contains("zeros that were −0 written as +0"))
            #expect(!reports[1].description.contains("−0"))
        }
        guard format == .pare else { return }
        let path = folder.appendingPathComponent("back.pare").path
        _ = try NetworkExport.write(planned(signed, LayerPlan()), as: .pare, to: path)
        for (name, parameter) in try PareFile.read(path).network.parameters {
            #expect(parameter.values.floats.map(\.bitPattern) == plain.parameters[name]?.values.floats.map(\.bitPattern), "\(name)")
        }
    }
}
