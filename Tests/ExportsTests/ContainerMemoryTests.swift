import Compression
import Exports
import Formats
import Foundation
import Networks
import Tensors
import Testing

@Suite("Memory of containers", .serialized)
struct ContainerMemoryTests {
    /// A network of 16 million weights, few of which are not 0.
    private static func planned() throws -> Applied {
        let network = try Architecture(name: "mlp-4096-3072").network(seed: 1)
        let plan = LayerPlan(pruning: .level(0.98), weights: .linear(LinearQuantization(bits: 3, clip: .maximum)), biases: .int8)
        let layers = try network.layers.map { layer in
            let values = try #require(network.parameters[layer.weight]?.values)
            let distribution = try WeightDistribution(values)
            return try #require(
                try LayerCompressor.compress(
                    layer: layer, weights: values, bias: layer.bias.flatMap { network.parameters[$0]?.values }, distribution: distribution,
                    plan: plan, rule: PruningRule(plan, distribution), findsOptimum: false))
        }
        return Applied(base: network, layers: layers, plan: CompressionPlan(layers: [.init(pattern: "*", plan: plan)]))
    }

    @Test("Decoding takes at most 4 bytes a declared weight and 16 MiB, the file included, by every kind of coding")
    func decoding() throws {
        let planned = try Self.planned()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("net.pare").path
        for coding in [WeightCoding.dense, .denseHuffman, .bitmapHuffman, .relative5Huffman, .arithmetic] {
            let codings = Dictionary(uniqueKeysWithValues: planned.layers.map { ($0.layer.weight, coding) })
            try {
                let bytes = try PareFile.data(of: planned, codings: codings, file: path).bytes
                try Data(bytes).write(to: URL(fileURLWithPath: path))
            }()
            let limit = 4 * planned.base.parameterCount + 16 << 20
            let taken = try Self.peak { try NetworkWriter.write(PareFile.read(path).network, to: path + ".onnx") }
            #expect(taken <= limit, "\(coding): \(taken) bytes, allowed \(limit)")
            // The weights are there, so that a peak that was not seen is seen to be missing.
            #expect(taken >= 3 * planned.base.parameterCount, "\(coding): \(taken) bytes")
        }
    }

    /// Bytes by which the resident memory of this process rises at most while `body` runs.
    private static func peak(_ body: () throws -> Void) throws -> Int {
        // What earlier tests freed goes back to the system, else it is taken again without a rise; then the peak is set back to what is resident now.
        giveBackFreedMemory()
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
        let before = try resident("VmRSS")
        try body()
        return try resident("VmHWM") - before
    }

    /// glibc's malloc_trim, which no module declares.
    private static func giveBackFreedMemory() {
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    }

    private static func resident(_ field: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field + ":") })
        return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) * 1024
    }
}
