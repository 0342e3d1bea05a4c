import Compression
import Engine
import Formats
import Foundation
import Kernels
import Networks

/// What a network is expected to take, by the sum of its layers and of what stands between them, beside what it takes whole.
enum LatencyCase {
    private struct Answer: Encodable {
        var name: String
        var batch: Int
        var threads: Int
        /// Milliseconds; nil where others had the processor too often.
        var expected: Double?
        var whole: Double?
    }

    /// `latency NAME…`: networks by file, or architectures with their first weights; a line of JSON for each and each batch.
    static func run(_ arguments: [String]) throws {
        guard !arguments.isEmpty else { throw BenchmarkFailure.usage("latency NAME…") }
        let threads = KernelLibrary.defaultThreadCount
        KernelLibrary.setThreads(threads)
        for name in arguments {
            let network = try name.hasSuffix(".onnx") ? NetworkReader.read(name) : Architecture(name: name).network(seed: 1)
            for batch in [1, 16, 64] {
                let measurement = try LatencyMeasurement(network, known: LatencyTable(.local(threads: threads, batch: batch)))
                while measurement.step() {}
                let sum = try LatencySum(of: network, in: measurement.table)
                try Conversation.write(
                    Answer(
                        name: network.name, batch: batch, threads: threads, expected: sum.expected?.milliseconds, whole: sum.whole))
            }
        }
    }
}
