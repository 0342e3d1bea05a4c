/// One of the panes of the main screen; its number is the key that focuses it.
public enum ExplorerPane: Int, Hashable, Sendable, CaseIterable {
    case layers = 1
    case histogram, centroids, accuracy, example, training

    /// The order in which panes leave a screen that is too small; the layers stay.
    public static let dropOrder: [ExplorerPane] = [.example, .training, .accuracy, .centroids, .histogram]

    /// The word in messages, help and command names.
    public var name: String {
        switch self {
        case .layers: "layers"
        case .histogram: "weights"
        case .centroids: "centroids"
        case .accuracy: "accuracy"
        case .example: "example"
        case .training: "training"
        }
    }
}
