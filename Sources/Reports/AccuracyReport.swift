import Networks

/// Accuracy of the network under a plan beside the original's, from one run over the same examples.
///
/// Top-1, ties to the lowest index; NaN logits count as wrong. Fractions 0…1.
public struct AccuracyReport: Codable, Hashable, Sendable {
    public var split: DatasetSplit
    /// Examples in the split, N.
    public var count: Int
    /// Examples measured with the plan, n.
    public var evaluated: Int
    /// Examples measured with the original.
    public var originalEvaluated: Int
    /// The original's accuracy over what was measured of it; exact when `originalEvaluated == count`.
    public var original: Double
    /// 95 % Wilson interval of `original` while it is not exact, of zero width when it is.
    public var originalInterval: Interval
    /// Original's full accuracy + (gains − losses) / n; the plain share of right answers until the original is fully measured.
    public var current: Double
    /// 95 % interval of `current` for the whole split; zero width only when exact.
    public var interval: Interval
    /// Wrong in the original, right now, among the n.
    public var gains: Int
    /// Right in the original, wrong now, among the n.
    public var losses: Int
    /// McNemar's exact two-sided p-value of gains against losses: whether the difference reaches beyond this split. 0 where it underflows.
    public var mcNemar: Double
    /// Mean of −log softmax(label), natural logarithm, over those of the n where it is finite for both networks; nil where there is none.
    public var crossEntropy: Double?
    public var originalCrossEntropy: Double?
    /// 95 % interval of the paired difference crossEntropy − originalCrossEntropy; nil until two examples gave one.
    public var crossEntropyDifference: Interval?
    /// Examples of the n that the cross-entropies leave out; nil in reports that did not count them.
    public var crossEntropyLeftOut: Int?
    /// Share of the n where both networks name the same class.
    public var agreement: Double
    /// Right within the first five classes; nil where there are 20 classes or fewer.
    public var topFive: Double?
    /// Examples whose logits hold a NaN.
    public var notANumber: Int
    /// Labels and predictions of the plan over the n.
    public var confusion: ConfusionTable
    /// The same of the original over the same n examples.
    public var originalConfusion: ConfusionTable
    /// Examples whose prediction changed, as indices into the split, in the order of evaluation.
    public var flipped: [Int]
    /// Seed of the order in which examples were measured.
    public var seed: UInt64
    /// What was counted against; nil is labels. Else the original's answers are the labels: `current` is the agreement with it, and `losses` are the
    /// examples where the two networks name different classes.
    public var kind: DatasetKind?
    /// Mean over the n of the cosine between the logits of both networks, examples with a logit that is not finite left out; nil where none is left.
    public var cosine: Double?
    /// Mean KL(original ‖ plan) of softmax(logits) over the same, in nats.
    public var divergence: Double?
    /// Examples of the n that cosine and divergence leave out; nil in reports that did not count them.
    public var logitsLeftOut: Int?
    /// Of a network whose output is no list of classes, in the place of answers: then ``current`` is the mean ``cosine`` and ``original`` 1.
    public var fidelity: Fidelity?
    /// Of labels of positions, several labels or values: what was counted; then ``current`` is its measure, gains and losses are answers and not examples,
    /// and ``mcNemar`` says nothing.
    public var figure: OutputFigure?
    /// Of each layer whose weights are whole multiples of steps, whether it was computed by integers; nil where no layer reads levels.
    public var arithmetic: [LayerArithmetic]?

    public init(
        split: DatasetSplit, count: Int, evaluated: Int, originalEvaluated: Int, original: Double,
        originalInterval: Interval, current: Double, interval: Interval, gains: Int, losses: Int,
        mcNemar:
            Double, crossEntropy: Double?, originalCrossEntropy: Double?, crossEntropyDifference: Interval?,
        agreement: Double, topFive: Double?, notANumber: Int, confusion: ConfusionTable,
        originalConfusion: ConfusionTable, flipped: [Int], seed: UInt64
    ) {
        self.split = split
        self.count = count
        self.evaluated = evaluated
        self.originalEvaluated = originalEvaluated
        self.original = original
        self.originalInterval = originalInterval
        self.current = current
        self.interval = interval
        self.gains = gains
        self.losses = losses
        self.mcNemar = mcNemar
        self.crossEntropy = crossEntropy
        self.originalCrossEntropy = originalCrossEntropy
        self.crossEntropyDifference = crossEntropyDifference
        self.agreement = agreement
        self.topFive = topFive
        self.notANumber = notANumber
        self.confusion = confusion
        self.originalConfusion = originalConfusion
        self.flipped = flipped
        self.seed = seed
    }

    /// Whether the original names one class for every example measured: agreement then says nothing, whatever it is. False below two examples, and
    /// where there are labels.
    public var namesOneClass: Bool { isAgreement && fidelity == nil && evaluated > 1 && confusion.hasOneLabel }

    /// Whether every example was measured with both networks, so that the figures are the split's own.
    public var isExact: Bool { evaluated == count && originalEvaluated == count }
}

/// A closed range of a measured quantity.
public struct Interval: Codable, Hashable, Sendable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    public init(_ value: Double) { self.init(low: value, high: value) }

    /// Half of high − low.
    public var halfWidth: Double { (high - low) / 2 }
}
