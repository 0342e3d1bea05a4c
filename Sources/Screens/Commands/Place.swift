/// Where the keys go: a pane that has the focus, or what stands before it.
public enum Place: String, Hashable, Sendable, CaseIterable {
    case layers, weights, centroids, accuracy, example, training
    case maskMap, ladder, compare, sessions, themes, messages, retrain, grid
    case help, palette, prompt, confirmation

    static let panes: Set<Place> = [.layers, .weights, .centroids, .accuracy, .example, .training]
    /// Where knobs turn: the panes, and the byte ladder that follows them.
    static let shaping = panes.union([.ladder])
    /// Panes in which the arrow keys choose layers.
    static let layerPanes: Set<Place> = [.layers, .weights]
    /// Lists that are searched by typing.
    static let searchLists: Set<Place> = [.help, .palette]
    /// Where keys are typed text unless they are commands.
    static let typing: Set<Place> = [.help, .palette, .prompt]
    /// Where a letter may be a command.
    static let commanding = Set(allCases).subtracting(typing).subtracting([.confirmation])
    static let everywhere = Set(allCases)

    /// The words in help and documents.
    public var title: String {
        switch self {
        case .maskMap: "mask map"
        case .ladder: "byte ladder"
        case .retrain: "retraining panel"
        default: rawValue
        }
    }
}

extension Explorer {
    /// Where the keys go now.
    public var place: Place {
        guard let top = overlays.last else { return focus.place }
        return switch top {
        case .prompt: .prompt
        case .palette: .palette
        case .help: .help
        case .messages: .messages
        case .sessions: .sessions
        case .compare: .compare
        case .maskMap: .maskMap
        case .ladder: .ladder
        case .themes: .themes
        case .retrain: .retrain
        case .grid: .grid
        case .confirmation: .confirmation
        }
    }
}

extension ExplorerPane {
    var place: Place {
        switch self {
        case .layers: .layers
        case .histogram: .weights
        case .centroids: .centroids
        case .accuracy: .accuracy
        case .example: .example
        case .training: .training
        }
    }
}
