import Formats
import Foundation
import Kernels
import Networks
import Tensors

/// What any network gives for some examples, and how long one takes, for scripts that hold it against other programs.
enum OutputsCase {
    private struct Answer: Encodable {
        var parameters: Int
        var layers: Int
        /// What can't be run, with the reason; then there are no outputs.
        var obstacle: String?
        var output: String
        /// A Softmax or LogSoftmax over the last axis that ends the file and is not in the outputs.
        var final: String?
        var milliseconds: Double?
    }

    /// `outputs NETWORK INPUTS.npy OUTPUTS.npy REPEATS [NAME=VALUE…]`: a line of JSON, and the outputs of all examples in a file. The fastest of REPEATS
    /// runs of one example counts. NAME=VALUE is a further input, as `--input` has it; `output=NAME` measures another output.
    static func run(_ arguments: [String]) throws {
        guard arguments.count >= 4, let repeats = Int(arguments[3]) else {
            throw BenchmarkFailure.usage("outputs NETWORK INPUTS OUTPUTS REPEATS")
        }
        let inputs = try NPY.read(arguments[1])
        var given: [String: GivenInput] = [:]
        var output: String?
        for argument in arguments.dropFirst(4) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            if parts[0] == "output" { output = parts[1] } else { given[parts[0]] = Double(parts[1]).map { .number($0) } }
        }
        let example = Shape(Array(inputs.shape.dimensions.dropFirst()))
        var network = try NetworkReader.read(arguments[0], example: example, inputs: given)
        if let output { network = try network.applying(.measuredOutput(named: output)) }
        var answer = Answer(
            parameters: network.parameterCount, layers: network.layers.count, output: network.ended.output, final: network.finalSoftmax)
        if let node = network.blockingNodes.first, case .unsupported(let operation) = node.operation {
            answer.obstacle = "\(node.name) (\(operation.name)): \(operation.reason)"
            return try Conversation.write(answer)
        }
        let values = try outputs(network, inputs)
        try NPY.write(Tensor(shape: [inputs.shape[0], values.count / inputs.shape[0]], floats: values), to: arguments[2])
        answer.milliseconds = try fastest(network, inputs, repeats)
        try Conversation.write(answer)
    }

    /// One example after another, as at a batch of 1.
    private static func outputs(_ network: Network, _ inputs: Tensor) throws -> [Float] {
        let executor = try OneDNNExecutor(network: network, batchSize: 1)
        let (floats, size) = (inputs.floats, inputs.shape.rowCount)
        return try (0..<inputs.shape[0]).flatMap { row in
            executor.withInput { _ = $0.update(fromContentsOf: floats[row * size..<(row + 1) * size]) }
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            return try executor.withLogits { Array($0) }
        }
    }

    private static func fastest(_ network: Network, _ inputs: Tensor, _ repeats: Int) throws -> Double {
        let executor = try OneDNNExecutor(network: network, batchSize: 1)
        let example = Array(inputs.floats.prefix(inputs.shape.rowCount))
        let clock = ContinuousClock()
        let times = try (0..<repeats).map { _ -> Duration in
            executor.withInput { _ = $0.update(fromContentsOf: example) }
            let start = clock.now
            for stage in executor.stages.indices { try executor.run(stage: stage) }
            _ = try executor.withLogits { $0[0] }
            return clock.now - start
        }
        let least = times.min() ?? .zero
        return Double(least.components.seconds) * 1_000 + Double(least.components.attoseconds) / 1e15
    }
}
