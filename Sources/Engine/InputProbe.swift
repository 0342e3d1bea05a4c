import Compression
import Kernels
import Networks
import Tensors

/// Runs a network over calibration examples and sums up what several of its layers read, all in one pass. Owned by the lane.
///
/// A layer whose weights are read by several nodes has what all of them read. Batches are full, and everything follows from network, layers and examples.
final class InputProbe {
    private let data: Dataset
    private let key: CalibrationKey
    private let examples: [Int]
    private let layers: [Layer]
    /// The layer that each tally is of.
    private let places: [Int]
    private var tallies: [InputTally]
    private let executor: OneDNNExecutor
    private var done = 0
    private var stage = 0
    /// Whether a batch is under way; what the network itself reads has no stage before it.
    private var isFilled = false
    /// The tally that is counted; as many as there are before the first batch and after each.
    private var counting: Int

    /// Throws `InputObstacle` where what a layer reads can't be gathered.
    init(_ layers: [Layer], of network: Network, data: Dataset, key: CalibrationKey) throws {
        (self.data, self.key, self.layers) = (data, key, layers)
        examples = key.indices(of: data.count)
        let readers = layers.enumerated().flatMap { place, layer in
            network.index.readers(of: layer.weight).map { (layer: place, node: network.nodes[$0]) }
        }
        let probed = try ProbedValues(readers.map { $0.node.inputs[0] }, of: network, count: examples.count)
        let count = examples.count
        tallies = try zip(readers, probed.ranges).map { reader, range in
            try probed.tally(of: layers[reader.layer], read: reader.node, range: range, examples: count)
        }
        places = readers.map(\.layer)
        counting = tallies.count
        executor = try OneDNNExecutor(network: probed.network, batchSize: probed.batchSize)
    }

    func holds(_ weight: String) -> Bool { layers.contains { $0.weight == weight } }

    /// Runs a stage, or counts some products; false when all is counted.
    func step() throws(KernelError) -> Bool {
        let end = ContinuousClock.now + .milliseconds(8)
        repeat {
            if counting < tallies.count {
                if !tallies[counting].step() { counting += 1 }
            } else if done == examples.count {
                return false
            } else if !isFilled {
                try executor.take(examples[done..<done + executor.batchSize], of: data)
                isFilled = true
            } else if stage < executor.stages.count {
                try executor.run(stage: stage)
                stage += 1
            } else {
                try take()
            }
        } while ContinuousClock.now < end
        return true
    }

    private func take() throws(KernelError) {
        let size = executor.batchSize
        try executor.withLogits { values in
            for place in tallies.indices { tallies[place].take(values, examples: size, rowLength: executor.classCount) }
        }
        done += size
        (stage, counting, isFilled) = (0, 0, false)
    }

    /// By weight, once all is counted.
    var moments: [String: InputMoments] {
        var found: [String: InputMoments] = [:]
        for (number, layer) in layers.enumerated() {
            let own = zip(places, tallies).filter { $0.0 == number }.map(\.1)
            guard let first = own.first else { continue }
            let sums = own.dropFirst().reduce(first.sums.values) { sums, tally in zip(sums, tally.sums.values).map(+) }
            found[layer.weight] = InputMoments(
                key: key, examples: examples.count, columns: own.reduce(0) { $0 + $1.sums.columns }, size: InputMoments.size(of: layer),
                groups: layer.groups, sums: sums)
        }
        return found
    }
}

extension ProbedValues {
    /// What takes in what a node of a layer reads.
    func tally(of layer: Layer, read node: Node, range: Range<Int>, examples: Int) throws(InputObstacle) -> InputTally {
        guard node.inputs.count > 1, node.inputs[1] == layer.weight, let input = example(node.inputs[0]),
            let output = node.outputs.first.flatMap(example),
            let sampler = WindowSampler(node, input: input, output: output, readsOnly: true), sampler.places > 0,
            sampler.inputs == layer.groups * InputMoments.size(of: layer)
        else { throw InputObstacle(layer: layer.name) }
        return InputTally(sampler, groups: layer.groups, range: range, examples: examples)
    }

    /// The shape of one example of a value; nil where examples do not lie one after another.
    fileprivate func example(_ value: String) -> Shape? {
        guard let shape = shapes[value], shape.dimensions.first == batchSize else { return nil }
        return Shape(Array(shape.dimensions.dropFirst()))
    }
}
