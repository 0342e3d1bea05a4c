import Themes

/// How a person wants the screen: from the command line and the settings.
public struct TerminalOptions: Hashable, Sendable {
    /// The colours to use at most; nil uses all that the terminal has.
    public var depth: ColorDepth?
    /// True draws with ASCII also where the locale has more.
    public var ascii: Bool
    /// False leaves the mouse to the terminal, for selecting text.
    public var mouse: Bool

    public init(depth: ColorDepth? = nil, ascii: Bool = false, mouse: Bool = true) {
        self.depth = depth
        self.ascii = ascii
        self.mouse = mouse
    }
}
