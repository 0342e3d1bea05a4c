import Frames

extension Role {
    /// The role whose looks stand in where a theme leaves this one out.
    ///
    /// Nil for `text`, the last of every chain, which is then the terminal's own, and for roles that are told by their
    /// background: they take `monoEmphasis`, so that a selection is seen in every theme.
    public var fallback: Role? {
        switch self {
        case .text, .selection, .selectionInactive, .knob, .input, .badge: nil
        case .title, .value, .popup, .keyLabel: .text
        case .muted: .text
        case .border, .pruned, .progressRest, .interval, .overlay: .muted
        case .seriesOriginal: .overlay
        case .maskPruned: .pruned
        case .borderFocused, .key: .title
        case .kept, .good, .series: .value
        case .progress: .series
        case .maskKept: .kept
        case .centroid, .threshold: .warning
        case .warning: .title
        case .bad: .warning
        case .error: .bad
        }
    }

    /// The emphasis of a role where there are no colours: selection, knob and errors are reversed, what matters is bold.
    public var monoEmphasis: Emphasis {
        switch self {
        case .selection, .knob, .error, .badge: .reverse
        case .selectionInactive, .input: .underline
        case .title, .value, .bad, .warning, .borderFocused, .key, .threshold, .kept, .maskKept: .bold
        case .muted, .pruned, .progressRest, .maskPruned, .interval: .dim
        default: []
        }
    }
}
