import Tensors

/// Which part of the data examples come from.
public enum DatasetSplit: String, Codable, Sendable, CaseIterable {
    case train, validation, test
}

/// How stored pixels become a network's input: (pixel · scale − mean) / standardDeviation, per channel.
public struct InputNormalization: Hashable, Sendable, Codable {
    public var scale: Float
    /// One value for all channels or one a channel.
    public var mean: [Float]
    public var standardDeviation: [Float]

    public init(scale: Float = 1 / 255, mean: [Float] = [0], standardDeviation: [Float] = [1]) {
        self.scale = scale
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// Whether it brings bytes to 0…1.
    public var isOfPixels: Bool { abs(255 * scale - 1) < 0.01 }
}

/// What a network can be measured against on examples.
public enum DatasetKind: String, Codable, Sendable {
    /// Labels: accuracy.
    case labelled
    /// Examples without labels: agreement with the original network.
    case unlabelled
    /// No examples at all: agreement on inputs that were drawn.
    case generated
}

/// Examples of one split, kept as they are stored and normalized when a batch is filled.
public struct Dataset: Sendable {
    public var name: String
    public var split: DatasetSplit
    /// [count, C, H, W], uint8 or float32; [0, C, H, W] where ``source`` has the pixels.
    public var inputs: Tensor
    /// Where pixels come from that are not all in memory.
    public var source: (any ExampleSource)?
    /// A class index each, [count]; empty where there are no labels.
    public var labels: [Int32]
    /// What is known of the examples where that is more than a class each; then there are no labels.
    public var targets: Targets?
    /// The figure that was asked for; nil takes the one that labels or targets have.
    public var measure: OutputMeasure?
    public var classNames: [String]
    public var normalization: InputNormalization
    /// SHA-256 over the bytes of inputs and labels, hexadecimal; nil until it is known.
    public var sha256: String?
    /// What a user should know of how the split was made, for example that one split was halved.
    public var remark: String?
    /// What was guessed of the inputs and may be wrong, with the way out.
    public var warning: String?
    /// How the stored examples became inputs; nil where nobody read them from files.
    public var facts: InputFacts?
    /// Whether the network reads [H, W, C]: examples are kept as [C, H, W], and turned when a batch is filled.
    public var fillsChannelsLast = false
    /// Whether the inputs were drawn at random.
    public var isGenerated = false

    public init(
        name: String, split: DatasetSplit, inputs: Tensor, labels: [Int32], classNames: [String],
        normalization: InputNormalization = InputNormalization(), sha256: String? = nil, remark: String? = nil
    ) {
        self.name = name
        self.split = split
        self.inputs = inputs
        self.labels = labels
        self.classNames = classNames
        self.normalization = normalization
        self.sha256 = sha256
        self.remark = remark
    }

    /// The mapped files that the examples are views of.
    public var maps: [FileMap] { [inputs].maps + (source?.maps ?? []) }

    public var count: Int { labels.isEmpty ? source?.count ?? inputs.shape.dimensions.first ?? 0 : labels.count }
    public var kind: DatasetKind { isGenerated ? .generated : labels.isEmpty && targets == nil ? .unlabelled : .labelled }
    /// The shape of one example, `[C, H, W]`.
    public var exampleShape: Shape { Shape(Array(inputs.shape.dimensions.dropFirst())) }
    /// The shape of one example as a batch has it.
    public var filledShape: Shape { fillsChannelsLast ? exampleShape.channelsLast : exampleShape }
    public var classCount: Int { max(classNames.count, Int((labels.max() ?? -1) + 1)) }
}

extension Shape {
    /// Whether it is one of pictures [H, W, C] by its extents: 1, 3 or 4 channels behind rows and columns of other numbers.
    public var hasChannelsLast: Bool {
        let colours = [1, 3, 4]
        return rank == 3 && colours.contains(dimensions[2]) && !colours.contains(dimensions[0])
    }

    /// [C, H, W] as [H, W, C].
    public var channelsLast: Shape { rank == 3 ? [dimensions[1], dimensions[2], dimensions[0]] : self }
    /// [H, W, C] as [C, H, W].
    public var channelsFirst: Shape { rank == 3 ? [dimensions[2], dimensions[0], dimensions[1]] : self }
}
