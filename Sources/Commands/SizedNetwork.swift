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

    /// - Parameters:
    ///   - example: What was asked for.
    ///   - inputs: What was asked of further inputs.
    ///   - data: The examples, if some are named.
    init(_ path: String, example: [Int]?, inputs: [String: GivenInput], data: DataChoice) throws(FormatError) {
        (network, card) = try NetworkFile.read(path, example: example.map { Shape($0) }, inputs: inputs)
        if example == nil { takeWholeExamples(of: data, path, inputs) }
        guard let value = network.inputs.first, value.isOpen, !network.isWeightsOnly else { return }
        let stated = value.axes.map { _ in "[N×\(value.statedExample)]" } ?? "no shape"
        let opening = "“\(value.name)” is \(stated) in the file, which leaves sizes open: "
        if let (shape, found) = Self.first(Self.shapes(of: data, card), path, card, inputs) {
            (network, note) = (found, opening + "\(shape) is taken from the examples")
        } else if let (shape, found) = Self.first(network.likelyExamples, path, card, inputs) {
            note =
                opening
                + "\(shape) is assumed, the first size that the graph takes; --input-shape 1x\(Self.form(shape)) or --data say which"
            network = found
        } else {
            note = opening + "--input-shape, --data or a model card beside it give them"
        }
    }

    /// Where the whole input is one example, its first axis has the size that one of the data has.
    private mutating func takeWholeExamples(of data: DataChoice, _ path: String, _ inputs: [String: GivenInput]) {
        guard let whole = network.whole, let stored = Self.shapes(of: data, card).first else { return }
        // A matrix is stored as a picture of one channel.
        let shapes = [stored] + (stored.dimensions.first == 1 ? [Shape(Array(stored.dimensions.dropFirst()))] : [])
        guard let shape = shapes.first(where: { $0.rank == whole.input.rank }), shape != whole.input,
            let (read, _) = try? NetworkFile.read(path, example: shape, inputs: inputs), read.whole?.input == shape
        else { return }
        network = read
    }

    private static func form(_ shape: Shape) -> String { shape.dimensions.map(String.init).joined(separator: "x") }

    /// The first shape with which all can be computed; else the one that leaves the fewest nodes that can't.
    private static func first(
        _ shapes: [Shape], _ path: String, _ card: ModelCard?, _ inputs: [String: GivenInput]
    ) -> (Shape, Network)? {
        var best: (shape: Shape, left: Int)?
        for shape in shapes where shape.checkedCount != nil {
            guard let tried = try? NetworkReader.readQuickly(path, card: card, example: shape, inputs: inputs) else { continue }
            guard tried.inputShape == shape else { continue }
            // Better examples side by side than one that is the whole input.
            let left = tried.unsupportedNodes.count + (tried.whole == nil ? 0 : 1)
            guard !tried.unsupportedNodes.isEmpty || (try? tried.shapes(batch: 1)) != nil, left < best?.left ?? .max else { continue }
            best = (shape, left)
            if left == 0 { break }
        }
        guard let best, let (found, _) = try? NetworkFile.read(path, example: best.shape, inputs: inputs) else { return nil }
        return (best.shape, found)
    }

    /// What an example of the named data may be for a network: as it is stored, with channels first, with one channel, as one list.
    private static func shapes(of data: DataChoice, _ card: ModelCard?) -> [Shape] {
        guard data.generated == nil, data.isNamed || data.path != nil else { return [] }
        var loader = DatasetLoader(directory: data.path, card: card)
        loader.options = data.options
        guard let stored = try? loader.sample(.validation).exampleShape else { return [] }
        let sizes = stored.dimensions
        let turned = sizes.count == 3 ? [[sizes[2], sizes[0], sizes[1]]] : []
        // Grey pictures become three equal channels.
        let coloured = ([sizes] + turned).filter { $0.count == 3 && $0[0] == 1 }.map { [3] + $0.dropFirst() }
        return ([sizes] + turned + coloured + [[1] + sizes] + (sizes.count > 1 ? [[stored.count]] : [])).map { Shape($0) }
    }
}
