/// What a cell means; a theme gives it a colour. No code outside the themes names a colour.
public enum Role: String, Hashable, Sendable, CaseIterable, Codable {
    /// Plain text on the terminal's own background.
    case text
    /// Less important text: units, hints, what is stale.
    case muted
    /// Headings and names.
    case title
    /// A border, and the border of the pane that has the keys.
    case border, borderFocused
    /// The selected row: where the keys go, and elsewhere.
    case selection, selectionInactive
    /// The knob that the arrow keys turn.
    case knob
    /// Figures that matter.
    case value
    /// A figure that got better, worse, or wants attention.
    case good, bad, warning
    /// An error message.
    case error
    /// Keys in the footer and in the help, and what they do.
    case key, keyLabel
    /// Histogram: weights that stay, weights that are pruned, the threshold, centroids or the grid, an overlay.
    case kept, pruned, threshold, centroid, overlay
    /// Lines of a chart: the current network, the original, the band of an interval.
    case series, seriesOriginal, interval
    /// Progress done, and to do.
    case progress, progressRest
    /// Mask map: a weight that stays, and one that is zero.
    case maskKept, maskPruned
    /// Typed text and its cursor.
    case input
    /// A badge such as "estimated" or "stale".
    case badge
    /// Background of pop-ups.
    case popup
}

/// How a cell looks beside its colour; must carry meaning where there is no colour.
public struct Emphasis: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let bold = Emphasis(rawValue: 1)
    public static let dim = Emphasis(rawValue: 2)
    public static let reverse = Emphasis(rawValue: 4)
    public static let underline = Emphasis(rawValue: 8)
}

/// The role of a cell's glyph, the role whose background it stands on, and its emphasis.
public struct Style: Hashable, Sendable {
    public var role: Role
    /// Nil is the background of `role` itself, which most themes leave to the terminal.
    public var background: Role?
    public var emphasis: Emphasis

    public init(_ role: Role = .text, on background: Role? = nil, _ emphasis: Emphasis = []) {
        self.role = role
        self.background = background
        self.emphasis = emphasis
    }

    public static let plain = Style()
}
