import Formats
import Networks
import Tensors

/// What an example of the named data may be for a network whose file leaves sizes open.
struct ExampleForms {
    /// As it is stored; nil where no data are named, or none can be read.
    let stored: Shape?
    /// The likeliest first: as it is stored, with channels first, with one channel, in colour where the network reads that, as one list.
    let shapes: [Shape]

    init(of data: DataChoice, _ card: ModelCard?, _ network: Network) {
        stored = Self.stored(data, card, network)
        shapes = stored.map { Self.forms($0.dimensions, data.options.layout, network.likelyExamples.first?.dimensions ?? []) } ?? []
    }

    private static func stored(_ data: DataChoice, _ card: ModelCard?, _ network: Network) -> Shape? {
        guard data.generated == nil, data.isNamed || data.path != nil else { return nil }
        var loader = DatasetLoader(directory: data.path, card: card)
        loader.options = data.options
        loader.inputNames = network.exampleInputs.map(\.name)
        guard let array = loader.storedArray() else { return try? loader.sample(.validation).exampleShape }
        return array.rank > 1 ? Shape(Array(array.dimensions.dropFirst())) : [1]
    }

    private static func forms(_ sizes: [Int], _ layout: ImageLayout?, _ likely: [Int]) -> [Shape] {
        let turned = sizes.count == 3 ? [[sizes[2], sizes[0], sizes[1]]] : []
        var forms = layout == .nhwc ? turned + [sizes] : [sizes] + turned
        // A row is a signal of one channel only where the network reads that.
        if sizes.count > 1 || likely.count == 2 && likely[0] == 1 { forms.append([1] + sizes) }
        if sizes.count == 3, sizes[0] == 1 { forms.append([sizes[1], sizes[2]]) }
        if likely.count == 3, likely[0] == 3 {
            // Grey pictures become three equal channels.
            forms += forms.filter { $0.count == 3 && $0[0] == 1 }.map { [3] + $0.dropFirst() }
        }
        if sizes.count > 1 { forms.append([sizes.reduce(1, *)]) }
        // Channels first, for a network that reads them last.
        if sizes.count == 3, likely.count == 3, likely[2] == sizes[0] { forms.append([sizes[1], sizes[2], sizes[0]]) }
        return forms.map { Shape($0) }
    }

    /// Usual pictures with channels last, where the file states those alone.
    static func channelsLast(_ value: NetworkValue) -> [Shape] {
        let sizes = value.exampleShape.dimensions
        guard sizes.count == 3, sizes[0] == 0, sizes[1] == 0, [1, 3, 4].contains(sizes[2]) else { return [] }
        return [224, 32, 28, 64, 96, 128, 160, 192, 256, 299, 320, 384, 416, 512, 640].map { [$0, $0, sizes[2]] }
    }
}
