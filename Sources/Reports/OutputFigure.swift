import Networks

/// What was counted of an output that is no plain list of classes, against labels of positions, several labels, or values.
public struct OutputFigure: Codable, Hashable, Sendable {
    /// One figure of both networks, over the same examples.
    public struct Row: Codable, Hashable, Sendable {
        public enum Name: String, Codable, Sendable {
            case accuracy
            case classAccuracy = "class-accuracy"
            case iou, r2
            /// Mean of (ŷ − y)² and of |ŷ − y| over all values.
            case squaredError = "mse"
            case absoluteError = "mae"
        }
        public var name: Name
        public var original: Double?
        public var current: Double?

        public init(_ name: Name, original: Double?, current: Double?) {
            (self.name, self.original, self.current) = (name, original, current)
        }
    }

    public var reading: OutputReading
    /// Answers or values that were counted, and those whose label says "none".
    public var counted: Int
    public var ignored: Int
    /// Examples left out, because a value of theirs is not finite (of values; an answer without a number counts as wrong).
    public var leftOut: Int
    /// Examples of the split, of which as many are measured as the memory holds the outputs of.
    public var examples: Int
    public var rows: [Row]
    /// Plan − original, and its 95 % interval for the whole split by examples.
    public var difference: Double
    public var differenceInterval: Interval
    /// 95 % interval of the difference over others like these examples; nil below ``fewExamples``, and in reports that did not keep it.
    public var beyond: Interval?

    /// Below as many examples nothing is said of others like them.
    public static let fewExamples = 20

    public init(
        _ reading: OutputReading, counted: Int, ignored: Int, leftOut: Int, examples: Int, rows: [Row], difference: Double,
        differenceInterval: Interval, beyond: Interval? = nil
    ) {
        (self.reading, self.counted, self.ignored, self.leftOut) = (reading, counted, ignored, leftOut)
        (self.examples, self.rows, self.difference, self.differenceInterval) = (examples, rows, difference, differenceInterval)
    }
}

extension OutputFigure.Row.Name {
    /// As it stands before the figure.
    public var words: String {
        switch self {
        case .accuracy: "accuracy"
        case .classAccuracy: "class accuracy"
        case .iou: "mIoU"
        case .r2: "R²"
        case .squaredError: "MSE"
        case .absoluteError: "MAE"
        }
    }

    /// Whether it is a share, written in %.
    public var isShare: Bool { self == .accuracy || self == .classAccuracy || self == .iou }
}
