import Networks
import Tensors

/// What a network must be told about its examples: how they are normalized, and the names of the classes.
public struct CardFacts: Hashable, Sendable {
    /// One example: `[1, 28, 28]`.
    public var shape: [Int]
    public var scale: Float
    public var mean: [Float]
    public var standardDeviation: [Float]
    public var classes: [String]

    public init(shape: [Int], scale: Float, mean: [Float], standardDeviation: [Float], classes: [String]) {
        self.shape = shape
        self.scale = scale
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.classes = classes
    }

    /// The facts of a card; nil where it says nothing of the input.
    public init?(_ card: ModelCard?) {
        guard let card, let input = card.input else { return nil }
        self.init(
            shape: input.shape, scale: input.scale, mean: input.mean, standardDeviation: input.standardDeviation,
            classes: card.classes ?? [])
    }

    /// A card with these facts for the network in `file`.
    public func card(name: String, file: String) -> ModelCard {
        ModelCard(
            name: name, file: file,
            input: ModelCard.Input(shape: shape, scale: scale, mean: mean, standardDeviation: standardDeviation),
            classes: classes.isEmpty ? nil : classes)
    }
}

extension CardFacts {
    /// The section's content: scale, means, deviations, shape, classes; each list after its length.
    func bytes() -> [UInt8] {
        var writer = ByteWriter()
        writer.word(scale.bitPattern)
        for list in [mean, standardDeviation] {
            writer.number(list.count)
            for value in list { writer.word(value.bitPattern) }
        }
        writer.number(shape.count)
        for size in shape { writer.number(size) }
        writer.number(classes.count)
        for name in classes {
            writer.number(name.utf8.count)
            writer.append(name.utf8)
        }
        return writer.bytes
    }

    /// Bytes of the section's content.
    public var byteCount: Int { bytes().count }

    /// Reads the section's content; numbers are held to what cards may say.
    init(_ content: ContainerBytes) throws(ContainerError) {
        var reader = ByteReader(content, part: .section(kind: PareContainer.Kind.card.rawValue))
        guard content.count <= PareContainer.Limits.cardByteCount else {
            throw reader.error(.tooMany(count: content.count, limit: PareContainer.Limits.cardByteCount))
        }
        let scale = Float(bitPattern: try reader.word())
        let mean = try Self.floats(&reader)
        let deviation = try Self.floats(&reader)
        let shape = try Self.shape(&reader)
        let classes = try Self.names(&reader)
        try reader.end()
        guard scale.isFinite, scale != 0, !mean.isEmpty, !deviation.isEmpty, mean.allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0.isFinite && $0 > 0 })
        else { throw reader.error(.badValues, at: content.startIndex) }
        self.init(shape: shape, scale: scale, mean: mean, standardDeviation: deviation, classes: classes)
    }

    private static func floats(_ reader: inout ByteReader) throws(ContainerError) -> [Float] {
        let count = try length(&reader, of: 4)
        var floats: [Float] = []
        for _ in 0..<count { floats.append(Float(bitPattern: try reader.word())) }
        return floats
    }

    private static func shape(_ reader: inout ByteReader) throws(ContainerError) -> [Int] {
        let start = reader.position
        var shape: [Int] = []
        for _ in 0..<(try length(&reader, of: 1)) { shape.append(try reader.number()) }
        guard (1...8).contains(shape.count), shape.allSatisfy({ (1...1 << 24).contains($0) }) else {
            throw reader.error(.badShape, at: start)
        }
        return shape
    }

    private static func names(_ reader: inout ByteReader) throws(ContainerError) -> [String] {
        var names: [String] = []
        for _ in 0..<(try length(&reader, of: 1)) {
            let start = reader.position
            let bytes = try reader.take(try reader.number())
            guard let name = String(validating: bytes, as: UTF8.self) else { throw reader.error(.notUTF8, at: start) }
            names.append(name)
        }
        return names
    }

    /// A number of things of at least `size` bytes each, which must be there.
    private static func length(_ reader: inout ByteReader, of size: Int) throws(ContainerError) -> Int {
        let start = reader.position
        let count = try reader.number()
        guard count <= reader.remaining / size else {
            throw reader.error(.tooMany(count: count, limit: reader.remaining / size), at: start)
        }
        return count
    }
}
