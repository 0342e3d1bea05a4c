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

    var next: LayerOrder { Self.allCases[((Self.allCases.firstIndex(of: self) ?? 0) + 1) % Self.allCases.count] }

    /// As the pane's title says it.
    var words: String {
        switch self {
        case .file: "as in the file"
        case .size: "largest first"
        case .kept: "least kept first"
        case .error: "largest error first"
        }
    }
}
