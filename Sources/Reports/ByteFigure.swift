import Compression

/// Bytes of a layer or a network, and whether they are known to the byte. An estimate is shown with `~`.
public struct ByteFigure: Codable, Hashable, Sendable {
    public var count: Int
    public var isExact: Bool

    public init(_ count: Int, isExact: Bool) {
        self.count = count
        self.isExact = isExact
    }

    /// A sum is exact where all parts are.
    public static func + (left: ByteFigure, right: ByteFigure) -> ByteFigure {
        ByteFigure(left.count + right.count, isExact: left.isExact && right.isExact)
    }
}

extension Report {
    /// The size of the network: that of its file where it is known, else the estimate; nil where there is neither.
    public var size: ByteFigure? {
        fileBytes.map { ByteFigure($0, isExact: true) } ?? bytes.compressed.map { ByteFigure($0, isExact: false) }
    }

    /// The size of one of its layers, so that layers and the rest sum to ``size``.
    public func size(of layer: LayerSummary) -> ByteFigure {
        guard fileBytes != nil, let bytes = layer.fileBytes else { return ByteFigure(layer.bytes.huffman, isExact: false) }
        return ByteFigure(bytes, isExact: true)
    }

    /// What of ``size`` no layer's weights take, so that rows of layers and this one sum to it: biases and normalizations, in a file also graph, card
    /// and heads. Nil without layers, and where size and layers are not counted alike.
    public var rest: ByteFigure? {
        guard !layers.isEmpty else { return nil }
        guard let fileBytes else { return bytes.others.map { ByteFigure($0, isExact: false) } }
        let parts = layers.compactMap(\.fileBytes)
        return parts.count == layers.count ? ByteFigure(parts.reduce(fileBytes, -), isExact: true) : nil
    }

    /// Takes the exact bytes of the network's file, by weight, by factor and in all.
    public mutating func take(file total: Int, layers bytes: [String: Int], parts: [String: Int] = [:]) {
        fileBytes = total
        for index in layers.indices {
            layers[index].fileBytes = bytes[layers[index].weight]
            layers[index].parts = layers[index].parts?.map { part in
                var part = part
                part.fileBytes = parts[part.weight]
                return part
            }
        }
    }
}
