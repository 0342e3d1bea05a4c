import Frames

extension Role {
    /// The smallest contrast of text on its background (WCAG 2.2, 1.4.3, level AA).
    public static let textContrast = 4.5
    /// The smallest contrast of what is not text, and of text that may be missed (1.4.11).
    public static let graphicsContrast = 3.0

    /// True for roles that are read; false for drawings, and for `muted`, whose text says nothing that is needed.
    public var isText: Bool {
        switch self {
        case .muted, .border, .borderFocused, .kept, .pruned, .threshold, .centroid, .overlay, .series, .seriesOriginal,
            .interval, .progress, .progressRest, .maskKept, .maskPruned:
            false
        default: true
        }
    }
}
