import Exports
import Formats
import Networks
import Tensors

/// A network as it is read, with the sizes of an example that its file leaves open: those that were asked for, else the card's, else those of the
/// examples that were named, else the first that the graph takes.
struct SizedNetwork {
    var network: Network
    var card: ModelCard?
    /// What the file leaves open, and what was taken for it; nil where nothing is open, or what was asked for.
    var note: String?
    /// The input as the file states it, where no examples gave the sizes that it leaves open.
    var openInput: NetworkValue?

    /// - Parameters:
    ///   - example: What was asked for.
    ///   - inputs: What was asked of further inputs.
    ///   - data: The examples, if some are named.
    init(_ path: String, example: [Int]?, inputs: [String: GivenInput], data: DataChoice) throws(FormatError) {
        (network, card) = try NetworkFile.read(path, example: example.map { Shape($0) }, inputs: inputs)
        if example == nil { takeWholeExamples(of: data, path, inputs) }
        guard let value = network.inputs.first, value.isOpen, !network.isWeightsOnly else { return }
        let stated = value.axes.map { _ in "[\(value.statedAxes)]" } ?? "no shape"
        let opening = "“\(value.name)” is \(stated) in the file, which leaves sizes open: "
        let forms = ExampleForms(of: data, card, network).shapes
        if let (shape, found) = Self.first(forms, path, card, inputs, areStored: true) {
            (network, note) = (found, opening + "\(shape) is taken from the examples")
            return
        }
        openInput = value
        let likely = ExampleForms.channelsLast(value) + network.likelyExamples
        if let (shape, found) = Self.first(likely, path, card, inputs, areStored: false) {
            let form = (found.packed == nil ? "" : "\(value.name)=") + (found.whole == nil ? "1x" : "") + ExampleFit.form(shape)
            note = opening + "\(shape) is assumed, the first size that the graph takes; --input-shape \(form) or --data say which"
            network = found
        } else {
            note = opening + "--input-shape, --data or a model card beside it give them"
        }
    }

    /// The network of these inputs; of the arrays of the data as one example where more of it can run so than with their rows as examples.
    init(_ path: String, choosing inputs: inout InputChoice, data: DataChoice) throws(FormatError) {
        let rows = Result { () throws(FormatError) in
            try SizedNetwork(path, example: inputs.example, inputs: inputs.values, data: data)
        }
        let read = (try? rows.get())?.network
        // Rows that can be run one by one alone are no examples where all of them can be one.
        let left = read.map { $0.blockingNodes.count + ($0.whole == nil ? 0 : 1) } ?? .max
        if left > 0, let other = inputs.asOneExample,
            let one = try? SizedNetwork(path, example: nil, inputs: other.values, data: data), one.network.blockingNodes.count < left
        {
            (self, inputs) = (one, other)
        } else {
            self = try rows.get()
        }
    }

    /// Where the whole input is one example, its first axis has the size that one of the data has.
    private mutating func takeWholeExamples(of data: DataChoice, _ path: String, _ inputs: [String: GivenInput]) {
        guard let whole = network.whole, network.packed == nil, let stored = ExampleForms(of: data, card, network).stored else { return }
        let sizes = stored.dimensions
        // A matrix may be stored as a picture of one channel; examples of sequences may lie behind the steps.
        var shapes = [sizes, [1] + sizes]
        if sizes.first == 1 { shapes.append(Array(sizes.dropFirst())) }
        if sizes.count == 2 { shapes.append([sizes[0], 1, sizes[1]]) }
        for shape in shapes.map({ Shape($0) }) where shape.rank == whole.input.rank && shape != whole.input {
            guard let (read, _) = try? NetworkFile.read(path, example: shape, inputs: inputs), read.whole?.input == shape else { continue }
            network = read
            return
        }
    }

    /// The first shape with which all can be computed, as the whole input where that is one example; else the one that leaves the fewest nodes that can't.
    private static func first(
        _ shapes: [Shape], _ path: String, _ card: ModelCard?, _ inputs: [String: GivenInput], areStored: Bool
    ) -> (Shape, Network)? {
        var best: (shape: Shape, left: Int)?
        for shape in shapes where shape.checkedCount != nil {
            guard let tried = try? NetworkReader.readQuickly(path, card: card, example: shape, inputs: inputs) else { continue }
            guard isRead(shape, by: tried) || hasStepsFirst(tried, shape, areStored) else { continue }
            // Better examples side by side than one that is the whole input.
            let left = tried.unsupportedNodes.count + (tried.whole == nil ? 0 : 1)
            guard !tried.unsupportedNodes.isEmpty || (try? tried.shapes(batch: 1)) != nil, left < best?.left ?? .max else { continue }
            best = (shape, left)
            if left == 0 { break }
        }
        guard let best, let (found, _) = try? NetworkFile.read(path, example: best.shape, inputs: inputs) else { return nil }
        return (found.whole?.input ?? best.shape, found)
    }

    /// Whether an example of the first input, of several the one that the shape is of, has that shape.
    private static func isRead(_ shape: Shape, by network: Network) -> Bool {
        network.packed.map { packed in packed.parts.contains { $0.shape == shape } } ?? (network.inputShape == shape)
    }

    /// Whether an example's steps lie along the first axis of the whole input and the examples behind them.
    private static func hasStepsFirst(_ network: Network, _ example: Shape, _ isStored: Bool) -> Bool {
        guard let whole = network.whole, whole.input.rank == 3, example.rank == 2, whole.input[1] == 1 else { return false }
        return !isStored || whole.input.count == example.count
    }
}
