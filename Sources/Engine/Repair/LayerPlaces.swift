import Compression
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

/// At which places of which examples a layer is looked at.
///
/// Examples are spread evenly over the data; of the places of each some are taken, spread evenly and turned from example to example. The numbers of
/// both follow from shapes alone.
struct LayerPlaces {
    let target: FitTarget
    /// The value that the layer reads.
    let input: String
    let node: Int
    let sampler: WindowSampler
    let examples: [Int]
    let placesOfExample: Int

    /// Columns for each input that are wanted, and for all: fewer leave the least squares to chance.
    private static let columnsOfInput = 4
    private static let leastColumns = 16_384
    /// Examples that are run at least, where there are so many, and at most.
    private static let exampleRange = 512...8_192

    /// Nil where the layer's operator is not one whose outputs are products of windows, its weights are read more than once, or the target has
    /// other places.
    init?(_ target: FitTarget, of network: Network, _ shapes: [String: Shape], count all: Int) {
        let layer = target.layer
        guard all > 0, let place = layer.node, let output = network.nodes[place].outputs.first,
            let input = network.nodes[place].inputs.first,
            network.index.readers(of: layer.weight).count == 1, target.outputs.count == layer.outputCount,
            let read = shapes[input]?.example, let now = shapes[output]?.example,
            let sampler = WindowSampler(network.nodes[place], input: read, output: target.shape.example), sampler.places > 0,
            now.count / max(1, layer.outputCount) == sampler.places
        else { return nil }
        let columns = max(Self.leastColumns, Self.columnsOfInput * sampler.inputs)
        let needed = (columns + sampler.places - 1) / sampler.places
        let count = min(all, min(Self.exampleRange.upperBound, max(Self.exampleRange.lowerBound, needed)))
        (self.target, self.input, self.sampler, node) = (target, input, sampler, place)
        examples = (0..<count).map { $0 * all / count }
        placesOfExample = min(sampler.places, (columns + count - 1) / max(1, count))
    }

    /// Where what the layer reads is wanted.
    var inputStop: WalkStop { WalkStop(value: input, place: node, examples: examples) }

    /// Where the target is wanted, in the network that has it.
    func targetStop(in network: Network) -> WalkStop {
        WalkStop(value: target.value, place: (network.index.maker(of: target.value) ?? -1) + 1, examples: examples)
    }

    /// The place that a column of an example is, the example by its number.
    func place(_ column: Int, of number: Int) -> Int { (column * sampler.places / placesOfExample + number * 7_919) % sampler.places }

    /// Whether an example, by its number, is held out.
    static func isHeld(_ number: Int) -> Bool { number % 8 == 7 }
}

extension Shape {
    /// Without the batch.
    fileprivate var example: Shape { Shape(Array(dimensions.dropFirst())) }
}
