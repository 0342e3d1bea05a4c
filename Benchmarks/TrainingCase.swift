import Formats
import Foundation
import Kernels
import Networks
import Tensors

/// Training as it is done beside PyTorch: batches of 64 in the order of the file, cross-entropy, backward, SGD with momentum.
enum TrainingCase {
    private struct Answer: Encodable {
        var seconds: Double
        /// Of each step, before its weights changed.
        var losses: [Double]
        var peakKilobytes: Int
    }

    static let batchSize = 64
    static let rate: Float = 0.01
    static let momentum: Float = 0.9

    /// Each line `STEPS` trains the model anew from its file for that many steps and is answered.
    static func run(_ arguments: [String]) throws {
        guard let path = arguments.first else { throw BenchmarkFailure.usage("training MODEL") }
        let card = try ModelCardReader.card(besides: path)
        let network = try NetworkReader.read(path, card: card)
        let data = try DatasetLoader(card: card).load(.train)
        let executor = try OneDNNTrainingExecutor(network: network, batchSize: batchSize)
        try Conversation.answer { words in
            guard words.count == 1, let steps = Int(words[0]), steps > 0 else { throw BenchmarkFailure.usage("STEPS") }
            let run = Run(executor, network, data)
            var losses: [Double] = []
            let seconds = try Stopwatch.measure { for step in 0..<steps { losses.append(try run.step(step)) } }.seconds
            return Answer(seconds: seconds, losses: losses, peakKilobytes: try peakKilobytes())
        }
    }

    private static func peakKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }

    /// One training from the weights of the file on.
    private final class Run {
        private let executor: OneDNNTrainingExecutor
        private let data: Dataset
        private let order: [Int]
        private var velocities: [[Float]]

        init(_ executor: OneDNNTrainingExecutor, _ network: Network, _ data: Dataset) {
            self.executor = executor
            self.data = data
            order = Array(0..<data.count)
            for name in executor.trainedParameters {
                network.parameters[name]?.values.withFloats { _ = executor.values(of: name).update(fromContentsOf: $0) }
            }
            velocities = executor.trainedParameters.map { [Float](repeating: 0, count: executor.values(of: $0).count) }
        }

        /// The loss of the batch before the step.
        func step(_ index: Int) throws -> Double {
            let first = index % (data.count / batchSize) * batchSize
            let batch = first..<first + batchSize
            executor.withInput { try? data.fill($0, with: order[batch]) }
            try executor.forward()
            let loss = try executor.withLogits { logits in
                var loss = 0.0
                executor.withLogitsGradient { gradient in
                    data.labels.withUnsafeBufferPointer { labels in
                        let rows = UnsafeBufferPointer(rebasing: labels[batch])
                        let value = SoftmaxLoss.crossEntropy.evaluate(
                            logits: logits, classes: executor.classCount, labels: rows, gradient: gradient)
                        loss = value.loss
                    }
                }
                return loss
            }
            try executor.backward()
            for (position, name) in executor.trainedParameters.enumerated() { move(name, &velocities[position]) }
            return loss
        }

        /// v ← momentum · v + g; w ← w − rate · v, as PyTorch has it.
        private func move(_ name: String, _ velocity: inout [Float]) {
            let (weights, gradient) = (executor.values(of: name), executor.gradient(of: name))
            guard let weight = weights.baseAddress, let slope = gradient.baseAddress else { return }
            velocity.withUnsafeMutableBufferPointer { buffer in
                guard let speed = buffer.baseAddress else { return }
                for index in 0..<weights.count {
                    speed[index] = momentum * speed[index] + slope[index]
                    weight[index] -= rate * speed[index]
                }
            }
        }
    }
}
