import Compression
import Foundation
import Kernels
import Networks
import Tensors

/// Measures by gradients how important channels are to the loss: forward and backward as a training runs, with normalizations that stand still.
/// Owned by the lane.
///
/// Of a channel s = Σ w · ∂L/∂w over the filter and its bias, in batches: ``FilterCriterion/taylor`` is the mean of s²; one example a batch has
/// ``FilterCriterion/activationTaylor``, the mean of |s|, for s is the sum of a · ∂L/∂a over the places of the example, and ``FilterCriterion/fisher``, the
/// mean of ½ Σ (w · ∂L/∂w)² for a label drawn from the softmax. Cost: a run forward and backward of every example.
final class GradientImportance {
    private let makers: [Maker]
    private let criterion: FilterCriterion
    private let data: Dataset
    private let examples: [Int]
    private let executor: any TrainingExecutor
    private let loss: OutputLoss
    private var generator: SeededGenerator
    private var done = 0
    private var stage = 0
    private var sums: [[Double]]

    private static let batchSize = 32

    /// Throws where a node has no gradient.
    init(
        _ makers: [ChannelMaker], by criterion: FilterCriterion, of network: Network, data: Dataset, key: CalibrationKey,
        makeExecutor: TrainingRequest.ExecutorFactory
    ) throws(KernelError) {
        let still = network.applying(.evaluationForm)
        if let node = still.nodes.first(where: { if case .batchNormalization = $0.operation { true } else { false } }) {
            throw .unsupported(node: node.name, operation: node.operation.name, reason: "its statistics would be those of a batch")
        }
        (self.criterion, self.data) = (criterion, data)
        examples = key.indices(of: data.count)
        let count = examples.count
        let size = criterion == .taylor ? (1...network.batch(Self.batchSize)).last { count % $0 == 0 } ?? 1 : 1
        executor = try makeExecutor(still, size)
        let reading = data.targets == nil && network.outputWithoutClasses == nil ? nil : (try? network.reading(of: data)) ?? nil
        loss = OutputLoss(reading, of: data, classes: executor.classCount)
        generator = SeededGenerator(seed: key.seed)
        self.makers = makers.map { Maker($0, in: still) }
        sums = makers.map { [Double](repeating: 0, count: $0.channels.count) }
    }

    /// Examples that are done, and all.
    var counts: (done: Int, total: Int) { (done, examples.count) }

    /// By maker, the importance of each channel, once all is done.
    var result: [[Double]] { sums.map { $0.map { $0 / Double(max(1, done / executor.batchSize)) } } }

    /// Runs some stages; false when all examples are done.
    func step() throws(KernelError) -> Bool {
        let end = ContinuousClock.now + .milliseconds(8)
        while done < examples.count {
            try runStage()
            guard ContinuousClock.now < end else { break }
        }
        return done < examples.count
    }

    private func runStage() throws(KernelError) {
        let forward = executor.forwardStageCount
        switch stage {
        case 0: try executor.take(batch, of: data)
        case 1...forward: try executor.runForward(stage: stage - 1, seed: 0)
        case forward + 1: try writeGradient()
        case forward + 2 + executor.backwardStageCount:
            for place in makers.indices { makers[place].add(executor, criterion, to: &sums[place]) }
            done += executor.batchSize
            stage = 0
            return
        default: try executor.runBackward(stage: stage - forward - 2)
        }
        stage += 1
    }

    private var batch: ArraySlice<Int> { examples[done..<done + executor.batchSize] }

    private func writeGradient() throws(KernelError) {
        let (classes, batch) = (executor.classCount, batch)
        var generator = self.generator
        try executor.withLogits { logits in
            executor.withLogitsGradient { gradient in
                guard criterion == .fisher else {
                    _ = loss.evaluate(outputs: logits, examples: batch, teachers: [[Float]](), gradient: gradient)
                    return
                }
                [Self.drawn(logits, &generator)].withUnsafeBufferPointer {
                    _ = SoftmaxLoss.crossEntropy.evaluate(logits: logits, classes: classes, labels: $0, gradient: gradient)
                }
            }
        }
        self.generator = generator
    }

    /// A class by its probability.
    private static func drawn(_ logits: UnsafeBufferPointer<Float>, _ generator: inout SeededGenerator) -> Int32 {
        let largest = Double(logits.max() ?? 0)
        let parts = logits.map { exp(Double($0) - largest) }
        var left = generator.uniform() * parts.reduce(0, +)
        for (place, part) in parts.enumerated() {
            left -= part
            if left < 0 { return Int32(place) }
        }
        return Int32(max(0, parts.count - 1))
    }
}

/// Where the numbers of each channel lie in the weights of a layer.
private struct Maker {
    let weight: String
    let bias: String?
    let channels: [[Int]]
    let before: Int
    let extent: Int
    let length: Int

    init(_ maker: ChannelMaker, in network: Network) {
        let shape = network.parameters[maker.weight]?.shape ?? []
        (weight, channels) = (maker.weight, maker.channels)
        extent = shape.rank > maker.axis ? shape[maker.axis] : 0
        before = shape.dimensions.prefix(maker.axis).reduce(1, *)
        length = shape.dimensions.dropFirst(maker.axis + 1).reduce(1, *)
        let own = network.layer(of: maker.weight)?.bias
        bias = own.flatMap { network.parameters[$0]?.count } == extent ? own : nil
    }

    /// Adds what a batch says. Cost: O(weights).
    func add(_ executor: any TrainingExecutor, _ criterion: FilterCriterion, to sums: inout [Double]) {
        let (values, slopes) = (executor.values(of: weight), executor.gradient(of: weight))
        guard values.count == before * extent * length, slopes.count == values.count else { return }
        let shift = bias.map { (values: executor.values(of: $0), slopes: executor.gradient(of: $0)) }
        for (channel, indices) in channels.enumerated() {
            var (sum, squares) = (0.0, 0.0)
            for index in indices {
                for block in 0..<before {
                    let start = (block * extent + index) * length
                    for place in start..<start + length {
                        let product = Double(values[place]) * Double(slopes[place])
                        sum += product
                        squares += product * product
                    }
                }
                guard let shift, shift.slopes.count > index else { continue }
                let product = Double(shift.values[index]) * Double(shift.slopes[index])
                sum += product
                squares += product * product
            }
            switch criterion {
            case .taylor: sums[channel] += sum * sum
            case .activationTaylor: sums[channel] += abs(sum)
            default: sums[channel] += squares / 2
            }
        }
    }
}
