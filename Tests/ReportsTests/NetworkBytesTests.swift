import Compression
import Foundation
import Networks
import Reports
import Tensors
import Testing

@Suite("Sizes of networks")
struct NetworkBytesTests {
    /// 784-8-10 with the weights of an operator that is no layer, as an LSTM has them.
    private func network() throws -> Network {
        var network = try Architecture(name: "mlp-8").network(seed: 3)
        let values = Tensor(shape: [4, 64, 32], floats: Array(repeating: 0.5, count: 4 * 64 * 32))
        network.parameters["lstm.weight"] = Parameter(name: "lstm.weight", role: .other, values: values)
        return network
    }

    private func summaries(_ network: Network, _ plan: LayerPlan) throws -> [LayerSummary] {
        try network.layers.map { layer in
            let values = try #require(network.parameters[layer.weight]?.values)
            let distribution = try WeightDistribution(values)
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: nil, distribution: distribution, plan: plan,
                rule: PruningRule(plan, distribution), findsOptimum: false)
            return try #require(made).summary
        }
    }

    private func bytes(_ network: Network, _ plan: LayerPlan) throws -> NetworkBytes {
        NetworkBytes(of: network, layers: network.layers, summaries: try summaries(network, plan))
    }

    @Test("An untouched network is as large as its original, whatever belongs to no layer")
    func untouched() throws {
        let network = try network()
        let bytes = try bytes(network, LayerPlan())
        #expect(bytes.original == 4 * (784 * 8 + 8 + 8 * 10 + 10 + 4 * 64 * 32))
        #expect(bytes.compressed == bytes.original && bytes.ratio == 1)
        #expect(bytes.layers == 4 * (784 * 8 + 8 * 10) && bytes.others == 4 * (18 + 4 * 64 * 32))
    }

    @Test("What belongs to no layer is added as it is stored: biases as the plan rounds them, unless the layer is bypassed")
    func others() throws {
        let network = try network()
        for (biases, each, scale) in [(BiasRepresentation.float32, 4, 0), (.float16, 2, 0), (.int8, 1, 4)] {
            var plan = LayerPlan(pruning: .level(0.9), weights: .ternary, biases: biases)
            let made = try summaries(network, plan)
            let bytes = NetworkBytes(of: network, layers: network.layers, summaries: made)
            #expect(bytes.layers == made.reduce(0) { $0 + $1.bytes.huffman })
            #expect(bytes.others == 4 * 4 * 64 * 32 + 18 * each + 2 * scale)
            plan.bypass = true
            #expect(try self.bytes(network, plan).compressed == bytes.original)
        }
    }

    @Test("Without layers, or while one is missing, there is no size, no factor and no sparsity; JSON has null")
    func none() throws {
        var network = try network()
        let layers = network.layers
        let one = Array(try summaries(network, LayerPlan()).prefix(1))
        for bytes in [NetworkBytes(of: network, layers: layers, summaries: one), NetworkBytes(of: network, layers: [], summaries: [])] {
            #expect(bytes.compressed == nil && bytes.ratio == nil && bytes.layers == nil)
        }
        network.nodes = [Node(name: "flatten", operation: .flatten(axis: 1), inputs: [network.input], outputs: [network.output])]
        let report = Report(
            of: network, identity: NetworkIdentity(name: "n", parameters: 0, sha256: nil, fileBytes: nil), data: nil,
            plan: CompressionPlan(),
            layers: [], accuracy: nil, environment: Environment(pareVersion: "0", kernels: "", instructionSet: "", threads: 1))
        #expect(report.size == nil)
        let document = try JSONSerialization.jsonObject(with: ReportDocument(report).json()) as? [String: Any]
        let sizes = try #require(document?["bytes"] as? [String: Any])
        #expect(sizes["compressed"] is NSNull && sizes["ratio"] is NSNull && sizes["file"] is NSNull && sizes["original"] is Int)
        #expect(document?["sparsity"] is NSNull)
    }

    @Test("A report of an older Pare, which counted layers alone, keeps its numbers")
    func older() throws {
        let old = Data(#"{"original": 1724320, "compressed": 68881, "accounting": "han"}"#.utf8)
        let bytes = try JSONDecoder().decode(NetworkBytes.self, from: old)
        #expect(bytes.compressed == 68_881 && bytes.layers == 68_881 && bytes.others == nil)
    }

    @Test("Layers and the rest sum to the size, estimated and by the file; where they are counted unlike there is no rest")
    func rest() throws {
        let network = try network()
        let made = try summaries(network, LayerPlan(pruning: .level(0.9), weights: .ternary))
        let identity = NetworkIdentity(name: "n", parameters: 1, sha256: nil, fileBytes: nil)
        let environment = Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1)
        var report = Report(
            of: network, identity: identity, data: nil, plan: CompressionPlan(), layers: made, accuracy: nil, environment: environment)
        func sum() throws -> ByteFigure { try report.layers.reduce(#require(report.rest)) { $0 + report.size(of: $1) } }
        #expect(try sum() == report.size && report.rest?.isExact == false)
        #expect(try file(report)["fileOthers"] is NSNull)
        report.take(file: 9_000, layers: Dictionary(uniqueKeysWithValues: made.enumerated().map { ($1.weight, 1_000 + $0) }))
        #expect(try sum() == ByteFigure(9_000, isExact: true))
        #expect(try file(report)["fileOthers"] as? Int == 9_000 - 1_000 - 1_001)
        report.layers[0].fileBytes = nil
        #expect(report.rest == nil)
    }

    private func file(_ report: Report) throws -> [String: Any] {
        let document = try JSONSerialization.jsonObject(with: try ReportDocument(report).json()) as? [String: Any]
        return try #require(document?["bytes"] as? [String: Any])
    }
}

@Suite("The byte ladder")
struct ByteLadderTests {
    private func summary(_ representation: WeightRepresentation, level: Double) throws -> LayerSummary {
        var generator = SeededGenerator(seed: 4)
        let layer = Layer(name: "fc", weight: "fc.weight", bias: nil, shape: [50, 200], node: 0, isConvolution: false, isTransposed: false)
        let values = Tensor(shape: [50, 200], floats: (0..<10_000).map { _ in Float(generator.laplace()) })
        let distribution = try WeightDistribution(values)
        let plan = LayerPlan(pruning: .level(level), weights: representation)
        let made = try LayerCompressor.compress(
            layer: layer, weights: values, bias: nil, distribution: distribution, plan: plan,
            rule: PruningRule(plan, distribution), findsOptimum: false)
        return try #require(made).summary
    }

    @Test("Dense floats in CSR are the longest rung, and nothing is drawn longer than that")
    func longest() throws {
        let ladder = ByteLadder(try summary(.float32, level: 0), file: nil)
        let csr = try #require(ladder.rungs.first { $0.name.contains("CSR") })
        #expect(csr.bytes == 10_000 * 6 + 4 * 51 && ladder.largest == csr.bytes && ladder.largest > 4 * ladder.weights)
    }

    @Test("The bound is that of order 0 over positions and values, and says so")
    func bound() throws {
        let summary = try summary(.shared(WeightSharing(bits: 3)), level: 0.8)
        let ladder = ByteLadder(summary, file: nil)
        let (zeros, kept) = (8_000.0, 2_000.0)
        var bits = -zeros * log2(zeros / 10_000) - kept * log2(kept / 10_000)
        for centroid in summary.codebook { bits -= Double(centroid.count) * log2(Double(centroid.count) / kept) }
        #expect(ladder.entropyBytes == Int((bits / 8).rounded(.up)))
        #expect(ladder.rungs.last?.name == "entropy bound of order 0" && ladder.rungs.last?.isBound == true)
        #expect(ladder.rungs.filter(\.isBound).count == 1)
    }

    @Test("An index pays from the sparsity at which the accounting begins to take one, fillers left out")
    func breakEven() throws {
        for (representation, bits, dense) in [
            (WeightRepresentation.shared(WeightSharing(bits: 2)), 2, 3), (.shared(WeightSharing(bits: 5, start: .density)), 5, 6),
            (.linear(LinearQuantization(bits: 4)), 4, 4), (.float32, 32, 32),
        ] {
            let expected = 1 - Double(dense) / Double(bits + 5)
            let ladder = ByteLadder(try summary(representation, level: 0.3), file: nil)
            #expect(abs(try #require(ladder.breakEven) - expected) < 1e-12, "\(representation)")
            let (below, above) = (
                try summary(representation, level: expected - 0.02), try summary(representation, level: min(0.99, expected + 0.1))
            )
            if representation != .linear(LinearQuantization(bits: 4)) {
                #expect(below.bytes.indexBits == 0 && above.bytes.indexBits == 5, "\(representation)")
            }
        }
    }
}
