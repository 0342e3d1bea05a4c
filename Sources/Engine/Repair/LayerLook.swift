import Compression
import Kernels
import Networks
import Tensors

/// What a layer is fitted to: some outputs of a value of the network before.
struct FitTarget {
    /// In the network that is repaired.
    let layer: Layer
    let value: String
    /// Of the value, with the batch.
    let shape: Shape
    /// Which of its channels the layer's outputs should be.
    let outputs: [Int]
}

/// What one layer reads in a network that was cut, and what it gave in the one before, over places of examples. Owned by the lane.
///
/// Every example is run once in each network up to the layer; of its places some are taken, spread evenly and turned from example to example.
final class LayerLook {
    private(set) var moments: SecondMoments
    /// Those of every eighth example, which are not fitted.
    private(set) var heldOut: SecondMoments
    private let sampler: WindowSampler
    /// Outputs of the layer before that are there still.
    private let outputs: [Int]
    private let inputs: ValueReader
    private let wanted: ValueReader
    private let examples: [Int]
    private let placesOfExample: Int
    private var done = 0
    /// Columns that wait to be added, [inputs + outputs, columns].
    private var columns: [Float] = []
    private var added = 0
    /// Columns that are fitted, which come first.
    private var fitted = 0

    /// Columns for each input that are wanted, and for all: fewer leave the least squares to chance.
    private static let columnsOfInput = 4
    private static let leastColumns = 16_384
    /// Examples that are run at least, where there are so many, and at most.
    private static let exampleRange = 512...8_192
    private static let batchSize = 64

    /// Nil where the layer's operator is not one whose outputs are products of windows, its weights are read more than once, or the target has
    /// other places.
    init?(
        _ target: FitTarget, of network: Network, _ shapes: [String: Shape], before: Network, data: Dataset
    ) throws(KernelError) {
        let layer = target.layer
        guard let node = layer.node.map({ network.nodes[$0] }), let output = node.outputs.first, let input = node.inputs.first,
            network.index.readers(of: layer.weight).count == 1, target.outputs.count == layer.outputCount,
            let read = shapes[input]?.example, let now = shapes[output]?.example,
            let sampler = WindowSampler(node, input: read, output: target.shape.example), sampler.places > 0,
            now.count / max(1, layer.outputCount) == sampler.places
        else { return nil }
        let columns = max(Self.leastColumns, Self.columnsOfInput * sampler.inputs)
        let needed = (columns + sampler.places - 1) / sampler.places
        let count = min(data.count, min(Self.exampleRange.upperBound, max(Self.exampleRange.lowerBound, needed)))
        let size = max(1, min(Self.batchSize, count))
        (self.sampler, outputs) = (sampler, target.outputs)
        examples = (0..<count).map { $0 * data.count / count }
        inputs = try ValueReader(input, of: network, shape: read, data: data, batchSize: size)
        wanted = try ValueReader(target.value, of: before, shape: target.shape.example, data: data, batchSize: size)
        moments = SecondMoments(inputs: sampler.inputs, outputs: outputs.count)
        heldOut = moments
        placesOfExample = min(sampler.places, (columns + count - 1) / max(1, count))
    }

    private var waiting: Int { columns.count / max(1, sampler.inputs + outputs.count) - added }

    /// Examples that were run, and all.
    var counts: (done: Int, total: Int) { (done, examples.count) }

    /// A batch, or a part of what it gave; false when all is added.
    func step() throws(KernelError) -> Bool {
        if waiting > 0 {
            let all = added + waiting
            added =
                added < fitted
                ? moments.add(columns, columns: all, from: added, to: fitted) : heldOut.add(columns, columns: all, from: added)
        } else if done < examples.count {
            try gather()
        }
        return waiting > 0 || done < examples.count
    }

    private func gather() throws(KernelError) {
        let batch = examples[done..<min(examples.count, done + inputs.batchSize)]
        let width = batch.count * placesOfExample
        var columns = [Float](repeating: 0, count: (sampler.inputs + outputs.count) * width)
        let (sampler, outputs) = (sampler, outputs)
        let order = Self.fittedFirst(batch.count, from: done)
        fitted = order.fitted * placesOfExample
        try inputs.run(batch) { values in
            forEachPlace(order.numbers, values, inputs.shape.count) { column, example, place in
                columns.withUnsafeMutableBufferPointer { columns in
                    guard let start = columns.baseAddress else { return }
                    sampler.read(example, place: place, into: start + column, step: width)
                }
            }
        }
        try wanted.run(batch) { values in
            forEachPlace(order.numbers, values, wanted.shape.count) { column, example, place in
                columns.withUnsafeMutableBufferPointer { columns in
                    guard let start = columns.baseAddress else { return }
                    sampler.write(example, place: place, outputs, into: start + sampler.inputs * width + column, step: width)
                }
            }
        }
        self.columns = columns
        (added, done) = (0, done + batch.count)
    }

    /// Numbers of a batch's examples, those that are held out last, and how many are not.
    private static func fittedFirst(_ count: Int, from start: Int) -> (numbers: [Int], fitted: Int) {
        let isHeld = { (number: Int) in (start + number) % 8 == 7 }
        let fitted = (0..<count).filter { !isHeld($0) }
        return (fitted + (0..<count).filter(isHeld), fitted.count)
    }

    /// The columns of a batch: their example's values, and the place in it.
    private func forEachPlace(
        _ numbers: [Int], _ values: UnsafeBufferPointer<Float>, _ length: Int,
        _ body: (_ column: Int, _ example: UnsafeBufferPointer<Float>, _ place: Int) -> Void
    ) {
        for (column, number) in numbers.enumerated() {
            let example = UnsafeBufferPointer(rebasing: values[number * length..<(number + 1) * length])
            for index in 0..<placesOfExample {
                let place = (index * sampler.places / placesOfExample + (done + number) * 7_919) % sampler.places
                body(column * placesOfExample + index, example, place)
            }
        }
    }
}

extension Network {
    /// Whether what is the same at all places of a layer's outputs is made up for: by its bias, or by a normalization.
    func isCentred(_ layer: Layer) -> Bool { layer.bias != nil || !normalizations(behind: layer).isEmpty }

    /// The normalizations that read what a layer gives, if nothing else does.
    func normalizations(behind layer: Layer) -> [Node] {
        guard let output = layer.node.flatMap({ nodes[$0].outputs.first }) else { return [] }
        let readers = index.readers(of: output).map { nodes[$0] }
        return readers.allSatisfy { if case .batchNormalization = $0.operation { true } else { false } } ? readers : []
    }
}

extension Shape {
    /// Without the batch.
    fileprivate var example: Shape { Shape(Array(dimensions.dropFirst())) }
}
