import Compression
import Kernels
import Networks
import Tensors

/// Measures how much channels are alive, over examples: the mean of |a|, or how seldom a is 0. Owned by the lane.
///
/// Read is what stands behind the activation of each layer, else behind the layer; the values of all are strung together as one row an example, so
/// that one run gives them all. Cost: a run of every example up to the last of the layers.
final class ActivationImportance {
    private let places: [ReadChannels]
    private let criterion: FilterCriterion
    private let data: Dataset
    private let examples: [Int]
    private let executor: OneDNNExecutor
    private var done = 0
    private var stage = 0
    private var sums: [[Double]]

    /// Numbers of a batch at most.
    private static let batchValues = 1 << 22
    private static let batchSize = 32

    init(
        _ makers: [ChannelMaker], by criterion: FilterCriterion, of network: Network, data: Dataset, key: CalibrationKey
    ) throws(KernelError) {
        (self.criterion, self.data) = (criterion, data)
        examples = key.indices(of: data.count)
        let count = examples.count
        let still = network.applying(.evaluationForm)
        let shapes = try still.kernelShapes(batch: 1)
        var (row, places, offset) = (RowStack(still), [ReadChannels](), 0)
        for maker in makers {
            guard let found = still.activation(of: maker.weight), let shape = shapes[found.value], let layer = still.layer(of: maker.weight)
            else { throw .unsupported(node: maker.weight, operation: "layer", reason: "nobody knows what it gives") }
            let channels = layer.outputCount
            row.add(found.value, width: shape.count)
            places.append(
                ReadChannels(
                    maker: maker, offset: offset, channels: channels, pixels: shape.count / max(1, channels),
                    isChannelFirst: layer.isConvolution))
            offset += shape.count
        }
        let most = network.batch(max(1, min(Self.batchSize, Self.batchValues / max(1, offset))))
        self.places = places
        sums = places.map { [Double](repeating: 0, count: $0.maker.channels.count) }
        executor = try OneDNNExecutor(network: row.network, batchSize: (1...most).last { count % $0 == 0 } ?? 1)
    }

    /// Examples that are done, and all.
    var counts: (done: Int, total: Int) { (done, examples.count) }

    /// By maker, the importance of each channel, once all is done.
    var result: [[Double]] {
        sums.map { $0.map { criterion == .apoz ? 1 - $0 / Double(max(1, done)) : $0 / Double(max(1, done)) } }
    }

    /// Runs a stage, or counts a batch; false when all is done.
    func step() throws(KernelError) -> Bool {
        let end = ContinuousClock.now + .milliseconds(8)
        while done < examples.count {
            if stage == 0 { try executor.take(examples[done..<done + executor.batchSize], of: data) }
            if stage < executor.stages.count {
                try executor.run(stage: stage)
                stage += 1
            } else {
                try count()
            }
            guard ContinuousClock.now < end else { break }
        }
        return done < examples.count
    }

    private func count() throws(KernelError) {
        let (size, length, isShare) = (executor.batchSize, executor.classCount, criterion == .apoz)
        var sums = self.sums
        let places = self.places
        try executor.withLogits { values in
            for (own, place) in places.enumerated() {
                var means = [Double](repeating: 0, count: place.channels)
                for example in 0..<size {
                    place.add(values, from: example * length + place.offset, zeros: isShare, to: &means)
                }
                for (channel, indices) in place.maker.channels.enumerated() where !indices.isEmpty {
                    let sum = indices.reduce(0) { $0 + means[$1] }
                    sums[own][channel] += sum / Double(indices.count * max(1, place.pixels))
                }
            }
        }
        self.sums = sums
        (done, stage) = (done + size, 0)
    }
}

/// The channels of a layer in a row of values.
private struct ReadChannels {
    var maker: ChannelMaker
    /// Where the value lies in a row.
    var offset: Int
    var channels: Int
    var pixels: Int
    var isChannelFirst: Bool

    /// Adds |a|, or 1 for each zero, of one example to its channels.
    func add(_ values: UnsafeBufferPointer<Float>, from start: Int, zeros: Bool, to sums: inout [Double]) {
        for channel in 0..<channels {
            var sum = 0.0
            for pixel in 0..<pixels {
                let value = values[start + (isChannelFirst ? channel * pixels + pixel : pixel * channels + channel)]
                sum += zeros ? (value == 0 ? 1 : 0) : Double(abs(value))
            }
            sums[channel] += sum
        }
    }
}

extension Network {
    /// What a layer hands on behind its activation, and whether that is one that makes zeros; without an activation what the layer gives.
    func activation(of weight: String) -> (value: String, makesZeros: Bool)? {
        guard let place = layer(of: weight)?.node, var value = nodes[place].outputs.first else { return nil }
        while let reader = soleReader(of: value), let next = nodes[reader].outputs.first {
            switch nodes[reader].operation {
            case .unary(let function): return (next, function.makesZeros)
            case .add where nodes[reader].inputs.contains { parameters[$0]?.role == .bias }, .identity, .batchNormalization: value = next
            case .convolution(let settings) where settings.groups > 1 && settings.kernel == [1, 1] && nodes[reader].inputs.count == 3:
                // A normalization of its own, see ``EvaluationForm``.
                guard parameters[nodes[reader].inputs[1]]?.shape == [settings.groups, 1, 1, 1] else { return (value, false) }
                value = next
            default: return (value, false)
            }
        }
        return (value, false)
    }

    private func soleReader(of value: String) -> Int? {
        let readers = index.readers(of: value)
        return readers.count == 1 && !outputs.contains { $0.name == value } ? readers.first : nil
    }

    /// Shapes, or what the kernels would say.
    func kernelShapes(batch: Int) throws(KernelError) -> [String: Shape] {
        do throws(ShapeError) { return try shapes(batch: batch) } catch {
            throw .shape(node: error.node, expected: error.expected, actual: error.actual)
        }
    }
}

extension UnaryFunction {
    /// Whether it is 0 over a whole range of numbers.
    fileprivate var makesZeros: Bool {
        switch self {
        case .relu, .thresholdedRelu, .hardSigmoid, .hardSwish, .shrink: true
        case .clip(let lower, _): lower == 0
        default: false
        }
    }
}
