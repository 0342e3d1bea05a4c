/// In which order the layers are listed.
public enum LayerOrder: String, Hashable, Sendable, CaseIterable {
    /// As in the file, grouped by their names where these have groups.
    case file
    /// The most weights first.
    case size
    /// The smallest share of weights that stay first.
    case kept
    /// The largest error first: the least dB.
    case error
    /// The most bytes of the file first.
    case bytes
    /// The most milliseconds first, once they were timed.
    case time

    /// As the pane's title says it.
    var words: String {
        switch self {
        case .file: "as in the file"
        case .size: "largest first"
        case .kept: "least kept first"
        case .error: "largest error first"
        case .bytes: "most bytes first"
        case .time: "slowest first"
        }
    }

    /// The head of the column that it goes by.
    var column: String {
        switch self {
        case .file: "layer"
        case .size: "weights"
        case .kept: "kept"
        case .error: "dB"
        case .bytes: "bytes"
        case .time: "ms"
        }
    }
}
