/// The figure that stands for how good a network is; all are the better the larger, and at most 1.
public enum OutputMeasure: String, Codable, CaseIterable, Hashable, Sendable {
    /// Right answers / answers: of an example, of its positions, or of its labels.
    case accuracy
    /// Mean over the classes that come of right / labels of the class.
    case classAccuracy = "class-accuracy"
    /// Mean over the classes of |label ∩ answer| / |label ∪ answer| (Jaccard 1912), positions summed over all examples.
    case iou
    /// 1 − Σ (y − ŷ)² / Σ (y − ȳ)², ȳ of each value over the split: the order of the mean squared error, without its unit.
    case r2
    /// How near the output comes to the original's, whatever the labels say: the mean cosine.
    case fidelity

    /// As it stands before the figure.
    public var name: String {
        switch self {
        case .accuracy: "accuracy"
        case .classAccuracy: "class accuracy"
        case .iou: "mIoU"
        case .r2: "R²"
        case .fidelity: "cosine"
        }
    }
}

/// How one value or a list of values becomes an answer.
public enum OutputDecision: Codable, Hashable, Sendable {
    /// The class with the largest value along an axis of one example, at every position of the others.
    case classes(axis: Int)
    /// Yes where a value is above the threshold, by itself.
    case binary(threshold: Float)
    /// The values themselves.
    case values
}
