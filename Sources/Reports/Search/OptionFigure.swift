import Compression

/// What one option of one layer does to the network, measured on the first examples of an order, held against the network without it (the reference).
///
/// Changes are those of M(with the option) − M(reference): of ``SensitivityKind/leaveOneOut`` what the bypass gives back.
public struct OptionFigure: Codable, Hashable, Sendable {
    /// A change with its 95 % interval over all examples; nil where too few gave one.
    public struct Change: Codable, Hashable, Sendable {
        public var value: Double
        public var interval: Interval?

        public init(_ value: Double, interval: Interval?) { (self.value, self.interval) = (value, interval) }
    }

    public var option: LayerOption
    /// Examples measured, n, of N.
    public var evaluated: Int
    public var count: Int
    /// Mean KL(original ‖ network) over the n, in nats: with the option, and of the reference; nil of outputs that are no list of classes.
    public var divergence: Double?
    public var referenceDivergence: Double?
    /// Of the cross-entropy, in nats; nil without labels.
    public var crossEntropy: Change?
    /// Of accuracy, of agreement without labels, or of another measure, as shares of 1 or in R²; nil of outputs that nothing is known of.
    public var figure: Change?
    /// Right with the option and wrong without it, and the other way round, among the n.
    public var gains = 0
    public var losses = 0
    /// Σ (network − original)² / Σ original² of outputs that are no list of classes: with the option, and of the reference; nil of classes.
    public var squaredError: Double?
    public var referenceSquaredError: Double?
    /// Examples of the n where an output is not finite, which means leave out: with the option, and of the reference.
    public var notFinite = 0
    public var referenceNotFinite = 0
    /// What the layer's weights take in a file, as the coder counts them: with the option, and in the reference.
    public var bytes: Int
    public var referenceBytes: Int
    /// Share of the layer's weights that are not 0 with the option; nil of figures that were kept before it was counted.
    public var kept: Double?
    /// Whether it surely costs more than ``mostLoss``, or outputs: no more examples need to be spent on it. See ``judge()``.
    public private(set) var isHopeless = false
    /// Whether no weight is another one than in the reference. Then nothing was run: all changes are exactly 0.
    public var changesNothing = false

    public init(_ option: LayerOption, evaluated: Int, count: Int, bytes: Int, referenceBytes: Int) {
        (self.option, self.evaluated, self.count) = (option, evaluated, count)
        (self.bytes, self.referenceBytes) = (bytes, referenceBytes)
    }
}

extension OptionFigure {
    /// What the order of steps goes by.
    public enum Measure: String, Codable, Hashable, Sendable {
        /// Change of the cross-entropy, in nats.
        case crossEntropy = "cross-entropy"
        /// Change of the KL divergence from the original, in nats.
        case divergence
        /// Change of the relative squared error to the original.
        case squaredError = "squared-error"
    }

    /// What it costs; nil where that is not known.
    public func change(of measure: Measure) -> Double? {
        switch measure {
        case .crossEntropy: crossEntropy?.value
        case .divergence: divergence.map { $0 - (referenceDivergence ?? 0) }
        case .squaredError: squaredError.map { $0 - (referenceSquaredError ?? 0) }
        }
    }

    public var bytesWon: Int { referenceBytes - bytes }
    /// Whether every example was measured, so that the figures are those of all of them.
    public var isExact: Bool { evaluated >= count }
    /// Whether outputs are lost to NaN or infinity that the reference has.
    public var losesOutputs: Bool { notFinite > referenceNotFinite }

    /// Why it is no step: `no effect` where no weight changed, which is no sign that the layer is robust, `no gain` where the bytes don't fall,
    /// `not finite` where outputs are lost; nil where it is one.
    public var remark: String? {
        if changesNothing { return "no effect" }
        if losesOutputs { return "not finite" }
        return bytesWon <= 0 ? "no gain" : nil
    }

    /// A loss of as many points is beyond what any search goes to.
    public static let mostLoss = 0.1

    /// Finds ``isHopeless`` from the counts, by the sequence that holds while one watches. Cost: O(log N).
    public mutating func judge() {
        isHopeless = losesOutputs
        guard !losesOutputs, evaluated > 0, evaluated < count, losses > gains else { return }
        let sequence = PairedSequence(gains: gains, losses: losses, count: evaluated, population: count)
        isHopeless = sequence.standing(beside: Self.mostLoss) == .over
    }
}
