import Frames

/// The looks of every role.
///
/// A glyph's own colours are its role's. On the background of another role (`Style.background`):
/// the background is the glyph role's own if it has one, else the other role's; the foreground is the other role's if that one
/// names a foreground and its background counts, else the glyph role's. So `text on selection` keeps its colour where the
/// selection is a tint, and takes the selection's where that is bright.
public struct Theme: Hashable, Sendable {
    /// What a theme is made for.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case dark, light
        /// Dark and light terminals alike: no colour may be needed that only one of them shows.
        case neutral
        /// No colours.
        case mono
        /// The terminal's own sixteen colours.
        case ansi16
    }

    /// The looks of a role; nil leaves the terminal's own.
    public struct Look: Hashable, Sendable {
        public var foreground: ThemeColor?
        public var background: ThemeColor?
        public var emphasis: Emphasis

        public init(foreground: ThemeColor? = nil, background: ThemeColor? = nil, emphasis: Emphasis = []) {
            self.foreground = foreground
            self.background = background
            self.emphasis = emphasis
        }
    }

    public var name: String
    /// One line for the picker.
    public var summary: String
    public var kind: Kind
    /// The terminal colours that the theme was chosen for; pictures are painted on them.
    public var assumedForeground: RGB
    public var assumedBackground: RGB
    /// What the file says; other roles are derived.
    public var given: [Role: Look]

    public init(
        name: String, summary: String, kind: Kind, assumedForeground: RGB? = nil, assumedBackground: RGB? = nil,
        given: [Role: Look]
    ) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.assumedForeground = assumedForeground ?? RGB(kind == .light ? 0x000000 : 0xD4D4D4)
        self.assumedBackground = assumedBackground ?? RGB(kind == .light ? 0xFFFFFF : 0x1E1E1E)
        self.given = given
    }

    /// The backgrounds on which a colour must be readable: the assumed one, of a neutral theme black and white.
    var pages: [RGB] { kind == .neutral ? [RGB(0x000000), RGB(0xFFFFFF)] : [assumedBackground] }

    /// The looks of a role: as given, else those of the first role in its chain of fallbacks that is given.
    public func look(_ role: Role) -> Look {
        var next: Role? = role
        while let current = next {
            if let look = given[current] { return look }
            if current.fallback == nil { return Look(emphasis: current.monoEmphasis) }
            next = current.fallback
        }
        return Look()
    }
}
