import Formats
import Foundation
import Kernels
import Networks

/// Logits of Pare and of what it exported.
enum ExportSamples {
    static let pruneAndShare = [
        "lenet-300-100": """
        version: 1
        layers: {fc1.weight: {level: 0.92, shared: {bits: 5}}, fc2.weight: {level: 0.88, shared: {bits: 5}}, fc3.weight: {shared: {bits: 4}}}
        """,
        "lenet-5": """
        version: 1
        layers:
          conv1.weight: {level: 0.3, shared: {bits: 7}}
          conv2.weight: {level: 0.85, shared: {bits: 6}}
          fc1.weight: {level: 0.93, shared: {bits: 4}}
          fc2.weight: {level: 0.7, shared: {bits: 5}}
        """,
    ]
    static let linear8 = "version: 1\nlayers: {'*': {linear: {bits: 8, perChannel: true}}}"
    static let linear4 = "version: 1\nlayers: {'*': {linear: {bits: 4}}}"
    static let asymmetric = "version: 1\nlayers: {'*': {linear: {bits: 6, symmetric: false}}}"
    static let entropy = "version: 1\nlayers: {'*': {level: 0.8, entropy: {step: 0.6, lambda: 0.1}}}"
    static let universal = "version: 1\nlayers: {'*': {level: 0.8, universal: {step: 0.6, lambda: 0.1}}}"
    static let binary = "version: 1\nlayers: {'fc*': {level: 0.5, weights: ternary, biases: float16}}"

    static let spatial = "version: 1\nlayers: {'conv*': {factors: {share: 0.6, method: spatial}}, fc1: {factors: {rank: 32}}}"
    static let tucker = "version: 1\nlayers: {conv2: {factors: {rank: 14, outputRank: 32, method: tucker}, biases: float16}}"

    static func examples(_ count: Int, of network: Network) throws -> (images: [Float], dataset: Dataset) {
        let dataset = try DatasetLoader(directory: nil).load(.validation)
        var images = [Float](repeating: 0, count: count * network.inputShape.count)
        try images.withUnsafeMutableBufferPointer { try dataset.fill($0, with: Array(0..<count)[...]) }
        return (images, dataset)
    }

    /// [n, classes] by Pare's own kernels.
    static func logits(_ network: Network, _ images: [Float]) throws -> [Float] {
        let (batch, size) = (500, network.inputShape.count)
        let executor = try OneDNNExecutor(network: network, batchSize: batch)
        var logits: [Float] = []
        for start in stride(from: 0, to: images.count, by: batch * size) {
            executor.withInput { _ = $0.update(from: images[start..<start + batch * size]) }
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            logits += try executor.withLogits { Array($0) }
        }
        return logits
    }

    static func write(_ floats: [Float], to path: String) throws {
        try floats.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
    }

    static func read(_ path: String) throws -> [Float] {
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// The class with the largest logit, the first of equal ones.
    static func classes(_ logits: [Float], of count: Int) -> [Int] {
        stride(from: 0, to: logits.count, by: count).map { start in
            let row = logits[start..<start + count]
            return (row.firstIndex(of: row.max() ?? 0) ?? start) - start
        }
    }

    /// Runs another program; its output, and its code.
    static func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
